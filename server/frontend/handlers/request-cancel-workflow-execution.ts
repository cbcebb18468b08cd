import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import { cancelWorkflow as decide } from "../../history/index.ts";
import type { Frontend } from "../frontend.ts";

export function requestCancelWorkflowExecution(frontend: Frontend): WorkflowServiceHandlers["requestCancelWorkflowExecution"] {
  return async (request) => decide(frontend.history, frontend.namespaces.require(request.namespace), request);
}
