import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import { terminateWorkflow } from "../../history/index.ts";
import type { Frontend } from "../frontend.ts";
import { checkExecution } from "../validation/execution.ts";
import { checkLinks } from "../validation/links.ts";
import { requireNamespace } from "../validation/namespace.ts";

const REASON_DEFAULT = "terminated by user via frontend";

export function terminateWorkflowExecution(frontend: Frontend): WorkflowServiceHandlers["terminateWorkflowExecution"] {
  return async (request) => {
    const namespace = requireNamespace(frontend, request.namespace);
    checkExecution(request.workflowExecution);
    checkLinks(frontend, namespace, request.links);
    const reason = request.reason === "" ? REASON_DEFAULT : request.reason;
    return terminateWorkflow(frontend.history, namespace, { ...request, reason });
  };
}
