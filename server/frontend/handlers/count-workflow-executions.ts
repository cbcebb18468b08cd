import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import { attributePayload, EXECUTION_STATUS_NAMES, parseQuery, resolveQuery } from "../../visibility/index.ts";
import type { Frontend } from "../frontend.ts";
import { requireNamespace } from "../validation/namespace.ts";

export function countWorkflowExecutions(frontend: Frontend): WorkflowServiceHandlers["countWorkflowExecutions"] {
  return async (request) => {
    const namespace = requireNamespace(frontend, request.namespace);
    const { filter, groupBy } = resolveQuery(parseQuery(request.query), namespace, { operation: "count" });
    const kind = frontend.history.workflowKind.id;
    const { count, groups } = await frontend.store.countVisibility({
      namespace: namespace.number,
      kind,
      filter,
      groupBy,
    });
    return {
      count,
      groups: groups.map((group) => ({ count: group.count, groupValues: [statusPayload(group.value)] })),
    };
  };
}

function statusPayload(status: number): Uint8Array {
  return attributePayload("Keyword", EXECUTION_STATUS_NAMES[status] ?? String(status));
}
