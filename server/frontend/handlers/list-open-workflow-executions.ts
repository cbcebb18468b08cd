import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import { openListFilter } from "../../visibility/index.ts";
import type { Frontend } from "../frontend.ts";
import { listPage } from "../listing/page.ts";
import { listing } from "../listing/fields.ts";
import { requireNamespace } from "../validation/namespace.ts";

export function listOpenWorkflowExecutions(frontend: Frontend): WorkflowServiceHandlers["listOpenWorkflowExecutions"] {
  return async (request, call) => {
    const namespace = requireNamespace(frontend, request.namespace);
    const filter = openListFilter(listing(request));
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
