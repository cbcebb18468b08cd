import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import type { Frontend } from "../frontend.ts";
import { requireNamespace } from "../validation/namespace.ts";

export function recordWorkerHeartbeat(frontend: Frontend): WorkflowServiceHandlers["recordWorkerHeartbeat"] {
  return async (request) => {
    const namespace = requireNamespace(frontend, request.namespace);
    for (const heartbeat of request.workerHeartbeat) frontend.workers.record(namespace.number, heartbeat);
    return {};
  };
}
