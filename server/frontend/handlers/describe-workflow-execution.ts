import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import { describeWorkflow } from "../../history/index.ts";
import { renamedSearchAttributes } from "../../visibility/index.ts";
import type { Frontend } from "../frontend.ts";
import { checkExecution } from "../validation/execution.ts";
import { requireNamespace } from "../validation/namespace.ts";

export function describeWorkflowExecution(frontend: Frontend): WorkflowServiceHandlers["describeWorkflowExecution"] {
  return async (request) => {
    const namespace = requireNamespace(frontend, request.namespace);
    const described = await describeWorkflow(frontend.history, namespace, checkExecution(request.execution));
    const { workflowExecutionInfo: info } = described;
    if (!namespace.customAttributes.hasFormerNames || !(info?.searchAttributes instanceof Uint8Array)) return described;
    const searchAttributes = renamedSearchAttributes(info.searchAttributes, namespace.customAttributes);
    return { ...described, workflowExecutionInfo: { ...info, searchAttributes } };
  };
}
