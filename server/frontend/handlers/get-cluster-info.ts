import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import { SLOTS } from "../../store/store.ts";
import type { Frontend } from "../frontend.ts";
import { SERVER_VERSION } from "./get-system-info.ts";

export const CLUSTER_NAME = "active";
export const INITIAL_FAILOVER_VERSION = 1;
const BEFORE_2 = "<2.0.0";
/** Names by which clients introduce themselves, with the versions that may. */
const SUPPORTED_CLIENTS = {
  "temporal-cli": BEFORE_2,
  "temporal-go": BEFORE_2,
  "temporal-java": BEFORE_2,
  "temporal-php": BEFORE_2,
  "temporal-server": BEFORE_2,
  "temporal-typescript": BEFORE_2,
  "temporal-ui": "<3.0.0",
};

export function getClusterInfo(frontend: Frontend): WorkflowServiceHandlers["getClusterInfo"] {
  return async () => ({
    supportedClients: SUPPORTED_CLIENTS,
    serverVersion: SERVER_VERSION,
    clusterId: frontend.clusterId,
    clusterName: CLUSTER_NAME,
    historyShardCount: SLOTS,
    persistenceStore: frontend.store.name,
    visibilityStore: frontend.store.name,
    initialFailoverVersion: INITIAL_FAILOVER_VERSION,
    failoverVersionIncrement: 10,
  });
}
