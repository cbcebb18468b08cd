import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import { closedListFilter } from "../../visibility/index.ts";
import type { Frontend } from "../frontend.ts";
import { listPage } from "../listing/page.ts";
import { listing } from "../listing/fields.ts";
import { requireNamespace } from "../validation/namespace.ts";

export function listClosedWorkflowExecutions(
  frontend: Frontend,
): WorkflowServiceHandlers["listClosedWorkflowExecutions"] {
  return async (request, call) => {
    const namespace = requireNamespace(frontend, request.namespace);
    const filter = closedListFilter({ ...listing(request), status: request.statusFilter?.status });
    return listPage(
      frontend,
      { namespace, call },
      {
        filter,
        pageSize: request.maximumPageSize,
        pageToken: request.nextPageToken,
      },
    );
  };
}
