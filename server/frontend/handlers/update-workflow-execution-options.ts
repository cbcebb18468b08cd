import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import { updateOptions } from "../../history/index.ts";
import type { Frontend } from "../frontend.ts";
import { checkExecution } from "../validation/execution.ts";
import { requireNamespace } from "../validation/namespace.ts";
import { checkPriority } from "../validation/priority.ts";
import { checkTimeSkipping } from "../validation/time-skipping.ts";

export function updateWorkflowExecutionOptions(
  frontend: Frontend,
): WorkflowServiceHandlers["updateWorkflowExecutionOptions"] {
  return async (request) => {
    const namespace = requireNamespace(frontend, request.namespace);
    const workflowExecution = checkExecution(request.workflowExecution);
    checkTimeSkipping(frontend, request.workflowExecutionOptions?.timeSkippingConfig);
    checkPriority(request.workflowExecutionOptions?.priority);
    return updateOptions(frontend.history, namespace, { ...request, workflowExecution });
  };
}
