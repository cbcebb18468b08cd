import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import { resetSticky } from "../../history/index.ts";
import type { Frontend } from "../frontend.ts";
import { checkExecution } from "../validation/execution.ts";
import { requireNamespace } from "../validation/namespace.ts";

export function resetStickyTaskQueue(frontend: Frontend): WorkflowServiceHandlers["resetStickyTaskQueue"] {
  return async (request) => {
    const namespace = requireNamespace(frontend, request.namespace);
    return resetSticky(frontend.history, namespace, checkExecution(request.execution));
  };
}
