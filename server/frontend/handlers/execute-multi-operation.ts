import { invalidArgument, ServiceError } from "../../../api/errors.ts";
import type { OperationStatus } from "../../../api/errors.ts";
import { durationMs } from "../../../api/duration.ts";
import type { StartWorkflowExecutionRequest, UpdateWorkflowExecutionRequest } from "../../../api/gen/messages.js";
import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import { executeUpdateWithStart, operationFailure } from "../../history/index.ts";
import type { UpdateWithStart } from "../../history/index.ts";
import type { Frontend } from "../frontend.ts";
import { validUpdate } from "./update-workflow-execution.ts";

/** The only combination there is: start a workflow and update it. */
export function executeMultiOperation(frontend: Frontend): WorkflowServiceHandlers["executeMultiOperation"] {
  return async (request, call) => {
    const namespace = frontend.namespaces.require(request.namespace);
    const [first, second] = request.operations;
    const isPair = request.operations.length === 2 && first?.startWorkflow !== undefined && second?.updateWorkflow !== undefined;
    if (!isPair) throw invalidArgument("Operations have to be exactly [Start, Update].");
    const start = checked(() => validStart(frontend, request.namespace, first.startWorkflow as StartWorkflowExecutionRequest), (error) => [error, undefined]);
    const update = checked(() => validPartner(frontend, start, second.updateWorkflow as UpdateWorkflowExecutionRequest, request.namespace), (error) => [undefined, error]);
    const both: UpdateWithStart = { start, update };
    return executeUpdateWithStart(frontend.history, namespace, both, call);
  };
}

function checked<T>(check: () => T, statuses: (error: ServiceError) => OperationStatus[]): T {
  try {
    return check();
  } catch (error) {
    throw error instanceof ServiceError ? operationFailure(statuses(error)) : error;
  }
}

const NAMESPACE_TEXT = "Operation namespace did not match request's namespace.";

function validStart(frontend: Frontend, namespace: string, start: StartWorkflowExecutionRequest): StartWorkflowExecutionRequest {
  if (start.namespace !== namespace) throw invalidArgument(NAMESPACE_TEXT);
  if (start.workflowId === "") throw invalidArgument("WorkflowId is not set on request.");
  if (start.workflowType === undefined || start.workflowType.name === "") throw invalidArgument("WorkflowType is not set on request.");
  if (start.cronSchedule !== "") throw invalidArgument("CronSchedule is not allowed.");
  if (start.requestEagerExecution) throw invalidArgument("RequestEagerExecution is not supported.");
  if (durationMs(start.workflowStartDelay) > 0) throw invalidArgument("WorkflowStartDelay is not supported.");
  return start.requestId === "" ? { ...start, requestId: frontend.random.uuid() } : start;
}

function validPartner(frontend: Frontend, start: StartWorkflowExecutionRequest, update: UpdateWorkflowExecutionRequest, namespace: string): UpdateWorkflowExecutionRequest {
  if (update.namespace !== namespace) throw invalidArgument(NAMESPACE_TEXT);
  if (update.workflowExecution?.workflowId !== start.workflowId) throw invalidArgument("WorkflowId is not consistent with previous operation(s).");
  if (update.workflowExecution.runId !== "") throw invalidArgument("RunId is not allowed.");
  if (update.firstExecutionRunId !== "") throw invalidArgument("FirstExecutionRunId is not allowed.");
  return validUpdate(frontend, update);
}
