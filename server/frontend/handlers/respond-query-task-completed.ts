import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import { completeQueryTask } from "../../history/index.ts";
import type { Frontend } from "../frontend.ts";

export function respondQueryTaskCompleted(frontend: Frontend): WorkflowServiceHandlers["respondQueryTaskCompleted"] {
  return async (request) => completeQueryTask(frontend.history, request);
}
