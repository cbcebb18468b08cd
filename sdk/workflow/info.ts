/** What workflow code can know of its own execution. */
import {
  convertDeploymentVersion,
  type Priority,
  type RetryPolicy,
  type SearchAttributes,
  type SuggestContinueAsNewReason,
  type TypedSearchAttributes,
  type WorkerDeploymentVersion,
} from "../common/index.ts";
import { decodeSuggestContinueAsNewReason } from "../common/continue-as-new.ts";
import { decodeSearchAttributes, decodeTypedSearchAttributes } from "../common/payload-search-attributes.ts";
import type { InitializeWorkflow, PriorityRecord, RetryPolicyRecord } from "./activation.ts";
import { mapOf, workflowContext } from "./conversion.ts";
import { requireRun } from "./current-run.ts";
import { RealDate, realNow, realRandom } from "./host-values.ts";
import { fillWithRandom, uuid4FromRandom } from "./random-values.ts";
import type { RunState } from "./state.ts";

/** A run as it is at one moment: see `workflowInfo`. */
export interface WorkflowInfo {
  readonly workflowId: string;
  readonly runId: string;
  readonly workflowType: string;
  /** @deprecated use `typedSearchAttributes` */
  readonly searchAttributes: SearchAttributes;
  readonly typedSearchAttributes: TypedSearchAttributes;
  readonly memo?: Record<string, unknown>;
  /** Of a child workflow. */
  readonly parent?: ParentWorkflowInfo;
  /** The first of the chain of parents; undefined for a workflow without parent. */
  readonly root?: RootWorkflowInfo;
  /** Result of the run before, of a cron workflow or after continue-as-new. */
  readonly lastResult?: unknown;
  /** Failure of the run before, of a retry or a cron workflow. */
  readonly lastFailure?: Error;
  /** Events up to the current workflow task. */
  readonly historyLength: number;
  /** Bytes of history up to the current workflow task. */
  readonly historySize: number;
  /** The server recommends to continue as new. */
  readonly continueAsNewSuggested: boolean;
  /** @experimental */
  readonly targetWorkerDeploymentVersionChanged: boolean;
  /** @experimental */
  readonly suggestedContinueAsNewReasons?: SuggestContinueAsNewReason[];
  readonly taskQueue: string;
  readonly namespace: string;
  /** The first run of the chain of retries, cron runs and continuations. */
  readonly firstExecutionRunId: string;
  /** The run's id in its first event: a reset keeps it. */
  readonly originalExecutionRunId: string;
  readonly continuedFromExecutionRunId?: string;
  readonly startTime: Date;
  readonly runStartTime: Date;
  readonly executionTimeoutMs?: number;
  readonly executionExpirationTime?: Date;
  readonly runTimeoutMs?: number;
  readonly taskTimeoutMs: number;
  readonly retryPolicy?: RetryPolicy;
  /** From 1. */
  readonly attempt: number;
  readonly cronSchedule?: string;
  readonly cronScheduleToScheduleInterval?: number;
  /** @deprecated use `currentDeploymentVersion` */
  readonly currentBuildId?: string;
  /** Of the worker that ran the current workflow task first. */
  readonly currentDeploymentVersion?: WorkerDeploymentVersion;
  readonly unsafe: UnsafeWorkflowInfo;
  readonly priority?: Priority;
}

/** What differs in a replay: for logs and the like, never for decisions. */
export interface UnsafeWorkflowInfo {
  /** The real time, in milliseconds. */
  readonly now: () => number;
  readonly isReplaying: boolean;
  /** As `isReplaying`, but false in query handlers and update validators. */
  readonly isReplayingHistoryEvents: boolean;
  /** @experimental */
  readonly random: UnsafeRandomSource;
}

/**
 * Real randomness: only for query handlers and update validators.
 *
 * @experimental
 */
export interface UnsafeRandomSource {
  random(): number;
  uuid4(): string;
  fillRandom(bytes: Uint8Array): Uint8Array;
}

/** The update whose handler runs. */
export interface UpdateInfo {
  /** Unique within the workflow. */
  readonly id: string;
  readonly name: string;
}

/** The workflow that started this one. */
export interface ParentWorkflowInfo {
  workflowId: string;
  runId: string;
  namespace: string;
}

/** The workflow at the top of the chain of parents. */
export interface RootWorkflowInfo {
  workflowId: string;
  runId: string;
}

/**
 * The current run, as a frozen copy of this moment: ask again rather than keep it.
 *
 * @example
 * ```ts
 * if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof myWorkflow>(state);
 * ```
 */
export function workflowInfo(): WorkflowInfo {
  return infoOf(requireRun("workflowInfo"));
}

export function infoOf(run: RunState): WorkflowInfo {
  run.baseInfo ??= startedInfo(run, run.initialize);
  run.info ??= Object.freeze({ ...run.baseInfo, ...changingInfo(run), ...run.infoChanges } as WorkflowInfo);
  return run.info;
}

