import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import { signalWithStart } from "../../history/index.ts";
import type { Frontend } from "../frontend.ts";
import { requireStartingNamespace } from "../validation/namespace.ts";
import { checkSignalWithStart } from "../validation/start.ts";

export function signalWithStartWorkflowExecution(
  frontend: Frontend,
): WorkflowServiceHandlers["signalWithStartWorkflowExecution"] {
  return async (request) => {
    const namespace = requireStartingNamespace(frontend, request.namespace);
    return signalWithStart(frontend.history, namespace, checkSignalWithStart(frontend, namespace, request));
  };
}
