/** The whole server in one object: the roles wired together over one store, behind one gRPC port. */
import { NamespaceState } from "../api/gen/enums.js";
import { operatorService, testService, workflowService } from "../api/gen/services.js";
import { silentLog, systemClock, systemRandom, systemTimers } from "../base/index.ts";
import type { Clock, Log, Random, Timers } from "../base/index.ts";
import { descriptors } from "../api/descriptors.ts";
import { GrpcError, HealthStates, startGrpcServer, statusCodes } from "../rpc/index.ts";
import type { GrpcServer, ReflectionData, UnaryHandler } from "../rpc/index.ts";
import { DynamicConfig, namespaceSettings, watchConfig } from "./dynamic-config/index.ts";
import type { ConfigSources } from "./dynamic-config/index.ts";
import {
  Admission,
  createHandlers,
  grpcRoutes,
  NamespaceRegistry,
  SYSTEM_NAMESPACE,
  QueueConfigs,
  testServiceRoutes,
  WorkerRegistry,
} from "./frontend/index.ts";
import type { Frontend, Handlers } from "./frontend/index.ts";
import { httpCallbackSender } from "./callbacks/index.ts";
import { createHistoryService, isCurrentTask } from "./history/index.ts";
import type { CallbackSender, HistoryService, Limits } from "./history/index.ts";
import { createMatching } from "./matching/index.ts";
import type { Matching } from "./matching/index.ts";
import { openMemoryStore, openPostgresStore, openSqliteStore } from "./store/index.ts";
import type { Store } from "./store/index.ts";
import { testServiceHandlers, TimeKeeper } from "./time-skipping/index.ts";
import { DATABASE_EXAMPLE, dataAt } from "./data-place.ts";
import { NamespaceRemoval, Retention } from "./worker/index.ts";
import { refuseUnfinishedCopy } from "./upkeep/refuse-unfinished-copy.ts";

/** Where the data lives. */
export type DataOption =
  | { readonly kind: "memory" }
  /** An embedded database in a folder, made when missing. */
  | { readonly kind: "sqlite"; readonly folder: string; readonly mode?: "thread" | "inline" }
  /** A PostgreSQL database: postgres://user:password@host/database. */
  | { readonly kind: "postgres"; readonly url: string; readonly schema?: string }
  /** A store that is already open; closing the server closes it. */
  | { readonly kind: "open"; readonly store: Store };

/** Options of `startServer`. */
export interface ServerOptions {
  /** As text: a folder, or postgres://user@host/database. In memory unless given. */
  readonly data?: string | DataOption;
  /** Address to listen on; 127.0.0.1 unless given. */
  readonly host?: string;
  /** 0 (the default) picks a free port; 7233 is what clients expect. */
  readonly port?: number;
  /** Registered at the start when missing; `default` unless given. */
  readonly namespaces?: readonly string[];
  readonly log?: Log;
  /** Settings that may change while the server runs (docs/reference/dynamic-config.md). */
  readonly dynamicConfig?: ConfigSources | undefined;
  /** Stand in for the defaults of the dynamic configuration. */
  readonly limits?: Partial<Limits>;
  readonly lanes?: number;
  readonly cachedRunsMax?: number;
  /** How far ahead due times are held in memory. */
  readonly dueHorizonMs?: number;
  /**
   * A server for tests: it has one clock of its own, which clients can tell to skip idle time (the TestService). Time
   * runs at its usual pace until a client unlocks it.
   */
  readonly timeSkipping?: boolean;
  /** Whether clients may let single executions skip their idle time, each in its own; they may unless this is false. */
  readonly executionTimeSkipping?: boolean;
  readonly clock?: Clock;
  readonly timers?: Timers;
  readonly random?: Random;
  readonly implementation?: "own" | "node";
}

