/**
 * Polls a task queue, runs its workflows and activities, and answers.
 *
 *   INITIALIZED ─run─▶ RUNNING ─shutdown─▶ STOPPING ─▶ DRAINING ─▶ DRAINED ─▶ STOPPED
 *                         └── an error that does not pass ──▶ FAILED ◀── shutdownForceTime
 *
 * 1. After `shutdown` nothing new begins; what runs is answered, activities are told to stop after the grace time.
 * 2. `run` resolves when everything is answered, and rejects with the error that ended the worker.
 */
import { WorkerVersioningMode } from "../../api/gen/enums.js";
import { systemClock, systemRandom, systemTimers } from "../../base/index.ts";
import type { TimerHandle } from "../../base/index.ts";
import { Client } from "../client/index.ts";
import type { Connection, WorkflowServiceMethods } from "../connection/index.ts";
import { IllegalStateError, LoggerWithComposedMetadata, msToNumber, SdkComponent } from "../common/index.ts";
import type { Duration, Logger } from "../common/index.ts";
import { openActivityThreads } from "./activity-threads/activity-threads.ts";
import type { ActivityThreads } from "./activity-threads/activity-threads.ts";
import { compileWorkerOptions } from "./compiled-options.ts";
import type { CompiledWorkerOptions } from "./compiled-options.ts";
import { CombinedWorkerRunError, GracefulShutdownPeriodExpiredError, PromiseCompletionTimeoutError } from "./errors.ts";
import { meteredServices } from "./metrics/metered-service.ts";
import { WorkerMetrics } from "./metrics/worker-metrics.ts";
import { NativeConnection } from "./native-connection.ts";
import { checkNamespace } from "./namespace-check.ts";
import { PayloadLimits } from "./payload-limits.ts";
import { guardOpenHistories } from "./replay/replay-guard.ts";
import { replayHistories, replayHistory } from "./replay/replay.ts";
import type { ReplayHistoriesIterable, ReplayResult } from "./replay/replay.ts";
import { Runtime } from "./runtime.ts";
import type { WorkflowHost } from "./sandbox/index.ts";
import { WorkerTasks } from "./worker-tasks.ts";
import type { PollerState } from "./worker-tasks.ts";
import { openWorkflowHost } from "./workflow-code.ts";
import type { ReplayWorkerOptions, WorkerOptions } from "./worker-options.ts";

/** Where a worker stands between `create` and its end. */
export type State = "INITIALIZED" | "RUNNING" | "STOPPING" | "DRAINING" | "DRAINED" | "STOPPED" | "FAILED";

/** What a worker is doing. */
export interface WorkerStatus {
  runState: State;
  workflowPollerState: PollerState;
  activityPollerState: PollerState;
  hasOutstandingWorkflowPoll: boolean;
  hasOutstandingActivityPoll: boolean;
  numInFlightWorkflowActivations: number;
  /** Remote and local ones. */
  numInFlightActivities: number;
  numInFlightNonLocalActivities: number;
  numInFlightLocalActivities: number;
  numCachedWorkflows: number;
  numHeartbeatingActivities: number;
}

/** Options of `Worker.runUntil`. */
export interface RunUntilOptions {
  /** How long to wait for the promise once the worker has stopped; not at all unless given. */
  promiseCompletionTimeout?: Duration;
}

/** Polls a task queue and runs its workflows and activities. */
export class Worker {
  readonly options: CompiledWorkerOptions;
  readonly #runtime: Runtime;
  readonly #host: WorkflowHost | undefined;
  readonly #tasks: WorkerTasks;
  readonly #limits: PayloadLimits;
  readonly #ownsConnection: boolean;
  readonly #threads: ActivityThreads | undefined;
  readonly #logger: Logger;
  readonly #done = Promise.withResolvers<void>();
  #connection: Connection;
  #client: Client | undefined;
  #state: State = "INITIALIZED";

  /**
   * Connects, and loads the workflows.
   *
   * @throws TypeError or RangeError for options, WorkflowLoadError for workflow code, and an error that names the address
   * when there is no server.
   */
  static async create(given: WorkerOptions): Promise<Worker> {
    let options = given;
    for (const plugin of given.plugins ?? []) options = (await plugin.configureWorker?.(options)) ?? options;
    const threads = await openActivityThreads(options);
    if (threads !== undefined) options = { ...options, activities: { ...options.activities, ...threads.functions } };
    try {
      return await Worker.#open(options, threads);
    } catch (error) {
      await threads?.close();
      throw error;
    }
  }

