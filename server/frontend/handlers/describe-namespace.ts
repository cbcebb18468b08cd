import { invalidArgument, namespaceNotFound } from "../../../api/errors.ts";
import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import type { Frontend } from "../frontend.ts";
import { namespaceDescription } from "../namespaces/namespace-description.ts";
import { checkNamespaceName } from "../validation/namespace-name.ts";

/** By id when there is one, else by name. */
export function describeNamespace(frontend: Frontend): WorkflowServiceHandlers["describeNamespace"] {
  return async ({ id, namespace: name }) => {
    if (id === "" || name.length > 0) checkNamespaceName(frontend, name);
    if (id !== "" && name !== "")
      throw invalidArgument("GetNamespace operation failed. Both ID and Name specified in request.");
    const known = id === "" ? frontend.namespaces.byName(name) : frontend.namespaces.byId(id.toLowerCase());
    if (known === undefined) throw namespaceNotFound(id === "" ? name : id);
    return namespaceDescription(frontend, known);
  };
}
