import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import { completeQueryTask } from "../../history/index.ts";
import type { Frontend } from "../frontend.ts";
import { requireTokenNamespace } from "../validation/namespace.ts";

export function respondQueryTaskCompleted(frontend: Frontend): WorkflowServiceHandlers["respondQueryTaskCompleted"] {
  return async (request) => {
    requireTokenNamespace(frontend, request);
    return completeQueryTask(frontend.history, request);
  };
}
