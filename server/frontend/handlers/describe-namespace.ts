import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import { duration } from "../../../api/duration.ts";
import { namespaceNotFound } from "../../../api/errors.ts";
import type { Frontend } from "../frontend.ts";

export function describeNamespace(frontend: Frontend): WorkflowServiceHandlers["describeNamespace"] {
  return async (request) => {
    const known = request.id === "" ? frontend.namespaces.byName(request.namespace) : frontend.namespaces.byId(request.id);
    if (known === undefined) throw namespaceNotFound(request.id === "" ? request.namespace : request.id);
    const { record } = known;
    return {
      namespaceInfo: { name: record.name, id: record.id, state: record.state as never, description: record.description, ownerEmail: record.ownerEmail, data: record.data },
      config: { workflowExecutionRetentionTtl: duration(record.retentionMs) },
      replicationConfig: { activeClusterName: "active", clusters: [{ clusterName: "active" }] },
    };
  };
}
