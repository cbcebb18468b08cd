import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import { describeWorkflow } from "../../history/index.ts";
import type { Frontend } from "../frontend.ts";
import { checkExecution } from "../validation/execution.ts";
import { requireNamespace } from "../validation/namespace.ts";

export function describeWorkflowExecution(frontend: Frontend): WorkflowServiceHandlers["describeWorkflowExecution"] {
  return async (request) => {
    const namespace = requireNamespace(frontend, request.namespace);
    return describeWorkflow(frontend.history, namespace, checkExecution(request.execution));
  };
}
