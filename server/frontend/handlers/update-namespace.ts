import { invalidArgument } from "../../../api/errors.ts";
import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import type { Frontend } from "../frontend.ts";
import { namespaceDescription } from "../namespaces/namespace-description.ts";
import { checkNamespaceName } from "../validation/namespace-name.ts";
import { checkRetention } from "../validation/retention.ts";

/** What the request leaves empty stays; entries of `data` are merged. */
export function updateNamespace(frontend: Frontend): WorkflowServiceHandlers["updateNamespace"] {
  return async (request) => {
    const { namespace: name, updateInfo, config } = request;
    checkNamespaceName(frontend, name);
    const known = frontend.namespaces.require(name);
    if (request.promoteNamespace)
      throw invalidArgument("Cannot promote namespace when global namespaces are not enabled");
    const retention = config?.workflowExecutionRetentionTtl;
    const retentionMs = retention === undefined ? known.record.retentionMs : checkRetention(retention);
    const updated = await frontend.namespaces.update(name, (record) => ({
      ...record,
      description: updateInfo?.description || record.description,
      ownerEmail: updateInfo?.ownerEmail || record.ownerEmail,
      data: { ...record.data, ...updateInfo?.data },
      state: updateInfo?.state || record.state,
      retentionMs,
    }));
    const { namespaceInfo, config: newConfig, replicationConfig } = namespaceDescription(frontend, updated);
    return { namespaceInfo, config: newConfig, replicationConfig };
  };
}
