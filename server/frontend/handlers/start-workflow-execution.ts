import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import { startWorkflow } from "../../history/index.ts";
import type { Frontend } from "../frontend.ts";

export function startWorkflowExecution(frontend: Frontend): WorkflowServiceHandlers["startWorkflowExecution"] {
  return async (request) => {
    const namespace = frontend.namespaces.require(request.namespace);
    const requestId = request.requestId === "" ? frontend.random.uuid() : request.requestId;
    return startWorkflow(frontend.history, namespace, { ...request, requestId });
  };
}
