import type { OperatorServiceHandlers } from "../../../api/gen/services.js";
import { SLOTS } from "../../store/store.ts";
import type { Frontend } from "../frontend.ts";
import { CLUSTER_NAME, INITIAL_FAILOVER_VERSION } from "./get-cluster-info.ts";

/** This one: there is no replication between clusters. */
export function listClusters(frontend: Frontend): OperatorServiceHandlers["listClusters"] {
  return async (_request, call) => ({
    clusters: [
      {
        clusterName: CLUSTER_NAME,
        clusterId: frontend.clusterId,
        // As the caller reaches it.
        address: call.metadata(":authority"),
        initialFailoverVersion: INITIAL_FAILOVER_VERSION,
        historyShardCount: SLOTS,
        isConnectionEnabled: true,
      },
    ],
  });
}