/** A server in this process; closed, it has written everything. */
export interface PerdureServer extends AsyncDisposable {
  readonly port: number;
  /** "host:port". */
  readonly address: string;
  readonly handlers: Handlers;
  /** Resolves when another server has taken the database: what this one is asked it refuses from then on. */
  readonly replaced: Promise<void>;
  /** What answers a path, for callers in this process; undefined for a path that no service has. */
  route(path: string): UnaryHandler | undefined;
  /**
   * Whether a workflow task is still its holder's, and all it was made of is durable. A poll of this process may bring it
   * before that: its holder asks before anyone else learns of what it does. Waits for the commit; rejects when that fails.
   */
  isCurrentTask(taskToken: Uint8Array): Promise<boolean>;
  /** Lets calls finish for a moment, commits what was decided, closes the store. */
  close(): Promise<void>;
}

const DRAIN_MS = 1_000;
const CLUSTER_ID_KEY = "cluster/id";

/** Everything but the listener: what the simulation and in-process clients talk to. */
export interface Engine {
  readonly handlers: Handlers;
  readonly frontend: Frontend;
  /** The time of a test server. */
  readonly timeKeeper: TimeKeeper | undefined;
  stop(): Promise<void>;
}

type EngineOptions = ServerOptions & {
  readonly store: Store;
  /** How completion callbacks are sent; by HTTP when absent. */
  readonly callbacks?: CallbackSender;
};

/** The engine on a store, without a listener; `startServer` is this and more. */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  const { store, clock = systemClock, timers = systemTimers, random = systemRandom, log = silentLog } = options;
  const config = new DynamicConfig();
  const configWatch = await watchConfig(config, options.dynamicConfig ?? {}, { timers, log });
  const matching: Matching = createMatching({ clock, timers, log, spill: { store } });
  const namespaces = new NamespaceRegistry({ random, write: (writes) => history.env.kernel.writeMeta(writes) });
  const queueConfigs = new QueueConfigs({ matching, write: (writes) => history.env.kernel.writeMeta(writes) });
  const { limits, cachedRunsMax, dueHorizonMs } = options;
  const timeKeeper = options.timeSkipping === true ? new TimeKeeper({ clock, timers }) : undefined;
  const lanes = timeKeeper === undefined ? options.lanes : 1;
  const history: HistoryService = createHistoryService({
    store,
    matching,
    namespaces,
    clock,
    timers,
    random,
    log,
    config,
    limits,
    lanes,
    cachedRunsMax,
    dueHorizonMs,
    executionTime: timeKeeper,
    callbacks: options.callbacks ?? httpCallbackSender(),
  });
  if (timeKeeper !== undefined) keepTime(timeKeeper, history, matching);
  await namespaces.load(store);
  await queueConfigs.load(store, (number) => namespaces.byNumber(number) !== undefined);
  await history.start();
  await registerMissing(namespaces, [SYSTEM_NAMESPACE, ...(options.namespaces ?? ["default"])], config);
  const clusterId = await readClusterId(store, history, random);
  const frontend: Frontend = {
    history: history.env,
    matching,
    store,
    namespaces,
    queueConfigs,
    workers: new WorkerRegistry(clock),
    clock,
    timers,
    random,
    log,
    clusterId,
    config,
    onNamespaceDeleted: (id) => removal.add(id),
    allowsTimeSkipping: options.executionTimeSkipping !== false,
  };
  const duties = { history: history.env, store, namespaces, config, clock, timers, log };
  const removal = new NamespaceRemoval(duties);
  const retention = new Retention(duties);
  removal.start();
  retention.start();
  return {
    handlers: createHandlers(frontend),
    frontend,
    timeKeeper,
    async stop() {
      configWatch.close();
      timeKeeper?.close();
      await Promise.all([removal.stop(), retention.stop()]);
      await matching.close();
      await history.stop();
    },
  };
}

function keepTime(timeKeeper: TimeKeeper, { env: { kernel } }: HistoryService, matching: Matching): void {
  timeKeeper.keep({
    nextDueAt: () => kernel.nextDueAt,
    isSettled: () => kernel.isSettled,
    fireDueNow: () => kernel.fireDueNow(),
    hasPoller: (queue, windowMs) => matching.hasPoller(queue, windowMs),
  });
}

async function registerMissing(
  namespaces: NamespaceRegistry,
  names: readonly string[],
  config: DynamicConfig,
): Promise<void> {
  for (const name of names) {
    if (namespaces.byName(name) !== undefined) continue;
    await namespaces.register({
      name,
      state: NamespaceState.NAMESPACE_STATE_REGISTERED,
      retentionMs: config.get(namespaceSettings.retentionDefaultMs),
    });
  }
}

