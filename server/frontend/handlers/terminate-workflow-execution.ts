import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import { terminateWorkflow as decide } from "../../history/index.ts";
import type { Frontend } from "../frontend.ts";

export function terminateWorkflowExecution(frontend: Frontend): WorkflowServiceHandlers["terminateWorkflowExecution"] {
  return async (request) => decide(frontend.history, frontend.namespaces.require(request.namespace), request);
}
