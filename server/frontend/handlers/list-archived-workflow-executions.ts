import { invalidArgument } from "../../../api/errors.ts";
import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import type { Frontend } from "../frontend.ts";
import { requireNamespace } from "../validation/namespace.ts";

/** Nothing is archived here; the answer is that of a cluster that has archival turned off. */
export function listArchivedWorkflowExecutions(
  frontend: Frontend,
): WorkflowServiceHandlers["listArchivedWorkflowExecutions"] {
  return async (request) => {
    requireNamespace(frontend, request.namespace);
    throw invalidArgument("Cluster is not configured for visibility archival.");
  };
}
