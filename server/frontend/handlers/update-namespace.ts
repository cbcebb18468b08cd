import { invalidArgument } from "../../../api/errors.ts";
import { NamespaceState } from "../../../api/gen/enums.js";
import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import type { UpdateNamespaceRequest } from "../../../api/gen/messages.js";
import { decodeCustomAttributes, encodeCustomAttributes, renameCustomAttributes } from "../../visibility/index.ts";
import type { Frontend } from "../frontend.ts";
import { toldBadBinaries } from "../namespaces/bad-binaries.ts";
import { namespaceDescription } from "../namespaces/namespace-description.ts";
import { checkClusters } from "../validation/clusters.ts";
import { requireChangeableNamespace } from "../validation/namespace.ts";
import { checkRetention } from "../validation/retention.ts";

const { NAMESPACE_STATE_UNSPECIFIED, NAMESPACE_STATE_REGISTERED, NAMESPACE_STATE_DEPRECATED, NAMESPACE_STATE_DELETED } =
  NamespaceState;

/** What the request leaves empty stays; entries of `data` are merged. */
export function updateNamespace(frontend: Frontend): WorkflowServiceHandlers["updateNamespace"] {
  return async (request) => {
    const { namespace: name, updateInfo, config } = request;
    const { record: known } = requireChangeableNamespace(frontend, name);
    checkUnchangeable(request);
    checkStateChange(known.state, updateInfo?.state ?? NAMESPACE_STATE_UNSPECIFIED);
    const retention = config?.workflowExecutionRetentionTtl;
    const retentionMs = retention === undefined ? known.retentionMs : checkRetention(frontend, retention);
    const badBinaries = toldBadBinaries(frontend, config);
    const updated = await frontend.namespaces.update(name, (record) => ({
      ...record,
      description: updateInfo?.description || record.description,
      ownerEmail: updateInfo?.ownerEmail || record.ownerEmail,
      data: { ...record.data, ...updateInfo?.data },
      state: updateInfo?.state || record.state,
      retentionMs,
      searchAttributes: renamed(record.searchAttributes, config?.customSearchAttributeAliases ?? {}),
    }));
    const { namespaceInfo, config: newConfig, replicationConfig } = namespaceDescription(frontend, updated);
    return { namespaceInfo, config: { ...newConfig, badBinaries }, replicationConfig };
  };
}

/** What a cluster of its own has no use for. */
function checkUnchangeable({
  namespace,
  promoteNamespace,
  deleteBadBinary,
  replicationConfig,
}: UpdateNamespaceRequest): void {
  if (promoteNamespace)
    throw invalidArgument(
      `global namespace is not enabled on this cluster, cannot update global namespace or promote local namespace: ${namespace}`,
    );
  if (deleteBadBinary !== "") throw invalidArgument(`Bad binary checksum ${deleteBadBinary} doesn't exists.`);
  checkClusters(replicationConfig);
}

/** A namespace goes from registered to deprecated to deleted, and never back. */
function checkStateChange(from: number, to: number): void {
  const isAllowed =
    to === NAMESPACE_STATE_UNSPECIFIED ||
    to === from ||
    to === NAMESPACE_STATE_DELETED ||
    (from === NAMESPACE_STATE_REGISTERED && to === NAMESPACE_STATE_DEPRECATED);
  if (!isAllowed) throw invalidArgument("Invalid namespace state update.");
}

/** Names of search attributes by field: see `renameCustomAttributes`. */
function renamed(attributes: Uint8Array, aliases: Readonly<Record<string, string>>): Uint8Array {
  if (Object.keys(aliases).length === 0) return attributes;
  return encodeCustomAttributes(renameCustomAttributes(decodeCustomAttributes(attributes), aliases));
}
