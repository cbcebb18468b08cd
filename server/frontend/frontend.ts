/** What every handler of the frontend may use. */
import type { Clock, Log, Random, Timers } from "../../base/index.ts";
import type { DynamicConfig } from "../dynamic-config/index.ts";
import type { HistoryEnv } from "../history/index.ts";
import type { Matching } from "../matching/matching.ts";
import type { Store } from "../store/store.ts";
import type { NamespaceRegistry } from "./namespaces/namespace-registry.ts";
import type { QueueConfigs } from "./task-queues/queue-configs.ts";
import type { WorkerRegistry } from "./workers/worker-registry.ts";

export interface Frontend {
  readonly history: HistoryEnv;
  readonly matching: Matching;
  readonly store: Store;
  readonly namespaces: NamespaceRegistry;
  readonly queueConfigs: QueueConfigs;
  readonly workers: WorkerRegistry;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly log: Log;
  /** UUID of this installation, made at its first start. */
  readonly clusterId: string;
  readonly config: DynamicConfig;
  /** The namespace with this id was deleted: what is in it is to be removed. */
  readonly onNamespaceDeleted: (id: string) => void;
  /** Clients may let single executions skip their idle time. */
  readonly allowsTimeSkipping: boolean;
}
