import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import { signalWorkflow } from "../../history/index.ts";
import type { Frontend } from "../frontend.ts";

export function signalWorkflowExecution(frontend: Frontend): WorkflowServiceHandlers["signalWorkflowExecution"] {
  return async (request) => signalWorkflow(frontend.history, frontend.namespaces.require(request.namespace), request);
}
