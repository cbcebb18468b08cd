import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import type { Scalar } from "../../store/visibility.ts";
import {
  attributePayload,
  EXECUTION_STATUS_NAMES,
  GROUPS_MAX,
  parseQuery,
  resolveQuery,
  tooManyGroups,
} from "../../visibility/index.ts";
import type { NamedField } from "../../visibility/index.ts";
import type { Frontend } from "../frontend.ts";
import { callerSignal } from "../listing/caller-signal.ts";
import { requireNamespace } from "../validation/namespace.ts";

export function countWorkflowExecutions(frontend: Frontend): WorkflowServiceHandlers["countWorkflowExecutions"] {
  return async (request, call) => {
    const namespace = requireNamespace(frontend, request.namespace);
    const { filter, groupBy } = resolveQuery(parseQuery(request.query), namespace, { operation: "count" });
    const kind = frontend.history.workflowKind.id;
    const question = {
      namespace: namespace.number,
      kind,
      filter,
      groupBy: groupBy?.field,
      groupsMax: GROUPS_MAX,
    };
    const { count, groups } = await frontend.store.countVisibility(question, callerSignal(call));
    if (groupBy === undefined) return { count, groups: [] };
    if (groups.length > GROUPS_MAX) throw tooManyGroups(groupBy.name);
    return {
      count,
      groups: groups.map((group) => ({ count: group.count, groupValues: [valuePayload(group.value, groupBy)] })),
    };
  };
}

function valuePayload(value: Scalar | undefined, { form, type }: NamedField): Uint8Array {
  if (value === undefined) return attributePayload(type, type === "Keyword" ? "" : null);
  if (form === "status") return attributePayload("Keyword", EXECUTION_STATUS_NAMES[Number(value)] ?? String(value));
  return attributePayload(type, value);
}
