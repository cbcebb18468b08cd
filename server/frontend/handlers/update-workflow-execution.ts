import { invalidArgument, permissionDenied } from "../../../api/errors.ts";
import { UpdateWorkflowExecutionLifecycleStage } from "../../../api/gen/enums.js";
import type { UpdateWorkflowExecutionRequest } from "../../../api/gen/messages.js";
import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import { updateWorkflow } from "../../history/index.ts";
import type { Frontend } from "../frontend.ts";
import { checkCallbacks } from "../validation/callbacks.ts";
import { checkExecution } from "../validation/execution.ts";
import { checkLinks } from "../validation/links.ts";
import { requireNamespace } from "../validation/namespace.ts";
import { isTooLong } from "../validation/text-length.ts";

export function updateWorkflowExecution(frontend: Frontend): WorkflowServiceHandlers["updateWorkflowExecution"] {
  return async (request, call) => {
    const namespace = requireNamespace(frontend, request.namespace);
    return updateWorkflow(frontend.history, namespace, checkUpdate(frontend, request), call);
  };
}

/** The request with an update id; refuses what cannot be an update. */
export function checkUpdate(
  frontend: Frontend,
  request: UpdateWorkflowExecutionRequest,
): UpdateWorkflowExecutionRequest {
  checkExecution(request.workflowExecution);
  const { request: update } = request;
  if (update?.meta === undefined) throw invalidArgument("Update meta is not set on request.");
  const { meta, input, completionCallbacks, links } = update;
  if (isTooLong(frontend, meta.updateId)) throw invalidArgument("UpdateId length exceeds limit.");
  if (input === undefined) throw invalidArgument("Update input is not set on request.");
  if (input.name === "") throw invalidArgument("Update name is not set on request.");
  checkCallbacks(frontend, [], completionCallbacks); // Nobody is told of the end of an update.
  checkLinks(frontend, { name: request.namespace }, links);
  if (
    request.waitPolicy?.lifecycleStage ===
    UpdateWorkflowExecutionLifecycleStage.UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_ADMITTED
  ) {
    throw permissionDenied(
      "UpdateWorkflowExecution issued asynchronously and waiting on update admitted is not supported.",
      "",
    );
  }
  return meta.updateId === ""
    ? { ...request, request: { ...update, meta: { ...meta, updateId: frontend.random.uuid() } } }
    : request;
}
