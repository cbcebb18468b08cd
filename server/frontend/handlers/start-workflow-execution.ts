import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import { startWorkflow, takeBackTask } from "../../history/index.ts";
import type { Frontend } from "../frontend.ts";
import { requireStartingNamespace } from "../validation/namespace.ts";
import { checkStart } from "../validation/start.ts";

export function startWorkflowExecution(frontend: Frontend): WorkflowServiceHandlers["startWorkflowExecution"] {
  return async (request, call) => {
    const namespace = requireStartingNamespace(frontend, request.namespace);
    const started = await startWorkflow(frontend.history, namespace, checkStart(frontend, namespace, request));
    if (call.cancelled) await takeBackTask(frontend.history, started.eagerWorkflowTask?.taskToken);
    return started;
  };
}
