import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import { failWorkflowTask } from "../../history/index.ts";
import type { Frontend } from "../frontend.ts";

export function respondWorkflowTaskFailed(frontend: Frontend): WorkflowServiceHandlers["respondWorkflowTaskFailed"] {
  return async (request) => failWorkflowTask(frontend.history, request);
}
