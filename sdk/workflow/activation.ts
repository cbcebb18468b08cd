/**
 * What passes between a workflow's history (outside, in the worker) and its code (inside, perhaps in a sandbox): an
 * activation goes in, commands come out. The shapes follow the protocol between Temporal's SDK core and its languages,
 * so that the same history leads to the same order of events in code.
 *
 * 1. Everything here is plain data: no class instance, function or promise crosses the border.
 * 2. Payloads inside are decoded by the codec and not by the converter: the converter runs inside.
 * 3. Jobs come in the order: initialize, patches, seed, signals and updates, all others, local activities. Queries come
 *    alone, after everything else.
 */
import type { Payload, ProtoFailure } from "../common/payload.ts";
import type { WorkflowInfo } from "./info.ts";
import type { PromiseHooks } from "./promise-sites.ts";

export type PayloadMap = Readonly<Record<string, Payload>>;

export interface Activation {
  readonly runId: string;
  /** Time of the workflow task, in milliseconds since the epoch; whole part and fraction. */
  readonly nowMs: number;
  readonly isReplaying: boolean;
  /** Id of the last event that was applied. */
  readonly historyLength: number;
  readonly historySizeBytes: number;
  readonly continueAsNewSuggested: boolean;
  /** SuggestContinueAsNewReason numbers. */
  readonly suggestContinueAsNewReasons: readonly number[];
  readonly targetWorkerDeploymentVersionChanged: boolean;
  readonly deploymentVersionForCurrentTask: DeploymentVersion | undefined;
  /** Language flags recorded so far; when not replaying, the code may use any that it knows. */
  readonly availableInternalFlags: readonly number[];
  /** Version of the SDK that completed the task being replayed; "" when unknown. */
  readonly lastSdkVersion: string;
  readonly jobs: readonly ActivationJob[];
}

export interface DeploymentVersion {
  readonly deploymentName: string;
  readonly buildId: string;
}

export type ActivationJob =
  | InitializeWorkflow
  | { readonly kind: "notifyHasPatch"; readonly patchId: string }
  /** A 64-bit seed, as eight bytes, the lowest first. */
  | { readonly kind: "updateRandomSeed"; readonly randomnessSeed: readonly number[] }
  | SignalWorkflow
  | DoUpdate
  | { readonly kind: "fireTimer"; readonly seq: number }
  | {
      readonly kind: "resolveActivity";
      readonly seq: number;
      readonly isLocal: boolean;
      readonly result: ActivityResolution;
    }
  | ResolveChildWorkflowStart
  | { readonly kind: "resolveChildWorkflow"; readonly seq: number; readonly result: Resolution }
  | { readonly kind: "resolveSignalExternalWorkflow"; readonly seq: number; readonly failure: ProtoFailure | undefined }
  | { readonly kind: "resolveCancelExternalWorkflow"; readonly seq: number; readonly failure: ProtoFailure | undefined }
  | ResolveNexusOperationStart
  | { readonly kind: "resolveNexusOperation"; readonly seq: number; readonly result: NexusResolution }
  | { readonly kind: "cancelWorkflow"; readonly reason: string }
  | QueryWorkflow;

export interface InitializeWorkflow {
  readonly kind: "initializeWorkflow";
  readonly workflowType: string;
  readonly workflowId: string;
  readonly namespace: string;
  readonly taskQueue: string;
  readonly arguments: readonly Payload[];
  /** A 64-bit seed, as eight bytes, the lowest first. */
  readonly randomnessSeed: readonly number[];
  readonly headers: PayloadMap;
  readonly identity: string;
  readonly parent: { readonly namespace: string; readonly workflowId: string; readonly runId: string } | undefined;
  readonly root: { readonly workflowId: string; readonly runId: string } | undefined;
  readonly executionTimeoutMs: number | undefined;
  readonly runTimeoutMs: number | undefined;
  readonly taskTimeoutMs: number;
  readonly executionExpirationTimeMs: number | undefined;
  readonly firstExecutionRunId: string;
  readonly originalExecutionRunId: string;
  readonly continuedFromExecutionRunId: string | undefined;
  /** ContinueAsNewInitiator number. */
  readonly continuedInitiator: number;
  readonly continuedFailure: ProtoFailure | undefined;
  readonly lastCompletionResult: readonly Payload[] | undefined;
  readonly retryPolicy: RetryPolicyRecord | undefined;
  readonly attempt: number;
  readonly cronSchedule: string | undefined;
  readonly cronScheduleToScheduleIntervalMs: number | undefined;
  readonly memo: PayloadMap | undefined;
  readonly searchAttributes: PayloadMap | undefined;
  /** When the started event was written. */
  readonly startTimeMs: number;
  readonly priority: PriorityRecord | undefined;
}

