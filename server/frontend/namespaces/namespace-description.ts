import { duration } from "../../../api/duration.ts";
import type { Input } from "../../../api/codec.ts";
import { ArchivalState, ReplicationState } from "../../../api/gen/enums.js";
import type { DescribeNamespaceResponse, NamespaceInfo_Capabilities } from "../../../api/gen/messages.js";
import type { Frontend } from "../frontend.ts";
import type { KnownNamespace } from "./namespace-registry.ts";

export const CLUSTER_NAME = "active";

/** Clients change what they do by these: only what works is here. */
const CAPABILITIES: Input<NamespaceInfo_Capabilities> = {
  eagerWorkflowStart: true,
  syncUpdate: true,
  asyncUpdate: true,
  reportedProblemsSearchAttribute: true,
  workerHeartbeats: true,
  pollerAutoscaling: true,
};

/** Progress of a deletion, beside the data that users keep with a namespace. */
const REMOVED_RUNS = "perdure.removed-executions";

/** A namespace as Describe, List and Update answer it. */
export function namespaceDescription(
  frontend: Frontend,
  { record, customAttributes }: KnownNamespace,
): Input<DescribeNamespaceResponse> {
  const { blobBytesMax, memoBytesMax } = frontend.history.limitsOf(record.name);
  return {
    namespaceInfo: {
      name: record.name,
      id: record.id,
      state: record.state as never,
      description: record.description,
      ownerEmail: record.ownerEmail,
      data: record.removedRuns === 0 ? record.data : { ...record.data, [REMOVED_RUNS]: String(record.removedRuns) },
      capabilities: CAPABILITIES,
      limits: { blobSizeLimitError: blobBytesMax, memoSizeLimitError: memoBytesMax },
    },
    config: {
      workflowExecutionRetentionTtl: duration(record.retentionMs),
      badBinaries: {},
      historyArchivalState: ArchivalState.ARCHIVAL_STATE_DISABLED,
      visibilityArchivalState: ArchivalState.ARCHIVAL_STATE_DISABLED,
      customSearchAttributeAliases: customAttributes.aliases(),
    },
    replicationConfig: {
      activeClusterName: CLUSTER_NAME,
      clusters: [{ clusterName: CLUSTER_NAME }],
      state: ReplicationState.REPLICATION_STATE_NORMAL,
    },
  };
}
