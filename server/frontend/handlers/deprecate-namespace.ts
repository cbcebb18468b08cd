import { NamespaceState } from "../../../api/gen/enums.js";
import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import type { Frontend } from "../frontend.ts";
import { requireChangeableNamespace } from "../validation/namespace.ts";

/** No workflow begins in the namespace any more; what runs goes on. */
export function deprecateNamespace(frontend: Frontend): WorkflowServiceHandlers["deprecateNamespace"] {
  return async ({ namespace: name }) => {
    requireChangeableNamespace(frontend, name);
    await frontend.namespaces.update(name, (record) => ({
      ...record,
      state: NamespaceState.NAMESPACE_STATE_DEPRECATED,
    }));
    return {};
  };
}
