import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import { completeWorkflowTask } from "../../history/index.ts";
import type { Frontend } from "../frontend.ts";

export function respondWorkflowTaskCompleted(frontend: Frontend): WorkflowServiceHandlers["respondWorkflowTaskCompleted"] {
  return async (request) => completeWorkflowTask(frontend.history, frontend.namespaces.require(request.namespace), request);
}
