import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import { getHistoryReverse } from "../../history/index.ts";
import type { Frontend } from "../frontend.ts";
import { checkExecution } from "../validation/execution.ts";
import { requireNamespace } from "../validation/namespace.ts";

export function getWorkflowExecutionHistoryReverse(
  frontend: Frontend,
): WorkflowServiceHandlers["getWorkflowExecutionHistoryReverse"] {
  return async (request) => {
    const namespace = requireNamespace(frontend, request.namespace);
    checkExecution(request.execution);
    return getHistoryReverse(frontend.history, namespace, request);
  };
}