export interface RetryPolicyRecord {
  readonly initialIntervalMs: number | undefined;
  readonly backoffCoefficient: number;
  readonly maximumIntervalMs: number | undefined;
  /** 0 is without limit. */
  readonly maximumAttempts: number;
  readonly nonRetryableErrorTypes: readonly string[];
}

export interface PriorityRecord {
  readonly priorityKey: number;
  readonly fairnessKey: string;
  readonly fairnessWeight: number;
}

export interface SignalWorkflow {
  readonly kind: "signalWorkflow";
  /** Id of the event that holds the signal. */
  readonly originatingEventId?: number | undefined;
  readonly signalName: string;
  readonly input: readonly Payload[];
  readonly identity: string;
  readonly headers: PayloadMap;
}

export interface DoUpdate {
  readonly kind: "doUpdate";
  readonly id: string;
  readonly protocolInstanceId: string;
  readonly name: string;
  readonly input: readonly Payload[];
  readonly headers: PayloadMap;
  readonly identity: string;
  /** False in replay: what was accepted once is not validated again. */
  readonly runValidator: boolean;
}

export interface QueryWorkflow {
  readonly kind: "queryWorkflow";
  /** `legacy` for the one query of a query task. */
  readonly queryId: string;
  readonly queryType: string;
  readonly arguments: readonly Payload[];
  readonly headers: PayloadMap;
}

export type Resolution =
  | { readonly status: "completed"; readonly result: Payload | undefined }
  | { readonly status: "failed"; readonly failure: ProtoFailure }
  | { readonly status: "cancelled"; readonly failure: ProtoFailure };

export type ActivityResolution =
  | Resolution
  /** A local activity's next attempt is a timer away: the code starts the timer and schedules the activity again. */
  | {
      readonly status: "backoff";
      readonly attempt: number;
      readonly backoffMs: number;
      readonly originalScheduleTimeMs: number;
    };

export type NexusResolution = Resolution | { readonly status: "timedOut"; readonly failure: ProtoFailure };

export interface ResolveChildWorkflowStart {
  readonly kind: "resolveChildWorkflowStart";
  readonly seq: number;
  readonly result:
    | { readonly status: "succeeded"; readonly runId: string }
    /** StartChildWorkflowExecutionFailedCause number. */
    | { readonly status: "failed"; readonly workflowId: string; readonly workflowType: string; readonly cause: number }
    | { readonly status: "cancelled"; readonly failure: ProtoFailure };
}

export interface ResolveNexusOperationStart {
  readonly kind: "resolveNexusOperationStart";
  readonly seq: number;
  readonly result:
    | { readonly status: "started"; readonly operationToken: string }
    | { readonly status: "startedSync" }
    | { readonly status: "failed"; readonly failure: ProtoFailure };
}

/** What the code answers to an activation. */
export type ActivationCompletion =
  | {
      readonly status: "successful";
      readonly commands: readonly WorkflowCommand[];
      readonly usedInternalFlags: readonly number[];
      /** VersioningBehavior number; 0 is unspecified. */
      readonly versioningBehavior: number;
    }
  /** The workflow task fails (and is tried again), not the workflow. */
  | {
      readonly status: "failed";
      readonly failure: ProtoFailure;
      readonly cause: number;
      /** A run that records its stacks would have said more. */
      readonly isSiteUnknown?: boolean | undefined;
    };

export interface CommandMetadata {
  readonly summary?: Payload | undefined;
  readonly details?: Payload | undefined;
  readonly eventGroupMarkers?: readonly EventGroupMarkerRecord[] | undefined;
  /** Where the code gave the command, innermost call first; only where stacks are recorded. */
  readonly site?: readonly string[] | undefined;
}

/** What a command belongs to: a group that the code made, or the message whose handler issued it. */
export type EventGroupMarkerRecord =
  | { readonly kind: "label"; readonly id: string; readonly label: Payload }
  | { readonly kind: "inboundEvent"; readonly eventId: number }
  | { readonly kind: "inboundUpdate"; readonly updateId: string };

/**
 * Commands of one kind count their `seq` from 1 within a run. What ends the run (complete, fail, cancel, continue as
 * new) need not come last: code that runs on in the same activation may add more. The history machine moves the first
 * such command to the end and drops further ones.
 */
