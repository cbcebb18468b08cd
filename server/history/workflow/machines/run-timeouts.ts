import { EventType, RetryState, WorkflowExecutionStatus } from "../../../../api/gen/enums.js";
import type { Run } from "../run.ts";
import { closeRun } from "./close.ts";
import { scheduleWorkflowTask } from "./workflow-task.ts";

/** Ends the run when its time is over; true when it was. */
export function timeOutRun(run: Run): boolean {
  const { state, now } = run;
  const expiresAt = Math.min(state.runExpiresAt || Number.POSITIVE_INFINITY, state.executionExpiresAt || Number.POSITIVE_INFINITY);
  if (expiresAt > now) return false;
  closeRun(run, { status: WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_TIMED_OUT }, () =>
    run.addEvent({ eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT, workflowExecutionTimedOutEventAttributes: { retryState: RetryState.RETRY_STATE_TIMEOUT } }),
  );
  return true;
}

/** The start delay, cron or retry backoff is over: the first workflow task may go out. */
export function endBackoff(run: Run): void {
  run.state.backoff = false;
  run.view.touch();
  if (run.state.workflowTask === undefined) scheduleWorkflowTask(run);
}
