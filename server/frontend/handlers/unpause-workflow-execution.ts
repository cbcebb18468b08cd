import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import { unpauseWorkflow } from "../../history/index.ts";
import type { Frontend } from "../frontend.ts";
import { requireNamespace } from "../validation/namespace.ts";
import { checkPause } from "../validation/pause.ts";

export function unpauseWorkflowExecution(frontend: Frontend): WorkflowServiceHandlers["unpauseWorkflowExecution"] {
  return async (request) => {
    const namespace = requireNamespace(frontend, request.namespace);
    checkPause(frontend, request);
    return unpauseWorkflow(frontend.history, namespace, request);
  };
}