export type WorkflowCommand = CommandMetadata &
  (
    | { readonly kind: "startTimer"; readonly seq: number; readonly startToFireTimeoutMs: number }
    | { readonly kind: "cancelTimer"; readonly seq: number }
    | ScheduleActivity
    | { readonly kind: "requestCancelActivity"; readonly seq: number }
    | ScheduleLocalActivity
    | { readonly kind: "requestCancelLocalActivity"; readonly seq: number }
    | { readonly kind: "respondToQuery"; readonly queryId: string; readonly result: QueryAnswer }
    | { readonly kind: "completeWorkflowExecution"; readonly result: Payload | undefined }
    | { readonly kind: "failWorkflowExecution"; readonly failure: ProtoFailure }
    | { readonly kind: "cancelWorkflowExecution" }
    | ContinueAsNewWorkflowExecution
    | { readonly kind: "setPatchMarker"; readonly patchId: string; readonly deprecated: boolean }
    | StartChildWorkflowExecution
    | { readonly kind: "cancelChildWorkflowExecution"; readonly childWorkflowSeq: number; readonly reason: string }
    | RequestCancelExternalWorkflowExecution
    | SignalExternalWorkflowExecution
    | { readonly kind: "cancelSignalWorkflow"; readonly seq: number }
    | { readonly kind: "upsertWorkflowSearchAttributes"; readonly searchAttributes: PayloadMap }
    | { readonly kind: "modifyWorkflowProperties"; readonly upsertedMemo: PayloadMap }
    | { readonly kind: "updateResponse"; readonly protocolInstanceId: string; readonly response: UpdateAnswer }
    | ScheduleNexusOperation
    | { readonly kind: "requestCancelNexusOperation"; readonly seq: number }
  );

export type QueryAnswer =
  | { readonly status: "succeeded"; readonly response: Payload }
  | { readonly status: "failed"; readonly failure: ProtoFailure };

export type UpdateAnswer =
  | { readonly status: "accepted" }
  | { readonly status: "rejected"; readonly failure: ProtoFailure }
  | { readonly status: "completed"; readonly result: Payload }
  | { readonly status: "failed"; readonly failure: ProtoFailure };

export type CancellationKind = "TRY_CANCEL" | "WAIT_CANCELLATION_COMPLETED" | "ABANDON";

export interface ScheduleActivity {
  readonly kind: "scheduleActivity";
  readonly seq: number;
  readonly activityId: string;
  readonly activityType: string;
  readonly taskQueue: string;
  readonly headers: PayloadMap;
  readonly arguments: readonly Payload[];
  readonly scheduleToCloseTimeoutMs: number | undefined;
  readonly scheduleToStartTimeoutMs: number | undefined;
  readonly startToCloseTimeoutMs: number | undefined;
  readonly heartbeatTimeoutMs: number | undefined;
  readonly retryPolicy: RetryPolicyRecord | undefined;
  readonly cancellationType: CancellationKind;
  readonly doNotEagerlyExecute: boolean;
  /** VersioningIntent number. */
  readonly versioningIntent: number;
  readonly priority: PriorityRecord | undefined;
}

export interface ScheduleLocalActivity {
  readonly kind: "scheduleLocalActivity";
  readonly seq: number;
  readonly activityId: string;
  readonly activityType: string;
  /** From 1; higher when a backoff timer lay between. */
  readonly attempt: number;
  readonly originalScheduleTimeMs: number | undefined;
  readonly headers: PayloadMap;
  readonly arguments: readonly Payload[];
  readonly scheduleToCloseTimeoutMs: number | undefined;
  readonly scheduleToStartTimeoutMs: number | undefined;
  readonly startToCloseTimeoutMs: number | undefined;
  readonly retryPolicy: RetryPolicyRecord | undefined;
  /** A longer backoff than this becomes a timer. */
  readonly localRetryThresholdMs: number | undefined;
  readonly cancellationType: CancellationKind;
  /** What is called instead of the worker's activity of this type. */
  readonly implementation?: LocalImplementation | undefined;
}

/** The name of one of the worker's steps or, where workflows run without a sandbox, a function. */
export type LocalImplementation = string | ((...args: any[]) => unknown);

