import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import { unpauseActivities } from "../../history/index.ts";
import type { Frontend } from "../frontend.ts";
import { requireNamespace } from "../validation/namespace.ts";
import { checkActivityOperation } from "./activity-operation.ts";

export function unpauseActivity(frontend: Frontend): WorkflowServiceHandlers["unpauseActivity"] {
  return async (request) => {
    const namespace = requireNamespace(frontend, request.namespace);
    return unpauseActivities(frontend.history, namespace, { ...checkActivityOperation(request), request });
  };
}
