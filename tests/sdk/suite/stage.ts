/**
 * What a test of the suite works with: a client, and two workers that all tests share. One runs every workflow in the
 * sandbox, the other runs the same functions in this process. Tests that need a worker of their own open one.
 */
import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import { Client } from "../../../sdk/client/index.ts";
import type { WorkflowHandleWithStartDetails, WorkflowStartOptions } from "../../../sdk/client/index.ts";
import type { Connection } from "../../../sdk/connection/index.ts";
import { Worker } from "../../../sdk/worker/worker.ts";
import { bundleWorkflowCode, Runtime } from "../../../sdk/worker/index.ts";
import type { WorkerOptions } from "../../../sdk/worker/worker-options.ts";
import type { Workflow } from "../../../sdk/common/index.ts";
import * as activities from "./activities.ts";
import { logLines, metrics } from "./observed.ts";
import type { OpenTarget, Target, TargetName } from "./target.ts";
import * as workflows from "./workflows/index.ts";

export const WORKFLOWS_PATH = fileURLToPath(new URL("workflows/index.ts", import.meta.url));

export type HostName = "sandbox" | "inline";
type Result<T extends Workflow> = Awaited<ReturnType<T>>;
type StartOptions<T extends Workflow> = Partial<Omit<WorkflowStartOptions<T>, "args">> & { args?: Parameters<T> };

export class Stage {
  readonly targetName: TargetName;
  readonly namespace: string;
  readonly connection: Connection;
  readonly client: Client;
  readonly queues: Readonly<Record<HostName, string>>;
  readonly #target: OpenTarget;
  #workflowBundle: Promise<{ code: string }> | undefined;
  readonly #shared = new Map<string, Promise<Worker>>();
  #workers: { worker: Worker; running: Promise<void> }[] = [];

  static async open(target: Target): Promise<Stage> {
    Runtime.install({ logger: logLines, metricMeter: metrics });
    const open = await target.open();
    try {
      return await Stage.#on(target.name, open);
    } catch (error) {
      await open.close();
      throw error;
    }
  }

  static async #on(name: TargetName, open: OpenTarget): Promise<Stage> {
    const stage = new Stage(name, open, await open.connect());
    const shared = { maxConcurrentActivityTaskExecutions: 200, shutdownGraceTime: 1 };
    await Promise.all([
      stage.openWorker({ taskQueue: stage.queues.sandbox, workflowsPath: WORKFLOWS_PATH, ...shared }),
      stage.openWorker({ taskQueue: stage.queues.inline, workflows, ...shared }),
    ]);
    return stage;
  }

  private constructor(targetName: TargetName, target: OpenTarget, connection: Connection) {
    this.targetName = targetName;
    this.namespace = target.namespace;
    this.#target = target;
    this.connection = connection;
    this.client = new Client({ connection, namespace: target.namespace });
    const run = randomUUID().slice(0, 8);
    this.queues = { sandbox: `suite-${run}`, inline: `suite-inline-${run}` };
  }

  connect(...options: Parameters<OpenTarget["connect"]>): Promise<Connection> {
    return this.#target.connect(...options);
  }

  /** The workflows, loaded once for all workers that tests open. */
  workflowBundle(): Promise<{ code: string }> {
    return (this.#workflowBundle ??= bundleWorkflowCode({ workflowsPath: WORKFLOWS_PATH }));
  }

  /** A worker that is made but does not run. */
  createWorker(options: Partial<WorkerOptions> & { taskQueue: string }): Promise<Worker> {
    return Worker.create({
      connection: this.connection,
      namespace: this.namespace,
      activities,
      maxHeartbeatThrottleInterval: 100,
      defaultHeartbeatThrottleInterval: 100,
      ...options,
    });
  }

  /** A worker that runs until the stage closes. */
  async openWorker(options: Partial<WorkerOptions> & { taskQueue: string }): Promise<Worker> {
    const worker = await this.createWorker(options);
    this.#workers.push({ worker, running: worker.run() });
    return worker;
  }

  /** A worker that several tests share; the first of them opens it. */
  async withSharedWorker<T>(
    name: string,
    options: Partial<WorkerOptions>,
    body: (scene: Scene) => Promise<T>,
  ): Promise<T> {
    const taskQueue = `${this.queues.sandbox}-${name}`;
    let opened = this.#shared.get(name);
    if (opened === undefined) this.#shared.set(name, (opened = this.openWorker({ ...options, taskQueue })));
    await opened;
    return body(new Scene(this, taskQueue));
  }

  scene(host: HostName): Scene {
    return new Scene(this, this.queues[host]);
  }

  async close(): Promise<void> {
    for (const { worker } of this.#workers) if (worker.getState() === "RUNNING") worker.shutdown();
    await Promise.all(this.#workers.map(({ running }) => running));
    await this.connection.close();
    await this.#target.close();
    await Runtime.instance().shutdown();
  }
}

/** One test's corner of the stage: a workflow id of its own, and a task queue. */
export class Scene {
  readonly stage: Stage;
  readonly client: Client;
  readonly id: string = `w-${randomUUID()}`;
  readonly taskQueue: string;

  constructor(stage: Stage, taskQueue: string) {
    this.stage = stage;
    this.client = stage.client;
    this.taskQueue = taskQueue;
  }

  start<T extends Workflow>(
    workflow: T | string,
    options: StartOptions<T> = {},
  ): Promise<WorkflowHandleWithStartDetails<T>> {
    return this.client.workflow.start(workflow, this.options(options));
  }

  execute<T extends Workflow>(workflow: T | string, options: StartOptions<T> = {}): Promise<Result<T>> {
    return this.client.workflow.execute(workflow, this.options(options)) as Promise<Result<T>>;
  }

  options<T extends Workflow>(options: StartOptions<T> = {}): WorkflowStartOptions<T> {
    return {
      taskQueue: this.taskQueue,
      workflowId: this.id,
      // A task that a killed server had handed out is handed out again only after this time.
      workflowTaskTimeout: this.stage.targetName.includes("killed") ? 3_000 : 10_000,
      ...options,
    } as unknown as WorkflowStartOptions<T>;
  }

  /** A worker of this test's own, on a queue of its own, that runs as long as `body` does. */
  async withWorker<T>(options: Partial<WorkerOptions>, body: (scene: Scene, worker: Worker) => Promise<T>): Promise<T> {
    const taskQueue = options.taskQueue ?? `q-${this.id}`;
    const workflowBundle = options.workflowsPath ?? options.workflows ?? (await this.stage.workflowBundle());
    const worker = await this.stage.createWorker({
      ...(typeof workflowBundle === "object" && "code" in workflowBundle && { workflowBundle }),
      ...options,
      taskQueue,
    } as WorkerOptions);
    return worker.runUntil(() => body(new Scene(this.stage, taskQueue), worker));
  }
}
