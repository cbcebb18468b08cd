import { invalidArgument } from "../../../api/errors.ts";
import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import { isUuid } from "../../../base/index.ts";
import { updateOptions } from "../../history/index.ts";
import type { Frontend } from "../frontend.ts";
import { checkExecutionOptions } from "../validation/execution-options.ts";
import { requireNamespace } from "../validation/namespace.ts";

export function updateWorkflowExecutionOptions(
  frontend: Frontend,
): WorkflowServiceHandlers["updateWorkflowExecutionOptions"] {
  return async (request) => {
    const namespace = requireNamespace(frontend, request.namespace);
    const { workflowId = "", runId = "" } = request.workflowExecution ?? {};
    if (workflowId === "") throw invalidArgument("WorkflowId is not set on request.");
    if (runId !== "" && !isUuid(runId)) throw invalidArgument("RunId is not valid UUID.");
    if (request.updateMask === undefined) throw invalidArgument("UpdateMask is required");
    if (request.workflowExecutionOptions === undefined) throw invalidArgument("WorkflowExecutionOptions is required");
    checkExecutionOptions(frontend, request.workflowExecutionOptions);
    return updateOptions(frontend.history, namespace, request);
  };
}
