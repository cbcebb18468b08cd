import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import { cancelWorkflow } from "../../history/index.ts";
import type { Frontend } from "../frontend.ts";
import { checkExecution } from "../validation/execution.ts";
import { checkLinks } from "../validation/links.ts";
import { requireNamespace } from "../validation/namespace.ts";

export function requestCancelWorkflowExecution(
  frontend: Frontend,
): WorkflowServiceHandlers["requestCancelWorkflowExecution"] {
  return async (request) => {
    const namespace = requireNamespace(frontend, request.namespace);
    checkExecution(request.workflowExecution);
    checkLinks(frontend, namespace, request.links);
    return cancelWorkflow(frontend.history, namespace, request);
  };
}
