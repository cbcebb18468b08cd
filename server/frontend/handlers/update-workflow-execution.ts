import { invalidArgument, permissionDenied } from "../../../api/errors.ts";
import { UpdateWorkflowExecutionLifecycleStage } from "../../../api/gen/enums.js";
import type { UpdateWorkflowExecutionRequest } from "../../../api/gen/messages.js";
import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import { updateWorkflow } from "../../history/index.ts";
import type { Frontend } from "../frontend.ts";

const RUN_ID = /^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/;

export function updateWorkflowExecution(frontend: Frontend): WorkflowServiceHandlers["updateWorkflowExecution"] {
  return async (request, call) => {
    const namespace = frontend.namespaces.require(request.namespace);
    return updateWorkflow(frontend.history, namespace, validUpdate(frontend, request), call);
  };
}

/** The request with an update id; refuses what cannot be an update. */
export function validUpdate(frontend: Frontend, request: UpdateWorkflowExecutionRequest): UpdateWorkflowExecutionRequest {
  if (request.workflowExecution === undefined) throw invalidArgument("Execution is not set on request.");
  const { workflowId, runId } = request.workflowExecution;
  if (workflowId === "") throw invalidArgument("WorkflowId is not set on request.");
  if (runId !== "" && !RUN_ID.test(runId)) throw invalidArgument("Invalid RunId.");
  const { meta, input } = request.request ?? {};
  if (request.request === undefined || meta === undefined) throw invalidArgument("Update meta is not set on request.");
  if (Buffer.byteLength(meta.updateId) > frontend.history.limits.idBytesMax) throw invalidArgument("UpdateId length exceeds limit.");
  if (input === undefined) throw invalidArgument("Update input is not set on request.");
  if (input.name === "") throw invalidArgument("Update name is not set on request.");
  if (request.waitPolicy?.lifecycleStage === UpdateWorkflowExecutionLifecycleStage.UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_ADMITTED) {
    throw permissionDenied("UpdateWorkflowExecution issued asynchronously and waiting on update admitted is not supported.", "");
  }
  if (meta.updateId !== "") return request;
  return { ...request, request: { ...request.request, meta: { ...meta, updateId: frontend.random.uuid() } } };
}
