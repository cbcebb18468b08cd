import { EventType, RetryState, TimeoutType, WorkflowExecutionStatus } from "../../../../api/gen/enums.js";
import { Failure } from "../../../../api/gen/messages.js";
import type { Run } from "../run.ts";
import { closeRun } from "./close.ts";
import { continuationOf } from "./retry-or-cron.ts";
import { createSuccessor } from "./successor.ts";
import { forceCloseTask } from "./terminate.ts";
import { scheduleWorkflowTask } from "./workflow-task.ts";

/** Ends the run when its time is over; true when it was. A run's time-out may be retried, that of its whole chain not. */
export function timeOutRun(run: Run): boolean {
  const { state, now } = run;
  const isChainOver = state.executionExpiresAt !== 0 && state.executionExpiresAt <= now;
  if (!isChainOver && (state.runExpiresAt === 0 || state.runExpiresAt > now)) return false;
  forceCloseTask(run);
  const failure = Failure.encode({
    message: "workflow timeout",
    source: "Server",
    timeoutFailureInfo: { timeoutType: TimeoutType.TIMEOUT_TYPE_START_TO_CLOSE },
  });
  const { retryState, succession } = continuationOf(run, { failure, isFailed: true });
  const timedOutState = isChainOver && succession === undefined ? RetryState.RETRY_STATE_TIMEOUT : retryState;
  const successorRunId = succession === undefined ? undefined : run.tx.runId();
  closeRun(
    run,
    { status: WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_TIMED_OUT, successorRunId },
    {
      eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT,
      workflowExecutionTimedOutEventAttributes: {
        retryState: timedOutState as never,
        newExecutionRunId: successorRunId,
      },
    },
  );
  if (succession !== undefined) createSuccessor(run, successorRunId as string, succession);
  return true;
}

/** The start delay, cron or retry backoff is over: the first workflow task may go out. */
export function endBackoff(run: Run): void {
  run.state.backoff = false;
  run.view.touch();
  if (run.state.workflowTask === undefined) scheduleWorkflowTask(run);
}
