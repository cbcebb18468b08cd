import { invalidArgument } from "../../../api/errors.ts";
import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import { signalWorkflow } from "../../history/index.ts";
import type { Frontend } from "../frontend.ts";
import { checkExecution } from "../validation/execution.ts";
import { checkRequestId } from "../validation/identity.ts";
import { checkLinks } from "../validation/links.ts";
import { requireNamespace } from "../validation/namespace.ts";
import { checkBlob } from "../validation/payload-size.ts";
import { isTooLong } from "../validation/text-length.ts";

export function signalWorkflowExecution(frontend: Frontend): WorkflowServiceHandlers["signalWorkflowExecution"] {
  return async (request) => {
    const namespace = requireNamespace(frontend, request.namespace);
    checkExecution(request.workflowExecution);
    if (request.signalName === "") throw invalidArgument("SignalName is not set on request.");
    if (isTooLong(frontend, request.signalName)) throw invalidArgument("SignalName length exceeds limit.");
    checkRequestId(frontend, request.requestId);
    checkBlob(frontend, namespace, request.input);
    checkLinks(frontend, namespace, request.links);
    return signalWorkflow(frontend.history, namespace, request);
  };
}
