import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import { startWorkflow } from "../../history/index.ts";
import type { Frontend } from "../frontend.ts";
import { requireStartingNamespace } from "../validation/namespace.ts";
import { checkStart } from "../validation/start.ts";

export function startWorkflowExecution(frontend: Frontend): WorkflowServiceHandlers["startWorkflowExecution"] {
  return async (request) => {
    const namespace = requireStartingNamespace(frontend, request.namespace);
    return startWorkflow(frontend.history, namespace, checkStart(frontend, namespace, request));
  };
}
