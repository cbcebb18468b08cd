import { invalidArgument } from "../../../api/errors.ts";
import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import { pollUpdate } from "../../history/index.ts";
import type { Frontend } from "../frontend.ts";
import { checkExecution } from "../validation/execution.ts";
import { requireNamespace } from "../validation/namespace.ts";

export function pollWorkflowExecutionUpdate(
  frontend: Frontend,
): WorkflowServiceHandlers["pollWorkflowExecutionUpdate"] {
  return async (request, call) => {
    const namespace = requireNamespace(frontend, request.namespace);
    if (request.updateRef === undefined) throw invalidArgument("UpdateRef is not set on request.");
    checkExecution(request.updateRef.workflowExecution);
    return pollUpdate(frontend.history, namespace, request, call);
  };
}
