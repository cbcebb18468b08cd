import type { Input } from "../../../api/codec.ts";
import { durationMs, optionalDuration } from "../../../api/duration.ts";
import { EventType, WorkflowExecutionStatus } from "../../../api/gen/enums.js";
import type {
  Duration,
  Priority,
  RetryPolicy,
  WorkflowExecutionStartedEventAttributes,
} from "../../../api/gen/messages.js";
import { Priority as PriorityCodec, RetryPolicy as RetryPolicyCodec } from "../../../api/gen/messages.js";
import { optionalTimestamp } from "../../../api/timestamp.ts";
import type { Namespace } from "../env.ts";
import type { Limits } from "../limits.ts";
import { StartPart } from "../gen/messages.js";
import type { ParentInfo, ResetPoint, TimeSkipping } from "../gen/messages.js";
import { attachCallbacks } from "./machines/callback.ts";
import { partKey } from "./parts.ts";
import { inheritedTime, timeSkippingConfig } from "./machines/time-skipping.ts";
import { normalQueue, scheduleWorkflowTask } from "./machines/workflow-task.ts";
import { toldResetPoints } from "./reset-points.ts";
import type { Run, RunDecision } from "./run.ts";

/** Everything that makes a new run: from a client's request, a parent, or the run before it. Durations are validated. */
export interface RunStart {
  readonly workflowId: string;
  readonly runId: string;
  readonly workflowType: string;
  readonly taskQueue: string;
  readonly input: Uint8Array | undefined;
  readonly header: Uint8Array | undefined;
  readonly memo: Uint8Array | undefined;
  readonly searchAttributes: Uint8Array | undefined;
  readonly executionTimeout: Duration | undefined;
  readonly runTimeout: Duration | undefined;
  readonly taskTimeout: Duration | undefined;
  readonly retryPolicy: RetryPolicy | undefined;
  readonly cronSchedule: string;
  readonly priority: Priority | undefined;
  readonly identity: string;
  readonly requestId: string;
  readonly userMetadata: Uint8Array | undefined;
  readonly links: readonly Uint8Array[];
  readonly completionCallbacks: readonly Uint8Array[];
  /** Delay of the first workflow task: start delay, cron or retry backoff. */
  readonly firstTaskBackoffMs: number;
  readonly attempt: number;
  /** ContinueAsNewInitiator; 0 for a run that a client or parent started. */
  readonly initiator: number;
  readonly firstRunId: string;
  readonly originalRunId: string;
  readonly continuedRunId: string;
  readonly continuedFailure: Uint8Array | undefined;
  readonly lastCompletionResult: Uint8Array | undefined;
  readonly parent: ParentInfo | undefined;
  readonly root: { readonly workflowId: string; readonly runId: string } | undefined;
  /** End of the chain's execution timeout, ms since the epoch; 0 = none. Absent for the first run of a chain. */
  readonly executionExpiresAt: number | undefined;
  readonly eagerExecutionAccepted: boolean;
  /** A child's first task waits until its parent has recorded the start. */
  readonly holdFirstTask: boolean;
  readonly clockOffsetMs: number;
  readonly timeSkipping: TimeSkipping | undefined;
  /** Of the runs before it; absent for the first run of a chain. */
  readonly resetPoints?: ResetPoint[];
}

/** The server's task time-out when a start names none, and the largest it allows. */
export function taskTimeoutMs(
  { limits }: { limits: Limits },
  requested: Duration | undefined,
  runTimeoutMs: number,
): number {
  const { taskTimeoutDefaultMs, taskTimeoutMaxMs } = limits;
  const wanted = durationMs(requested) || taskTimeoutDefaultMs;
  return Math.min(wanted, taskTimeoutMaxMs, runTimeoutMs || taskTimeoutMaxMs);
}