async function readClusterId(store: Store, history: HistoryService, random: Random): Promise<string> {
  const [known] = await store.readMeta(CLUSTER_ID_KEY);
  if (known !== undefined) return Buffer.from(known.blob).toString("utf8");
  const id = random.uuid();
  await history.env.kernel.writeMeta([{ key: CLUSTER_ID_KEY, blob: Buffer.from(id) }]);
  return id;
}

async function openStore(data: DataOption, { log, onTaken }: { log: Log; onTaken: () => void }): Promise<Store> {
  switch (data.kind) {
    case "memory":
      return openMemoryStore();
    case "sqlite":
      return openSqliteStore({ folder: data.folder, mode: data.mode ?? "thread", log });
    case "postgres":
      return openPostgresStore({ url: data.url, schema: data.schema, log, onTaken });
    case "open":
      return data.store;
  }
}

function dataOf(given: string | DataOption = { kind: "memory" }): DataOption {
  const data = typeof given === "string" ? dataAt(given) : given;
  if (data === undefined) throw new TypeError(`data wants a folder, or a database as in ${DATABASE_EXAMPLE}`);
  return data;
}

/** The data as messages call them. */
function placeOf(data: DataOption): string {
  return data.kind === "sqlite" ? `data folder ${data.folder}` : "the store";
}

/** The definitions are unpacked when a client first asks for them. */
function reflectionOf(services: readonly string[]): ReflectionData {
  return {
    services,
    get files() {
      return descriptors.files;
    },
    get symbols() {
      return descriptors.symbols;
    },
  };
}

/** Starts a server; it answers when the promise resolves. Throws StoreOpenError and listen errors with one sentence each. */
export async function startServer(options: ServerOptions = {}): Promise<PerdureServer> {
  const { clock = systemClock, timers = systemTimers, random = systemRandom, log = silentLog } = options;
  const { promise: replaced, resolve: onTaken } = Promise.withResolvers<void>();
  const data = dataOf(options.data);
  const store = await openStore(data, { log, onTaken });
  const tested = options.timeSkipping === true ? testService : [];
  const services = [...new Set([...workflowService, ...operatorService, ...tested].map((method) => method.service))];
  const health = new HealthStates(services);
  let engine: Engine | undefined;
  let grpc: GrpcServer;
  let routes: Map<string, UnaryHandler>;
  try {
    await refuseUnfinishedCopy(store, placeOf(data));
    engine = await startEngine({ ...options, store });
    routes = new Map(grpcRoutes(engine.handlers, { log, random, admission: new Admission(engine.frontend) }));
    if (engine.timeKeeper !== undefined) {
      const handlers = testServiceHandlers(engine.timeKeeper);
      for (const [path, handler] of testServiceRoutes(handlers, { log, random })) routes.set(path, handler);
    }
    const { host = "127.0.0.1", port = 0, implementation } = options;
    const reflection = reflectionOf(services);
    const listener = { host, port, implementation, health, reflection, services, clock, timers, random, log };
    grpc = await startGrpcServer({ ...listener, routes: (path) => routes.get(path) });
  } catch (error) {
    await engine?.stop();
    await store.close();
    throw error;
  }
  const running = engine;
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> =>
    (closing ??= (async () => {
      health.setAllNotServing();
      running.timeKeeper?.close();
      await running.frontend.matching.close();
      await grpc.close({ drainMs: DRAIN_MS });
      await running.stop();
      await store.close();
    })());
  const route = (path: string): UnaryHandler | undefined => (closing === undefined ? routes.get(path) : refuseClosed);
  const { port, address } = grpc;
  const taskCheck = (taskToken: Uint8Array): Promise<boolean> => isCurrentTask(running.frontend.history, taskToken);
  return {
    port,
    address,
    handlers: running.handlers,
    replaced,
    route,
    isCurrentTask: taskCheck,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Connections get the same from a listener that is gone. */
function refuseClosed(): never {
  throw new GrpcError(statusCodes.unavailable, "the server is closed");
}
