import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import { resetActivities } from "../../history/index.ts";
import type { Frontend } from "../frontend.ts";
import { requireNamespace } from "../validation/namespace.ts";
import { checkActivityOperation } from "./activity-operation.ts";

export function resetActivity(frontend: Frontend): WorkflowServiceHandlers["resetActivity"] {
  return async (request) => {
    const namespace = requireNamespace(frontend, request.namespace);
    return resetActivities(frontend.history, namespace, { ...checkActivityOperation(request), request });
  };
}
