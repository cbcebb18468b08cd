import { durationMs } from "../../../api/duration.ts";
import { invalidArgument, ServiceError } from "../../../api/errors.ts";
import type { OperationStatus } from "../../../api/errors.ts";
import type { StartWorkflowExecutionRequest, UpdateWorkflowExecutionRequest } from "../../../api/gen/messages.js";
import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import { executeUpdateWithStart, operationFailure } from "../../history/index.ts";
import type { Frontend } from "../frontend.ts";
import type { KnownNamespace } from "../namespaces/namespace-registry.ts";
import { requireNamespace } from "../validation/namespace.ts";
import { checkStart } from "../validation/start.ts";
import { checkUpdate } from "./update-workflow-execution.ts";

/** The only combination there is: start a workflow and update it. */
export function executeMultiOperation(frontend: Frontend): WorkflowServiceHandlers["executeMultiOperation"] {
  return async (request, call) => {
    const namespace = requireNamespace(frontend, request.namespace);
    const [first, second] = request.operations;
    const start = first?.startWorkflow;
    const update = second?.updateWorkflow;
    if (request.operations.length !== 2 || start === undefined || update === undefined)
      throw invalidArgument("Operations have to be exactly [Start, Update].");
    const checked = {
      start: attempted(
        () => checkStartOperation(frontend, namespace, start),
        (error) => [error, undefined],
      ),
      update: attempted(
        () => checkUpdateOperation(frontend, namespace, { start, update }),
        (error) => [undefined, error],
      ),
    };
    return executeUpdateWithStart(frontend.history, namespace, checked, call);
  };
}

function attempted<T>(check: () => T, statuses: (error: ServiceError) => OperationStatus[]): T {
  try {
    return check();
  } catch (error) {
    throw error instanceof ServiceError ? operationFailure(statuses(error)) : error;
  }
}

const NAMESPACE_TEXT = "Operation namespace did not match request's namespace.";

function checkStartOperation(
  frontend: Frontend,
  namespace: KnownNamespace,
  start: StartWorkflowExecutionRequest,
): StartWorkflowExecutionRequest {
  if (start.namespace !== namespace.name) throw invalidArgument(NAMESPACE_TEXT);
  const checked = checkStart(frontend, namespace, start);
  if (start.cronSchedule !== "") throw invalidArgument("CronSchedule is not allowed.");
  if (start.requestEagerExecution) throw invalidArgument("RequestEagerExecution is not supported.");
  if (durationMs(start.workflowStartDelay) > 0) throw invalidArgument("WorkflowStartDelay is not supported.");
  return checked;
}

function checkUpdateOperation(
  frontend: Frontend,
  namespace: KnownNamespace,
  { start, update }: { start: StartWorkflowExecutionRequest; update: UpdateWorkflowExecutionRequest },
): UpdateWorkflowExecutionRequest {
  if (update.namespace !== namespace.name) throw invalidArgument(NAMESPACE_TEXT);
  if (update.workflowExecution?.workflowId !== start.workflowId)
    throw invalidArgument("WorkflowId is not consistent with previous operation(s).");
  if (update.workflowExecution.runId !== "") throw invalidArgument("RunId is not allowed.");
  if (update.firstExecutionRunId !== "") throw invalidArgument("FirstExecutionRunId is not allowed.");
  return checkUpdate(frontend, update);
}
