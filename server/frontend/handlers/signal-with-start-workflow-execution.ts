import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import { signalWithStart as decide } from "../../history/index.ts";
import type { Frontend } from "../frontend.ts";

export function signalWithStartWorkflowExecution(frontend: Frontend): WorkflowServiceHandlers["signalWithStartWorkflowExecution"] {
  return async (request) => decide(frontend.history, frontend.namespaces.require(request.namespace), { ...request, requestId: request.requestId === "" ? frontend.random.uuid() : request.requestId });
}
