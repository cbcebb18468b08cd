/** The history service as the frontend uses it: one function per decision, requests validated by the caller. */
import type { Clock, Log, Random, Timers } from "../../base/index.ts";
import type { Matching } from "../matching/matching.ts";
import type { Store } from "../store/store.ts";
import type { CallbackSender, HistoryEnv, NamespaceDirectory } from "./env.ts";
import { Kernel } from "./kernel/index.ts";
import type { Kind } from "./kernel/index.ts";
import { DynamicConfig } from "../dynamic-config/index.ts";
import { LimitDirectory } from "./limits.ts";
import type { Limits } from "./limits.ts";
import { workObserver } from "./work-observer.ts";
import type { ExecutionTime } from "./work-observer.ts";
import { deliverCallback } from "./workflow/decisions/deliver-callback.ts";
import { workflowKind } from "./workflow/workflow-kind.ts";

export interface HistoryOptions {
  readonly store: Store;
  readonly matching: Matching;
  readonly namespaces: NamespaceDirectory;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly log: Log;
  readonly config?: DynamicConfig | undefined;
  /** Stand in for the defaults of the configuration. */
  readonly limits?: Partial<Limits> | undefined;
  readonly lanes?: number;
  /** Runs kept in memory; above it those loaded first leave first. */
  readonly cachedRunsMax?: number;
  /** How far ahead due times are held in memory. */
  readonly dueHorizonMs?: number | undefined;
  /** Kinds of entities besides workflow runs. */
  readonly kinds?: readonly Kind[];
  /** Time as executions live it, when it is not that of callers: `clock`. */
  readonly callbacks: CallbackSender;
  readonly executionTime?: ExecutionTime | undefined;
}

const CACHED_RUNS_MAX = 20_000;

export interface HistoryService {
  readonly env: HistoryEnv;
  start(): Promise<void>;
  /** Commits what has been decided and tells everyone who waits. */
  stop(): Promise<void>;
}

export function createHistoryService(options: HistoryOptions): HistoryService {
  const { store, matching, namespaces, clock, timers, random, log } = options;
  const limits = new LimitDirectory(options.config ?? new DynamicConfig(), options.limits);
  const kind = workflowKind(() => env);
  const kernel = new Kernel({
    store,
    kinds: [kind as unknown as Kind, ...(options.kinds ?? [])],
    clock: options.executionTime?.clock ?? clock,
    timers,
    random,
    log,
    observer: options.executionTime && workObserver(options.executionTime),
    lanes: options.lanes ?? 1,
    cachedEntitiesMax: options.cachedRunsMax ?? CACHED_RUNS_MAX,
    dueHorizonMs: options.dueHorizonMs,
  });
  const env: HistoryEnv = {
    kernel,
    workflowKind: kind,
    store,
    matching,
    queries: new Map(),
    namespaces,
    get limits() {
      return limits.general;
    },
    limitsOf: (namespaceName) => limits.of(namespaceName),
    clock,
    timers,
    random,
    log,
    callbacks: options.callbacks,
    deliverCallback(delivery) {
      deliverCallback(env, delivery).catch((error: Error) =>
        log.warn("a completion callback is tried again later", { error: error.message }),
      );
    },
  };
  return { env, start: () => kernel.start(), stop: () => kernel.stop() };
}
