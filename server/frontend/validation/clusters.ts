import { invalidArgument } from "../../../api/errors.ts";
import type { ClusterReplicationConfig } from "../../../api/gen/messages.js";
import { CLUSTER_NAME } from "../namespaces/namespace-description.ts";

/** There is one cluster: whoever names another is told. */
export function checkClusters(
  named: { activeClusterName: string; clusters: readonly ClusterReplicationConfig[] } | undefined,
): void {
  const clusters = [named?.activeClusterName ?? "", ...(named?.clusters ?? []).map(({ clusterName }) => clusterName)];
  const unknown = clusters.find((cluster) => cluster !== "" && cluster !== CLUSTER_NAME);
  if (unknown !== undefined) throw invalidArgument(`Invalid cluster name: ${unknown}`);
}
