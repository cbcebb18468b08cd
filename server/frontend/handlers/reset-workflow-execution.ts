import { invalidArgument } from "../../../api/errors.ts";
import { ResetReapplyType } from "../../../api/gen/enums.js";
import type { PostResetOperation } from "../../../api/gen/messages.js";
import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import { resetWorkflow } from "../../history/index.ts";
import type { Frontend } from "../frontend.ts";
import { checkExecution } from "../validation/execution.ts";
import { checkExecutionOptions } from "../validation/execution-options.ts";
import { requireNamespace } from "../validation/namespace.ts";
import { isTooLong } from "../validation/text-length.ts";

const REAPPLY_TYPES: readonly number[] = Object.values(ResetReapplyType).filter((value) => typeof value === "number");

export function resetWorkflowExecution(frontend: Frontend): WorkflowServiceHandlers["resetWorkflowExecution"] {
  return async (request) => {
    const namespace = requireNamespace(frontend, request.namespace);
    checkExecution(request.workflowExecution);
    if (request.requestId === "") throw invalidArgument("RequestId is not set on request.");
    if (isTooLong(frontend, request.requestId)) throw invalidArgument("RequestId length exceeds limit.");
    if (!REAPPLY_TYPES.includes(request.resetReapplyType)) throw invalidArgument("unknown reset reapply type");
    for (const operation of request.postResetOperations) checkOperation(frontend, operation);
    return resetWorkflow(frontend.history, namespace, request);
  };
}

function checkOperation(frontend: Frontend, { signalWorkflow, updateWorkflowOptions }: PostResetOperation): void {
  if (updateWorkflowOptions !== undefined) {
    checkExecutionOptions(frontend, updateWorkflowOptions.workflowExecutionOptions);
    return;
  }
  const kind = signalWorkflow === undefined ? "<nil>" : "*workflow.PostResetOperation_SignalWorkflow_";
  throw invalidArgument(`unsupported post reset operation: ${kind}`);
}
