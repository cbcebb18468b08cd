import { invalidArgument } from "../../../api/errors.ts";
import type { WorkflowExecution } from "../../../api/gen/messages.js";
import { isUuid } from "../../../base/index.ts";

/** An execution that a client names: a workflow id, and a run id if it means a certain run. */
export function checkExecution(execution: WorkflowExecution | undefined): WorkflowExecution {
  if (execution === undefined) throw invalidArgument("Execution is not set on request.");
  if (execution.workflowId === "") throw invalidArgument("WorkflowId is not set on request.");
  if (execution.runId !== "" && !isUuid(execution.runId)) throw invalidArgument("Invalid RunId.");
  return execution;
}
