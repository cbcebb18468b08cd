import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import { failWorkflowTask } from "../../history/index.ts";
import type { Frontend } from "../frontend.ts";
import { checkIdentity } from "../validation/identity.ts";
import { requireTokenNamespace } from "../validation/namespace.ts";

export function respondWorkflowTaskFailed(frontend: Frontend): WorkflowServiceHandlers["respondWorkflowTaskFailed"] {
  return async (request) => {
    requireTokenNamespace(frontend, request);
    checkIdentity(frontend, request.identity);
    return failWorkflowTask(frontend.history, request);
  };
}
