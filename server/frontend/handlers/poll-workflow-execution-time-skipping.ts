import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import { pollTimeSkipping } from "../../history/index.ts";
import type { Frontend } from "../frontend.ts";
import { checkExecution } from "../validation/execution.ts";
import { requireNamespace } from "../validation/namespace.ts";
import { checkFastForwardId, requireTimeSkipping } from "../validation/time-skipping.ts";

export function pollWorkflowExecutionTimeSkipping(
  frontend: Frontend,
): WorkflowServiceHandlers["pollWorkflowExecutionTimeSkipping"] {
  return async ({ namespace: name, workflowExecution, fastForwardId }, call) => {
    const namespace = requireNamespace(frontend, name);
    requireTimeSkipping(frontend);
    const execution = checkExecution(workflowExecution);
    checkFastForwardId(fastForwardId);
    return pollTimeSkipping(frontend.history, namespace, { name: execution, fastForwardId }, call);
  };
}