  static async #open(options: WorkerOptions, threads: ActivityThreads | undefined): Promise<Worker> {
    const compiled = compileWorkerOptions(options);
    const runtime = Runtime.instance();
    const logger = workerLogger(runtime, compiled);
    let host: WorkflowHost | undefined;
    if (compiled.hasWorkflows) {
      const { dataConverter, executionLimitMs } = compiled;
      host = await openWorkflowHost({ given: options, dataConverter, executionLimitMs, logger });
    }
    const connection = options.connection ?? (await NativeConnection.connect());
    await connection.ensureConnected();
    return new Worker({
      compiled,
      runtime,
      logger,
      host,
      connection,
      ownsConnection: options.connection === undefined,
      threads,
    });
  }

  /** Replays a history against the code. Throws DeterminismViolationError when they do not fit, else ReplayError. */
  static runReplayHistory(options: ReplayWorkerOptions, history: unknown, workflowId?: string): Promise<void> {
    return replayHistory(options, history, workflowId);
  }

  /** Replays histories one after another; the results come in their order. */
  static runReplayHistories(
    options: ReplayWorkerOptions,
    histories: ReplayHistoriesIterable,
  ): AsyncIterableIterator<ReplayResult> {
    return replayHistories(options, histories);
  }

  private constructor(parts: {
    compiled: CompiledWorkerOptions;
    runtime: Runtime;
    logger: Logger;
    host: WorkflowHost | undefined;
    connection: Connection;
    ownsConnection: boolean;
    threads: ActivityThreads | undefined;
  }) {
    const { compiled, runtime, host, logger } = parts;
    this.options = compiled;
    this.#runtime = runtime;
    this.#host = host;
    this.#connection = parts.connection;
    this.#ownsConnection = parts.ownsConnection;
    this.#threads = parts.threads;
    this.#logger = logger;
    const { deploymentOptions } = stampOf(compiled);
    const service = (): WorkflowServiceMethods => this.#connection.workflowService;
    const metrics = workerMetrics(runtime, compiled);
    this.#limits = new PayloadLimits(parts.connection.options.payloadLimits, logger);
    this.#tasks = new WorkerTasks({
      compiled,
      limits: this.#limits,
      host,
      stamp: { deploymentOptions },
      service: metrics === undefined ? service : meteredServices(service, metrics),
      metrics,
      isCurrentTask: async (taskToken) => this.#connection.service.isCurrentTask?.(taskToken) ?? true,
      client: () => this.client,
      logger,
      workflowLogger: runtime.logger,
      metricMeter: runtime.metricMeter,
      clock: systemClock,
      timers: systemTimers,
      stickyQueue: `${compiled.identity}-${systemRandom.uuid()}`,
      instanceKey: systemRandom.uuid(),
      onFatal: (error) => this.#fail(error),
    });
    this.#done.promise.catch(() => {});
  }

  /** The client that activities get: this worker's connection and namespace. */
  get client(): Client | undefined {
    const { given, namespace, identity } = this.options;
    this.#client ??= new Client({
      connection: this.#connection,
      namespace,
      identity,
      ...(given.dataConverter !== undefined && { dataConverter: given.dataConverter }),
      ...(given.interceptors?.client !== undefined && { interceptors: given.interceptors.client }),
    });
    return this.#client;
  }

  get connection(): Connection {
    return this.#connection;
  }

  /** From now on the worker speaks over this connection; polls that are open end at the old one. */
  set connection(connection: Connection) {
    this.#connection = connection;
    this.#client = undefined;
  }

  getState(): State {
    return this.#state;
  }

  getStatus(): WorkerStatus {
    return { runState: this.#state, ...this.#tasks.status(this.#state === "FAILED") };
  }

  /**
   * Works until `shutdown` is called or a signal comes.
   *
   * @throws IllegalStateError when it was called before, and whatever ended the worker.
   */
  async run(): Promise<void> {
    if (this.#state !== "INITIALIZED") throw new IllegalStateError("Poller was already started");
    this.#state = "RUNNING";
    const work = (this.options.given.plugins ?? []).reduceRight<(worker: Worker) => Promise<void>>(
      (next, plugin) => (worker) => plugin.runWorker?.(worker, next) ?? next(worker),
      (worker) => worker.#work(),
    );
    await work(this);
  }

  /**
   * Works until the promise (or the function's) is settled, then shuts down. Resolves to the promise's result.
   *
   * @throws CombinedWorkerRunError when both fail, PromiseCompletionTimeoutError when the worker ends before the promise.
   */
  async runUntil<R>(
    fnOrPromise: Promise<R> | (() => Promise<R>),
    { promiseCompletionTimeout = 0 }: RunUntilOptions = {},
  ): Promise<R> {
    const running = settled(this.run());
    const inner = settled(typeof fnOrPromise === "function" ? callAsync(fnOrPromise) : fnOrPromise);
    const first = await Promise.race([running.then(() => "worker" as const), inner.then(() => "inner" as const)]);
    if (first === "inner" && this.#state === "RUNNING") this.shutdown();
    const worker = await running;
    const late = timeout(msToNumber(promiseCompletionTimeout));
    const result = await Promise.race([inner, late.promise]);
    late.cancel();
    if (result === undefined) {
      if (worker.status === "rejected") throw worker.reason;
      throw new PromiseCompletionTimeoutError(
        "Promise did not resolve within the promiseCompletionTimeout after the worker stopped",
      );
    }
    if (result.status === "fulfilled" && worker.status === "fulfilled") return result.value;
    if (result.status === "rejected" && worker.status === "rejected")
      throw new CombinedWorkerRunError("Worker terminated with fatal error in runUntil", {
        cause: { workerError: worker.reason, innerError: result.reason },
      });
    throw worker.status === "rejected" ? worker.reason : (result as PromiseRejectedResult).reason;
  }

  /** Begins to stop; `run` resolves when it is done. Throws IllegalStateError unless the worker runs. */
  shutdown(): void {
    if (this.#state !== "RUNNING") throw new IllegalStateError("Not running. Current state: " + this.#state);
    this.#state = "STOPPING";
    void this.#stop().then(
      () => this.#end("STOPPED"),
      (error: unknown) => this.#fail(error),
    );
  }

  async #work(): Promise<void> {
    const onSignal = (): void => {
      if (this.#state === "RUNNING") this.shutdown();
    };
    this.#runtime.registerShutdownSignalCallback(onSignal);
    try {
      const { hearsOfWorkers, limits } = await checkNamespace(this.#connection, this.options.namespace);
      if (this.options.given.disablePayloadErrorLimit !== true) this.#limits.learn(limits);
      await this.#guardReplay();
      if (this.#state === "RUNNING") {
        this.#logger.info("Worker state changed", { state: this.#state });
        this.#tasks.start(hearsOfWorkers ? this.#runtime.workerHeartbeatMs : 0);
      }
      await this.#done.promise;
    } catch (error) {
      this.#state = "FAILED";
      throw error;
    } finally {
      this.#runtime.deregisterShutdownSignalCallback(onSignal);
      this.#tasks.close();
      this.#host?.close();
      await this.#threads?.close();
      if (this.#ownsConnection) await this.#connection.close();
    }
  }

  async #guardReplay(): Promise<void> {
    const { given, taskQueue } = this.options;
    const guard = given.replayGuard;
    if (guard === undefined || this.#host === undefined) return;
    const client = this.client as Client;
    await guardOpenHistories({ options: given, guard, taskQueue, host: this.#host, client, logger: this.#logger });
  }

  async #stop(): Promise<void> {
    const { shutdownForceMs } = this.options;
    let force: TimerHandle | undefined;
    if (shutdownForceMs !== undefined)
      force = systemTimers.set(shutdownForceMs, () =>
        this.#fail(
          new GracefulShutdownPeriodExpiredError("Timed out waiting while waiting for worker to shutdown gracefully"),
        ),
      );
    try {
      await this.#tasks.stopPolling();
      if (this.#state === "STOPPING") this.#state = "DRAINING";
      await this.#tasks.drain();
      if (this.#state === "DRAINING") this.#state = "DRAINED";
    } finally {
      if (force !== undefined) systemTimers.clear(force);
    }
  }

  #end(state: State): void {
    if (this.#state === "FAILED") return;
    this.#state = state;
    this.#logger.info("Worker state changed", { state });
    this.#done.resolve();
  }

  #fail(error: unknown): void {
    if (this.#state === "FAILED" || this.#state === "STOPPED") return;
    this.#state = "FAILED";
    this.#logger.error("Worker failed", { error });
    this.#done.reject(error);
  }
}

function workerLogger({ logger }: Runtime, { namespace, taskQueue }: CompiledWorkerOptions): Logger {
  return LoggerWithComposedMetadata.compose(logger, { sdkComponent: SdkComponent.worker, namespace, taskQueue });
}

function workerMetrics({ telemetry }: Runtime, { namespace, taskQueue }: CompiledWorkerOptions) {
  const { meter, prefix, tags } = telemetry;
  if (meter === undefined) return undefined;
  return new WorkerMetrics({ meter, prefix, tags, namespace, taskQueue, clock: systemClock });
}

/** What polls and answers say of the worker's version. */
export function stampOf({ given }: CompiledWorkerOptions): { deploymentOptions: object | undefined } {
  const deployment = given.workerDeploymentOptions;
  if (deployment === undefined) return { deploymentOptions: undefined };
  return {
    deploymentOptions: {
      ...deployment.version,
      workerVersioningMode: deployment.useWorkerVersioning
        ? WorkerVersioningMode.WORKER_VERSIONING_MODE_VERSIONED
        : WorkerVersioningMode.WORKER_VERSIONING_MODE_UNVERSIONED,
    },
  };
}

function settled<T>(promise: Promise<T>): Promise<PromiseSettledResult<T>> {
  return Promise.allSettled([promise]).then(([result]) => result as PromiseSettledResult<T>);
}

async function callAsync<R>(fn: () => Promise<R>): Promise<R> {
  return fn();
}

function timeout(ms: number): { promise: Promise<undefined>; cancel(): void } {
  let timer: TimerHandle | undefined;
  const promise = new Promise<undefined>((resolve) => (timer = systemTimers.set(ms, () => resolve(undefined))));
  return { promise, cancel: () => systemTimers.clear(timer as TimerHandle) };
}