export interface ContinueAsNewWorkflowExecution {
  readonly kind: "continueAsNewWorkflowExecution";
  readonly workflowType: string;
  readonly taskQueue: string;
  readonly arguments: readonly Payload[];
  readonly runTimeoutMs: number | undefined;
  readonly taskTimeoutMs: number | undefined;
  readonly backoffStartIntervalMs: number | undefined;
  /** undefined carries the memo over. */
  readonly memo: PayloadMap | undefined;
  readonly headers: PayloadMap;
  /** undefined carries the search attributes over. */
  readonly searchAttributes: PayloadMap | undefined;
  readonly retryPolicy: RetryPolicyRecord | undefined;
  readonly versioningIntent: number;
  readonly initialVersioningBehavior: number;
}

export interface StartChildWorkflowExecution {
  readonly kind: "startChildWorkflowExecution";
  readonly seq: number;
  readonly namespace: string;
  readonly workflowId: string;
  readonly workflowType: string;
  readonly taskQueue: string;
  readonly input: readonly Payload[];
  readonly executionTimeoutMs: number | undefined;
  readonly runTimeoutMs: number | undefined;
  readonly taskTimeoutMs: number | undefined;
  /** ParentClosePolicy number. */
  readonly parentClosePolicy: number;
  /** WorkflowIdReusePolicy number. */
  readonly workflowIdReusePolicy: number;
  readonly retryPolicy: RetryPolicyRecord | undefined;
  readonly cronSchedule: string | undefined;
  readonly headers: PayloadMap;
  readonly memo: PayloadMap | undefined;
  readonly searchAttributes: PayloadMap | undefined;
  readonly cancellationType: CancellationKind | "WAIT_CANCELLATION_REQUESTED";
  readonly versioningIntent: number;
  readonly priority: PriorityRecord | undefined;
}

export interface RequestCancelExternalWorkflowExecution {
  readonly kind: "requestCancelExternalWorkflowExecution";
  readonly seq: number;
  readonly namespace: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly reason: string;
}

export interface SignalExternalWorkflowExecution {
  readonly kind: "signalExternalWorkflowExecution";
  readonly seq: number;
  readonly namespace: string;
  readonly workflowId: string;
  readonly runId: string;
  /** A child of this workflow, which only it may address. */
  readonly isChild: boolean;
  readonly signalName: string;
  readonly args: readonly Payload[];
  readonly headers: PayloadMap;
}

export interface ScheduleNexusOperation {
  readonly kind: "scheduleNexusOperation";
  readonly seq: number;
  readonly endpoint: string;
  readonly service: string;
  readonly operation: string;
  readonly input: Payload | undefined;
  readonly scheduleToCloseTimeoutMs: number | undefined;
  readonly scheduleToStartTimeoutMs: number | undefined;
  readonly startToCloseTimeoutMs: number | undefined;
  readonly nexusHeader: Readonly<Record<string, string>>;
  readonly cancellationType: CancellationKind | "WAIT_CANCELLATION_REQUESTED";
}

/**
 * One run of workflow code, as the worker drives it. Each method but `dispose` ends before any microtask runs; the
 * driver lets all microtasks run dry between two calls.
 *
 * `activate`, then `tryUnblockConditions` until it answers 0, then `concludeActivation`.
 */
export interface WorkflowRun {
  /** To be called while code of the run executes: it records where promises are made. */
  readonly promiseHooks?: PromiseHooks | undefined;
  /** Applies the jobs: resolves promises, calls handlers. Throws what fails the workflow task. */
  activate(activation: Activation): void;
  /** How many conditions became true and were unblocked. */
  tryUnblockConditions(): number;
  concludeActivation(): ActivationCompletion;
  /** The completion of an activation in which `activate` or `tryUnblockConditions` threw `error`. */
  failActivation(error: unknown): ActivationCompletion;
  /** The completion of an activation that left behind a rejected promise that nobody awaits. */
  failRejection(reason: unknown, promise: object): ActivationCompletion;
  /** Log lines, metrics and sink calls since the last time, in order. */
  takeSinkCalls(): readonly SinkCallRecord[];
  /** Lets go of everything: no code of this run runs again. */
  dispose(): void;
}

export interface SinkCallRecord {
  readonly ifaceName: string;
  readonly fnName: string;
  readonly args: readonly unknown[];
  readonly isReplaying: boolean;
  /** Workflow time of the call, in milliseconds since the epoch. */
  readonly nowMs: number;
  /**
   * The run as it was at the time of the call, for sinks of the user's; undefined for logs and metrics. The one thing here
   * that is not plain data: it has dates.
   */
  readonly workflowInfo: WorkflowInfo | undefined;
}
