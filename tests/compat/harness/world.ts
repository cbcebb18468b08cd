// World: what a shape is given. One server, one client, one workflow bundle and two workers that live as long as the suite; a
// shape that needs a worker of its own asks for one.

import { temporal } from "@temporalio/proto";
import { Client, Connection } from "@temporalio/client";
import type { WorkflowHandle } from "@temporalio/client";
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, Worker } from "@temporalio/worker";
import type { WorkerOptions, WorkflowBundleWithSourceMap } from "@temporalio/worker";
import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import * as activities from "../activities.ts";
import { headerActivityInterceptor } from "./header-interceptors.ts";
import { expectWellFormed } from "./history-events.ts";
import type { HistoryEvent } from "./history-events.ts";
import { prepareSearchAttributes } from "./search-attributes.ts";
import type { Target } from "./target.ts";

const { HistoryEventFilterType } = temporal.api.enums.v1;

export type Shape = { name: string; run(world: World): Promise<void> };

export type WorkerChanges = Partial<WorkerOptions> & { taskQueue: string };

export class World {
  readonly target: Target;
  readonly namespace = "default";
  /** Part of every workflow id, so that suites can share an external server. */
  readonly prefix = `compat-${randomUUID().slice(0, 8)}`;
  readonly taskQueue = `${this.prefix}-main`;
  /** Served by a worker that keeps nothing: every workflow task there replays the history from its first event. */
  readonly uncachedTaskQueue = `${this.prefix}-uncached`;
  readonly connection: Connection;
  readonly client: Client;
  readonly native: NativeConnection;
  readonly bundle: WorkflowBundleWithSourceMap;
  #searchAttributes: Promise<void> | undefined;
  readonly #workers: { worker: Worker; done: Promise<void> }[] = [];

  private constructor(parts: Pick<World, "target" | "connection" | "native" | "bundle">) {
    this.target = parts.target;
    this.connection = parts.connection;
    this.native = parts.native;
    this.bundle = parts.bundle;
    this.client = new Client({ connection: parts.connection, namespace: this.namespace });
  }

  static async open(target: Target): Promise<World> {
    const logger = new DefaultLogger("ERROR", () => {});
    // A heartbeat each second instead of each minute, so that RecordWorkerHeartbeat takes part in a short suite.
    Runtime.install({
      logger,
      telemetryOptions: { logging: { filter: "OFF", forward: {} } },
      workerHeartbeatInterval: "1s",
    });
    const [connection, native, bundle] = await Promise.all([
      Connection.connect({ address: target.address }),
      NativeConnection.connect({ address: target.address }),
      bundleWorkflowCode({
        workflowsPath: fileURLToPath(new URL("../workflows/index.ts", import.meta.url)),
        workflowInterceptorModules: [fileURLToPath(new URL("../workflows/header-interceptor.ts", import.meta.url))],
        logger,
      }),
    ]);
    const world = new World({ target, connection, native, bundle });
    await world.startWorker({ taskQueue: world.taskQueue, maxConcurrentActivityTaskExecutions: 200 });
    await world.startWorker({ taskQueue: world.uncachedTaskQueue, maxCachedWorkflows: 0 });
    return world;
  }

  /** The suite's custom search attributes exist from here on; only shapes that use them wait for that. */
  searchAttributesReady(): Promise<void> {
    return (this.#searchAttributes ??= prepareSearchAttributes(this));
  }

  id(name: string): string {
    return `${this.prefix}-${name}-${randomUUID().slice(0, 8)}`;
  }

  async createWorker(changes: WorkerChanges): Promise<Worker> {
    return Worker.create({
      connection: this.native,
      namespace: this.namespace,
      workflowBundle: this.bundle,
      activities,
      interceptors: { activity: [headerActivityInterceptor] },
      workflowThreadPoolSize: 1,
      shutdownGraceTime: "1s",
      maxHeartbeatThrottleInterval: "200ms",
      defaultHeartbeatThrottleInterval: "200ms",
      ...changes,
    });
  }

  /** A worker that runs until the suite ends. */
  async startWorker(changes: WorkerChanges): Promise<void> {
    const worker = await this.createWorker(changes);
    this.#workers.push({ worker, done: worker.run() });
  }

  /** Runs `body` beside a worker of its own, which is gone afterwards. */
  async withWorker<T>(changes: WorkerChanges, body: () => Promise<T>): Promise<T> {
    const worker = await this.createWorker(changes);
    return worker.runUntil(body());
  }

  /** The bundle with one text exchanged: the same workflow types, other code. */
  bundleWith(change: { from: string; to: string }): { code: string } {
    if (!this.bundle.code.includes(change.from)) throw new Error(`the bundle does not contain ${change.from}`);
    return { code: this.bundle.code.replaceAll(change.from, change.to) };
  }

  /** The whole history of a run, checked for gaps. */
  async history(handle: Pick<WorkflowHandle, "workflowId" | "fetchHistory">): Promise<HistoryEvent[]> {
    const events = (await handle.fetchHistory()).events ?? [];
    expectWellFormed(events);
    return events;
  }

  /** The history of one run by its ids, or of the current run. */
  async historyOf(workflowId: string, runId?: string): Promise<HistoryEvent[]> {
    return this.history(this.client.workflow.getHandle(workflowId, runId));
  }

  /** Waits on the server, by history long polls, until a run contains the named number of such events. */
  async untilEvent(
    workflowId: string,
    isWanted: (events: readonly HistoryEvent[]) => boolean,
  ): Promise<HistoryEvent[]> {
    const events: HistoryEvent[] = [];
    let nextPageToken: Uint8Array | undefined;
    for (;;) {
      const page = await this.client.workflowService.getWorkflowExecutionHistory({
        namespace: this.namespace,
        execution: { workflowId },
        waitNewEvent: true,
        historyEventFilterType: HistoryEventFilterType.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT,
        nextPageToken,
      });
      events.push(...(page.history?.events ?? []));
      if (isWanted(events)) return events;
      if (page.nextPageToken.length === 0) throw new Error("the workflow closed before the event came");
      nextPageToken = page.nextPageToken;
    }
  }

  async close(): Promise<void> {
    for (const { worker } of this.#workers) worker.shutdown();
    await Promise.all(this.#workers.map(({ done }) => done));
    await this.native.close();
    await this.connection.close();
  }
}
