import { notFound } from "../../../api/errors.ts";
import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import type { Frontend } from "../frontend.ts";
import { requireNamespace } from "../validation/namespace.ts";

export function describeWorker(frontend: Frontend): WorkflowServiceHandlers["describeWorker"] {
  return async (request) => {
    const namespace = requireNamespace(frontend, request.namespace);
    const workerHeartbeat = frontend.workers.find(namespace.number, request.workerInstanceKey);
    if (workerHeartbeat === undefined) throw notFound(`Worker ${request.workerInstanceKey} not found`);
    return { workerInfo: { workerHeartbeat } };
  };
}
