import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import { deleteWorkflow } from "../../history/index.ts";
import type { Frontend } from "../frontend.ts";
import { checkExecution } from "../validation/execution.ts";
import { requireNamespace } from "../validation/namespace.ts";

export function deleteWorkflowExecution(frontend: Frontend): WorkflowServiceHandlers["deleteWorkflowExecution"] {
  return async (request) => {
    const namespace = requireNamespace(frontend, request.namespace);
    return deleteWorkflow(frontend.history, namespace, checkExecution(request.workflowExecution));
  };
}