/** After search attributes or the memo were changed by the code. */
export function changeInfo(
  run: RunState,
  change: Partial<Pick<WorkflowInfo, "memo" | "searchAttributes" | "typedSearchAttributes">>,
): void {
  run.infoChanges = { ...run.infoChanges, ...change };
  run.info = undefined;
}

/** Lets go of what only this activation needed. */
export function forgetInfo(run: RunState): void {
  run.info = undefined;
  run.baseInfo = undefined;
}

function startedInfo(run: RunState, start: InitializeWorkflow): Partial<WorkflowInfo> {
  const { payloadConverter, failureConverter } = run.options;
  const context = workflowContext(run);
  const { lastCompletionResult, continuedFailure } = start;
  return {
    workflowId: start.workflowId,
    runId: run.runId,
    workflowType: start.workflowType,
    searchAttributes: decodeSearchAttributes(start.searchAttributes),
    typedSearchAttributes: decodeTypedSearchAttributes(start.searchAttributes),
    memo: mapOf(run, start.memo ?? {}),
    parent: start.parent && { ...start.parent },
    root: start.root && { ...start.root },
    lastResult: lastCompletionResult?.[0] && payloadConverter.fromPayload(lastCompletionResult[0], context),
    lastFailure: continuedFailure && failureConverter.failureToError(continuedFailure, payloadConverter, context),
    taskQueue: start.taskQueue,
    namespace: start.namespace,
    firstExecutionRunId: start.firstExecutionRunId,
    originalExecutionRunId: start.originalExecutionRunId,
    continuedFromExecutionRunId: start.continuedFromExecutionRunId || undefined,
    startTime: new RealDate(start.startTimeMs),
    runStartTime: new RealDate(run.startedAtMs),
    executionTimeoutMs: start.executionTimeoutMs,
    executionExpirationTime: dateOf(start.executionExpirationTimeMs),
    runTimeoutMs: start.runTimeoutMs,
    taskTimeoutMs: start.taskTimeoutMs,
    retryPolicy: start.retryPolicy && retryPolicyOf(start.retryPolicy),
    attempt: start.attempt,
    cronSchedule: start.cronSchedule || undefined,
    cronScheduleToScheduleInterval: start.cronScheduleToScheduleIntervalMs,
    priority: priorityOf(start.priority),
  };
}

function changingInfo(run: RunState): Partial<WorkflowInfo> {
  const { activation } = run;
  const version = convertDeploymentVersion(activation.deploymentVersionForCurrentTask);
  return {
    historyLength: activation.historyLength,
    historySize: activation.historySizeBytes,
    continueAsNewSuggested: activation.continueAsNewSuggested,
    targetWorkerDeploymentVersionChanged: activation.targetWorkerDeploymentVersionChanged,
    suggestedContinueAsNewReasons: reasonsOf(activation.suggestContinueAsNewReasons),
    currentBuildId: version?.buildId,
    currentDeploymentVersion: version,
    unsafe: {
      now: realNow,
      isReplaying: activation.isReplaying,
      isReplayingHistoryEvents: activation.isReplaying && !run.isReadOnly,
      random: UNSAFE_RANDOM,
    },
  };
}

const UNSAFE_RANDOM: UnsafeRandomSource = Object.freeze({
  random: () => realRandom(),
  uuid4: () => uuid4FromRandom(realRandom),
  fillRandom: (bytes: Uint8Array) => fillWithRandom(realRandom, bytes),
});

function reasonsOf(reasons: readonly number[]): SuggestContinueAsNewReason[] | undefined {
  if (reasons.length === 0) return undefined;
  return reasons.map((reason) => decodeSuggestContinueAsNewReason(reason)).filter((reason) => reason !== undefined);
}

function dateOf(ms: number | undefined): Date | undefined {
  return ms === undefined ? undefined : new RealDate(ms);
}

function retryPolicyOf(record: RetryPolicyRecord): RetryPolicy {
  return {
    backoffCoefficient: record.backoffCoefficient,
    ...(record.maximumAttempts > 0 && { maximumAttempts: record.maximumAttempts }),
    ...(record.maximumIntervalMs !== undefined && { maximumInterval: record.maximumIntervalMs }),
    ...(record.initialIntervalMs !== undefined && { initialInterval: record.initialIntervalMs }),
    nonRetryableErrorTypes: [...record.nonRetryableErrorTypes],
  };
}

function priorityOf(record: PriorityRecord | undefined): Priority {
  return {
    priorityKey: record?.priorityKey || undefined,
    fairnessKey: record?.fairnessKey || undefined,
    fairnessWeight: record?.fairnessWeight || undefined,
  } as Priority;
}

/** Attributes of every log line of a run. */
export function workflowLogAttributes(info: WorkflowInfo): Record<string, unknown> {
  return {
    namespace: info.namespace,
    taskQueue: info.taskQueue,
    workflowId: info.workflowId,
    runId: info.runId,
    workflowType: info.workflowType,
  };
}
