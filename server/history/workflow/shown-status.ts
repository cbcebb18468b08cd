import { WorkflowExecutionStatus } from "../../../api/gen/enums.js";
import type { RunState } from "../gen/messages.js";

/** The status as clients see it: a paused run is running to itself. */
export function shownStatus({ status, pause }: RunState): number {
  const { WORKFLOW_EXECUTION_STATUS_RUNNING: RUNNING, WORKFLOW_EXECUTION_STATUS_PAUSED: PAUSED } =
    WorkflowExecutionStatus;
  return status === RUNNING && pause !== undefined ? PAUSED : status;
}
