import { WorkflowExecutionStatus } from "../../../../api/gen/enums.js";
import { durationMs } from "../../../../api/duration.ts";
import { HistoryEvent, Priority, RetryPolicy } from "../../../../api/gen/messages.js";
import type { WorkflowExecutionStartedEventAttributes } from "../../../../api/gen/messages.js";
import { assert } from "../../../../base/index.ts";
import type { Namespace } from "../../env.ts";
import type { KnownReset, RunState } from "../../gen/messages.js";
import { StartPart } from "../../gen/messages.js";
import { own, taskTimeoutMs } from "../create-run.ts";
import { attachCallbacks } from "../machines/callback.ts";
import { partKey } from "../parts.ts";
import type { Run } from "../run.ts";
import { replayEvent, replayPending } from "./replay-event.ts";
import { nothingPending } from "./replay-pending.ts";
import type { Pending } from "./replay-pending.ts";

/** How many resets are remembered: requests that come late are a few resets late at most. */
const EARLIER_RESETS_MAX = 16;
/** Copied events lie in transitions of about this size. */
const COPY_BYTES = 64 * 1024;

export interface Rebuild {
  readonly base: Run;
  /** The run that is current until now: time goes on from where it is there. */
  readonly current: Run;
  readonly runId: string;
  readonly requestId: string;
  readonly events: readonly Uint8Array[];
}

/** A new run with these events behind it, and what they left pending, which the caller restores. */
export function rebuildRun({ base, current, runId, requestId, events }: Rebuild): { run: Run; pending: Pending } {
  const first = HistoryEvent.decode(events[0] as Uint8Array);
  const started = first.workflowExecutionStartedEventAttributes;
  assert(started !== undefined, "a history begins with the start of its run");
  const { decision, env, workflowId, namespaceNumber } = base;
  const namespace = env.namespaces.byNumber(namespaceNumber) as Namespace;
  const run = decision.create(
    namespace,
    { workflowId, runId },
    {
      ...inherited(base.state, { workflowId, runId }),
      clockOffsetMs: current.state.clockOffsetMs,
      timeSkipping: base.state.timeSkipping,
      resetRequestId: requestId,
      earlierResets: earlierResets(current),
      resetPoints: base.state.resetPoints.filter((point) => point.runId !== ""),
    },
  );
  startAgain(run, started, first.userMetadata);
  run.state.originalStartTime = base.state.originalStartTime || base.state.startTime;
  const pending = nothingPending();
  for (const encoded of events) {
    const event = HistoryEvent.decode(encoded);
    replayEvent(run, event);
    replayPending(pending, event);
  }
  for (const chunk of chunksOf(events)) run.copyEvents(chunk);
  run.touchVisibility();
  return { run, pending };
}

function earlierResets({ runId, state }: Run): KnownReset[] {
  if (state.resetRequestId === "") return [];
  return [...state.earlierResets, { requestId: state.resetRequestId, runId }].slice(-EARLIER_RESETS_MAX);
}

/** What no event says, or what the base has as it was given. */
function inherited(base: RunState, { workflowId, runId }: { workflowId: string; runId: string }): Partial<RunState> {
  const { workflowType, taskQueue, executionTimeoutMs, runTimeoutMs, taskTimeoutMs } = base;
  const root =
    base.parent === undefined
      ? { rootWorkflowId: workflowId, rootRunId: runId }
      : { rootWorkflowId: base.rootWorkflowId, rootRunId: base.rootRunId };
  return {
    status: WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING,
    ...{ workflowType, taskQueue, executionTimeoutMs, runTimeoutMs, taskTimeoutMs },
    ...root,
    firstRunId: base.firstRunId,
    originalRunId: base.originalRunId,
    continuedRunId: base.continuedRunId,
    parent: base.parent,
    attempt: base.attempt,
    initiator: base.initiator,
    rawRetryPolicy: base.rawRetryPolicy,
    cronSchedule: base.cronSchedule,
    startRequestId: base.startRequestId,
    startIdentity: base.startIdentity,
  };
}

/** Time-outs begin anew with the reset. */
function startAgain(
  run: Run,
  started: WorkflowExecutionStartedEventAttributes,
  userMetadata: Uint8Array | undefined,
): void {
  const { state, now } = run;
  const { memo, searchAttributes, priority, completionCallbacks, retryPolicy, cronSchedule } = started;
  state.startTime = now;
  state.executionTime = now;
  state.resetAt = now;
  state.runExpiresAt = state.runTimeoutMs === 0 ? 0 : now + state.runTimeoutMs;
  state.executionExpiresAt = state.executionTimeoutMs === 0 ? 0 : now + state.executionTimeoutMs;
  if (state.executionExpiresAt !== 0 && (state.runExpiresAt === 0 || state.runExpiresAt > state.executionExpiresAt))
    state.runExpiresAt = state.executionExpiresAt;
  state.taskTimeoutMs ||= taskTimeoutMs(run, started.workflowTaskTimeout, durationMs(started.workflowRunTimeout));
  state.rawMemo = own(memo);
  state.rawSearchAttributes = own(searchAttributes);
  state.rawUserMetadata = own(userMetadata);
  state.callbackCount = completionCallbacks.length;
  attachCallbacks(run, completionCallbacks);
  if (priority !== undefined) {
    state.rawPriority = Priority.encode(priority);
    state.priorityKey = priority.priorityKey;
  }
  if (retryPolicy !== undefined) state.rawRetryPolicy = RetryPolicy.encode(retryPolicy);
  if (retryPolicy === undefined && cronSchedule === "") return;
  const part = {
    rawInput: own(started.input),
    hasInput: started.input !== undefined,
    rawHeader: own(started.header),
    rawLastCompletionResult: own(started.lastCompletionResult),
    rawLastFailure: own(started.continuedFailure),
  };
  run.view.setPart(partKey.start, StartPart.decode(StartPart.encode(part)));
}

function* chunksOf(events: readonly Uint8Array[]): Generator<readonly Uint8Array[]> {
  let chunk: Uint8Array[] = [];
  let bytes = 0;
  for (const event of events) {
    chunk.push(event);
    bytes += event.length;
    if (bytes < COPY_BYTES) continue;
    yield chunk;
    chunk = [];
    bytes = 0;
  }
  if (chunk.length > 0) yield chunk;
}
