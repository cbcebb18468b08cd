/**
 * The run that goes on in place of one that closes: by its own wish (continue-as-new), by its retry policy, by its cron
 * schedule. Both runs change in one decision, so that there is never a gap nor two of them.
 */
import { duration } from "../../../../api/duration.ts";
import { Priority, RetryPolicy } from "../../../../api/gen/messages.js";
import type { Duration } from "../../../../api/gen/messages.js";
import type { Namespace } from "../../env.ts";
import type { StartPart } from "../../gen/messages.js";
import { createRun } from "../create-run.ts";
import type { RunStart } from "../create-run.ts";
import { partKey } from "../parts.ts";
import { passResetPoints } from "../reset-points.ts";
import type { Run } from "../run.ts";
import { attachedCallbacks } from "./callback.ts";
import { withoutPauses } from "./paused-activities.ts";
import { withoutProblems } from "./reported-problems.ts";

export interface Succession {
  readonly initiator: number;
  readonly backoffMs: number;
  readonly attempt: number;
  readonly continuedFailure: Uint8Array | undefined;
  readonly lastCompletionResult: Uint8Array | undefined;
  /** What a continue-as-new command changes. */
  readonly changes?: Partial<RunStart>;
}

function durationOf(ms: number): Duration | undefined {
  return ms === 0 ? undefined : duration(ms);
}

/** The run id must be known before the closing event is written; the run itself is created after it. */
export function createSuccessor(run: Run, runId: string, succession: Succession): Run {
  const { state } = run;
  const start = run.view.part<StartPart>(partKey.start);
  return createRun(run.decision, run.env.namespaces.byNumber(run.namespaceNumber) as Namespace, {
    workflowId: run.workflowId,
    runId,
    workflowType: state.workflowType,
    taskQueue: state.taskQueue,
    input: start?.hasInput === true ? start.rawInput : undefined,
    header: nonEmpty(start?.rawHeader),
    memo: nonEmpty(state.rawMemo),
    searchAttributes: nonEmpty(withoutPauses(withoutProblems(state.rawSearchAttributes))),
    executionTimeout: durationOf(state.executionTimeoutMs),
    runTimeout: state.parent === undefined ? durationOf(state.runTimeoutMs) : duration(state.runTimeoutMs),
    taskTimeout: durationOf(state.taskTimeoutMs),
    retryPolicy: state.rawRetryPolicy.length === 0 ? undefined : RetryPolicy.decode(state.rawRetryPolicy),
    cronSchedule: state.cronSchedule,
    priority: state.rawPriority.length === 0 ? undefined : Priority.decode(state.rawPriority),
    identity: "",
    requestId: run.tx.uuid(),
    userMetadata: nonEmpty(state.rawUserMetadata),
    links: [],
    completionCallbacks: attachedCallbacks(run),
    firstTaskBackoffMs: succession.backoffMs,
    attempt: succession.attempt,
    initiator: succession.initiator,
    firstRunId: state.firstRunId,
    originalRunId: runId,
    continuedRunId: run.runId,
    continuedFailure: succession.continuedFailure,
    lastCompletionResult: succession.lastCompletionResult,
    parent: state.parent,
    // Only a child's root is another run; otherwise each run of a chain is its own.
    root: state.parent && { workflowId: state.rootWorkflowId, runId: state.rootRunId },
    executionExpiresAt: state.executionExpiresAt,
    eagerExecutionAccepted: false,
    holdFirstTask: false,
    clockOffsetMs: state.clockOffsetMs,
    timeSkipping: state.timeSkipping,
    resetPoints: passResetPoints(run),
    ...succession.changes,
  });
}

function nonEmpty(bytes: Uint8Array | undefined): Uint8Array | undefined {
  return bytes === undefined || bytes.length === 0 ? undefined : bytes;
}
