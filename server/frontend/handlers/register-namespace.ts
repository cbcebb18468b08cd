import { invalidArgument } from "../../../api/errors.ts";
import { NamespaceState } from "../../../api/gen/enums.js";
import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import type { Frontend } from "../frontend.ts";
import { checkClusters } from "../validation/clusters.ts";
import { checkNamespaceName } from "../validation/namespace-name.ts";
import { checkRetention } from "../validation/retention.ts";

export function registerNamespace(frontend: Frontend): WorkflowServiceHandlers["registerNamespace"] {
  return async (request) => {
    const { namespace: name, description, ownerEmail, data } = request;
    checkNamespaceName(frontend, name);
    const retentionMs = checkRetention(frontend, request.workflowExecutionRetentionPeriod);
    if (request.isGlobalNamespace) throw invalidArgument("Cannot register global namespace when not enabled");
    checkClusters(request);
    await frontend.namespaces.register({
      name,
      description,
      ownerEmail,
      data,
      retentionMs,
      state: NamespaceState.NAMESPACE_STATE_REGISTERED,
    });
    return {};
  };
}
