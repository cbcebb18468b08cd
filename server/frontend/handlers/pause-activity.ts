import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import { pauseActivities } from "../../history/index.ts";
import type { Frontend } from "../frontend.ts";
import { requireNamespace } from "../validation/namespace.ts";
import { checkActivityOperation } from "./activity-operation.ts";

export function pauseActivity(frontend: Frontend): WorkflowServiceHandlers["pauseActivity"] {
  return async (request) => {
    const namespace = requireNamespace(frontend, request.namespace);
    return pauseActivities(frontend.history, namespace, { ...checkActivityOperation(request), request });
  };
}
