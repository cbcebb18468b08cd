import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import type { Frontend } from "../frontend.ts";
import { requireNamespace } from "../validation/namespace.ts";
import { workerCondition } from "../workers/worker-query.ts";

export function countWorkers(frontend: Frontend): WorkflowServiceHandlers["countWorkers"] {
  return async (request) => {
    const namespace = requireNamespace(frontend, request.namespace);
    const condition = workerCondition(request.query);
    let count = 0;
    for (const worker of frontend.workers.all(namespace.number)) if (condition(worker)) count++;
    return { count };
  };
}
