import { NamespaceState } from "../../../api/gen/enums.js";
import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import type { Frontend } from "../frontend.ts";
import { checkNamespaceName } from "../validation/namespace-name.ts";

/** A mark for people: work in the namespace goes on. */
export function deprecateNamespace(frontend: Frontend): WorkflowServiceHandlers["deprecateNamespace"] {
  return async ({ namespace: name }) => {
    checkNamespaceName(frontend, name);
    await frontend.namespaces.update(name, (record) => ({
      ...record,
      state: NamespaceState.NAMESPACE_STATE_DEPRECATED,
    }));
    return {};
  };
}
