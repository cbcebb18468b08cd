import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import { parseQuery, resolveQuery } from "../../visibility/index.ts";
import type { Frontend } from "../frontend.ts";
import { listPage } from "../listing/page.ts";
import { requireNamespace } from "../validation/namespace.ts";

export function listWorkflowExecutions(frontend: Frontend): WorkflowServiceHandlers["listWorkflowExecutions"] {
  return async (request, call) => {
    const namespace = requireNamespace(frontend, request.namespace);
    const { filter, sort } = resolveQuery(parseQuery(request.query), namespace, { operation: "list" });
    const { pageSize, nextPageToken: pageToken } = request;
    return listPage(frontend, { namespace, call }, { filter, sort, pageSize, pageToken });
  };
}
