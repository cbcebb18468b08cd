import { durationMs } from "../../../api/duration.ts";
import { failedPrecondition, invalidArgument, namespaceNotFound } from "../../../api/errors.ts";
import { NamespaceState } from "../../../api/gen/enums.js";
import type { DeleteNamespaceRequest } from "../../../api/gen/messages.js";
import type { OperatorServiceHandlers } from "../../../api/gen/services.js";
import { namespaceSettings } from "../../dynamic-config/index.ts";
import type { Frontend } from "../frontend.ts";
import type { KnownNamespace } from "../namespaces/namespace-registry.ts";
import { SYSTEM_NAMESPACE } from "../namespaces/system-namespace.ts";
import { checkNamespaceName } from "../validation/namespace-name.ts";

/** So much of the id is in the name that a namespace has while it goes. */
const ID_DIGITS = 5;

/** The name is free at once; what is in the namespace is removed in the background. */
export function deleteNamespace(frontend: Frontend): OperatorServiceHandlers["deleteNamespace"] {
  return async (request) => {
    const known = find(frontend, request);
    if (known.name === SYSTEM_NAMESPACE) throw failedPrecondition("unable to delete system namespace");
    if (known.record.state === NamespaceState.NAMESPACE_STATE_DELETED) return { deletedNamespace: known.name };
    const { namespaceDeleteDelay: delay } = request;
    const deleteDelayMs =
      delay === undefined ? frontend.config.get(namespaceSettings.deleteDelayMs) : Math.max(0, durationMs(delay));
    const deleted = await frontend.namespaces.updateById(known.id, (record) => ({
      ...record,
      name: `${known.name}-deleted-${known.id.slice(0, ID_DIGITS)}`,
      state: NamespaceState.NAMESPACE_STATE_DELETED,
      deleteDelayMs,
    }));
    frontend.onNamespaceDeleted(deleted.id);
    return { deletedNamespace: deleted.name };
  };
}

function find(frontend: Frontend, { namespace: name, namespaceId: id }: DeleteNamespaceRequest): KnownNamespace {
  if (name !== "" && id !== "") throw invalidArgument("Only one of namespace name or Id should be set on request.");
  if (id === "") checkNamespaceName(frontend, name);
  const known = id === "" ? frontend.namespaces.byName(name) : frontend.namespaces.byId(id.toLowerCase());
  if (known === undefined) throw namespaceNotFound(id === "" ? name : id);
  return known;
}
