import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import type { Frontend } from "../frontend.ts";
import { requireNamespace } from "../validation/namespace.ts";
import { workerPage } from "../workers/worker-infos.ts";

/** There are no workers of the server's own, so it does not matter whether they are to be told. */
export function listWorkers(frontend: Frontend): WorkflowServiceHandlers["listWorkers"] {
  return async (request) => {
    const namespace = requireNamespace(frontend, request.namespace);
    return workerPage(frontend.workers, namespace.number, request);
  };
}
