import { Code, ServiceError } from "../../../api/errors.ts";
import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import { frontendSettings } from "../../dynamic-config/index.ts";
import { pauseWorkflow } from "../../history/index.ts";
import type { Frontend } from "../frontend.ts";
import { requireNamespace } from "../validation/namespace.ts";
import { checkPause } from "../validation/pause.ts";

export function pauseWorkflowExecution(frontend: Frontend): WorkflowServiceHandlers["pauseWorkflowExecution"] {
  return async (request) => {
    const namespace = requireNamespace(frontend, request.namespace);
    if (!frontend.config.get(frontendSettings.pausesWorkflows, { namespace: request.namespace }))
      throw new ServiceError(Code.UNIMPLEMENTED, `workflow pause is not enabled for namespace: ${request.namespace}`);
    checkPause(frontend, request);
    return pauseWorkflow(frontend.history, namespace, request);
  };
}
