import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import { completeWorkflowTask } from "../../history/index.ts";
import type { Frontend } from "../frontend.ts";
import { checkIdentity } from "../validation/identity.ts";
import { requireTokenNamespace } from "../validation/namespace.ts";

export function respondWorkflowTaskCompleted(
  frontend: Frontend,
): WorkflowServiceHandlers["respondWorkflowTaskCompleted"] {
  return async (request) => {
    const { namespace } = requireTokenNamespace(frontend, request);
    checkIdentity(frontend, request.identity);
    return completeWorkflowTask(frontend.history, namespace, request);
  };
}