/** Creates the run: its Started event, its timers, its first workflow task. It becomes the current run of its id. */
export function createRun(decision: RunDecision, namespace: Namespace, start: RunStart): Run {
  const executionTimeoutMs = durationMs(start.executionTimeout);
  const requestedRunMs = durationMs(start.runTimeout);
  const runTimeoutMs =
    executionTimeoutMs === 0 ? requestedRunMs : Math.min(requestedRunMs || executionTimeoutMs, executionTimeoutMs);
  const run = decision.create(namespace, start, {
    clockOffsetMs: start.clockOffsetMs,
    timeSkipping: start.timeSkipping,
    status: WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING,
    workflowType: start.workflowType,
    taskQueue: start.taskQueue,
    executionTimeoutMs,
    runTimeoutMs,
    taskTimeoutMs: taskTimeoutMs({ limits: decision.env.limitsOf(namespace.name) }, start.taskTimeout, runTimeoutMs),
    firstRunId: start.firstRunId,
    originalRunId: start.originalRunId,
    continuedRunId: start.continuedRunId,
    parent: start.parent,
    rootWorkflowId: start.root?.workflowId ?? start.workflowId,
    rootRunId: start.root?.runId ?? start.runId,
    attempt: start.attempt,
    rawRetryPolicy: start.retryPolicy === undefined ? NO_BYTES : RetryPolicyCodec.encode(start.retryPolicy),
    cronSchedule: start.cronSchedule,
    rawMemo: own(start.memo),
    rawSearchAttributes: own(start.searchAttributes),
    rawPriority: start.priority === undefined ? NO_BYTES : PriorityCodec.encode(start.priority),
    priorityKey: start.priority?.priorityKey ?? 0,
    rawUserMetadata: own(start.userMetadata),
    startRequestId: start.requestId,
    startIdentity: start.identity,
    initiator: start.initiator,
    callbackCount: start.completionCallbacks.length,
    resetPoints: start.resetPoints ?? [],
  });
  const { state, now } = run;
  state.startTime = now;
  state.executionTime = now + start.firstTaskBackoffMs;
  state.runExpiresAt = runTimeoutMs === 0 ? 0 : state.executionTime + runTimeoutMs;
  state.executionExpiresAt = start.executionExpiresAt ?? (executionTimeoutMs === 0 ? 0 : now + executionTimeoutMs);
  if (state.executionExpiresAt !== 0 && (state.runExpiresAt === 0 || state.runExpiresAt > state.executionExpiresAt))
    state.runExpiresAt = state.executionExpiresAt;
  run.addEvent({
    eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED,
    workflowExecutionStartedEventAttributes: startedAttributes(run, start),
    userMetadata: start.userMetadata,
    links: start.links,
  });
  if (start.retryPolicy !== undefined || start.cronSchedule !== "") run.view.setPart(partKey.start, startPart(start));
  state.backoff = start.firstTaskBackoffMs > 0;
  attachCallbacks(run, start.completionCallbacks);
  run.touchVisibility();
  if (!state.backoff && !start.holdFirstTask) scheduleWorkflowTask(run, { inline: start.eagerExecutionAccepted });
  return run;
}

function startedAttributes(run: Run, start: RunStart): Input<WorkflowExecutionStartedEventAttributes> {
  const { state } = run;
  return {
    workflowType: { name: start.workflowType },
    parentWorkflowNamespace: start.parent?.namespaceName,
    parentWorkflowNamespaceId: start.parent?.namespaceId,
    parentWorkflowExecution: start.parent && { workflowId: start.parent.workflowId, runId: start.parent.runId },
    parentInitiatedEventId: start.parent?.initiatedEventId,
    taskQueue: normalQueue(run),
    input: start.input,
    workflowExecutionTimeout: start.executionTimeout,
    workflowRunTimeout: optionalDuration(state.runTimeoutMs) ?? start.runTimeout,
    workflowTaskTimeout: optionalDuration(state.taskTimeoutMs),
    continuedExecutionRunId: start.continuedRunId,
    initiator: start.initiator as never,
    continuedFailure: start.continuedFailure,
    lastCompletionResult: start.lastCompletionResult,
    originalExecutionRunId: start.originalRunId,
    identity: start.identity,
    firstExecutionRunId: start.firstRunId,
    retryPolicy: start.retryPolicy,
    attempt: start.attempt,
    workflowExecutionExpirationTime: optionalTimestamp(state.executionExpiresAt),
    cronSchedule: start.cronSchedule,
    firstWorkflowTaskBackoff:
      optionalDuration(start.firstTaskBackoffMs) ?? (start.continuedRunId === "" ? ZERO : undefined),
    memo: start.memo,
    searchAttributes: start.searchAttributes,
    header: start.header,
    workflowId: start.workflowId,
    completionCallbacks: start.completionCallbacks,
    rootWorkflowExecution: start.parent && { workflowId: state.rootWorkflowId, runId: state.rootRunId },
    priority: start.priority,
    eagerExecutionAccepted: start.eagerExecutionAccepted,
    timeSkippingConfig: timeSkippingConfig(start.timeSkipping),
    timeSkippingStatePropagation: inheritedTime(start.clockOffsetMs, start.timeSkipping),
    prevAutoResetPoints: start.resetPoints && toldResetPoints(start.resetPoints, start.runId),
  };
}

function startPart(start: RunStart): StartPart {
  const { input, header, lastCompletionResult, continuedFailure } = start;
  const part = {
    rawInput: own(input),
    hasInput: input !== undefined,
    rawHeader: own(header),
    rawLastCompletionResult: own(lastCompletionResult),
    rawLastFailure: own(continuedFailure),
  };
  return StartPart.decode(StartPart.encode(part));
}

const ZERO = { seconds: 0, nanos: 0 };
const NO_BYTES = new Uint8Array(0);

/** A copy that does not keep the request's buffer alive. */
export function own(bytes: Uint8Array | undefined): Uint8Array {
  return bytes === undefined || bytes.length === 0 ? NO_BYTES : Uint8Array.from(bytes);
}
