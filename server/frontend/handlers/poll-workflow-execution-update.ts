import { invalidArgument } from "../../../api/errors.ts";
import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import { pollUpdate } from "../../history/index.ts";
import type { Frontend } from "../frontend.ts";

export function pollWorkflowExecutionUpdate(frontend: Frontend): WorkflowServiceHandlers["pollWorkflowExecutionUpdate"] {
  return async (request, call) => {
    if (request.updateRef === undefined) throw invalidArgument("UpdateRef is not set on request.");
    return pollUpdate(frontend.history, frontend.namespaces.require(request.namespace), request, call);
  };
}
