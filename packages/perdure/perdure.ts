/** Everything in one process: a server, a worker and a client, by function calls. */
import { Client, Connection } from "../../sdk/client/index.ts";
import type { WorkflowOptions, WorkflowStartOptions } from "../../sdk/client/index.ts";
import type { WithWorkflowArgs, Workflow, WorkflowResultType } from "../../sdk/common/index.ts";
import type { Worker, WorkerOptions } from "../../sdk/worker/index.ts";
import type { DataOption, PerdureServer } from "../../server/index.ts";

/** The options of a worker, of which up to 200 workflow tasks run at once unless given, and where the server keeps its data. */
export interface PerdureOptions extends Omit<WorkerOptions, "connection" | "namespace" | "taskQueue"> {
  /**
   * Folder of the data, made when missing, or the address of a PostgreSQL database (`postgres://user@host/database`);
   * `./.perdure` unless given. One process at a time may have it open.
   */
  data?: string | DataOption;
  /** Where other programs reach the server, on 127.0.0.1; a free port unless given. See `server.address`. */
  port?: number;
  /** `default` unless given. */
  taskQueue?: string;
}

/** As of a client's start; the task queue is that of the worker unless given. */
export type ExecuteOptions<T extends Workflow> = WithWorkflowArgs<
  T,
  Omit<WorkflowOptions, "taskQueue"> & { taskQueue?: string }
>;

const DATA_DEFAULT = "./.perdure";
const TASK_QUEUE_DEFAULT = "default";
/** A task that waited for the worker's cache when the process was killed waits for the rest of this at the next start. */
const STICKY_DEFAULT = "2 seconds";
/**
 * A worker's default of 40 bounds how many answers wait for the store at once, and with that how many share a commit:
 * 200 halve what is written to disk per workflow when hundreds run. They all take turns on one thread anyway.
 */
const WORKFLOW_TASKS_DEFAULT = 200;

/**
 * A server, a worker and a client in this process. What runs when the process ends goes on when it is started again.
 *
 * ```ts
 * await using perdure = await Perdure.open({ workflows: { placeOrder }, activities: { charge, ship } });
 * console.log(await perdure.execute(placeOrder, { workflowId: "order-1", args: ["a book"] }));
 * ```
 */
export class Perdure implements AsyncDisposable {
  readonly server: PerdureServer;
  readonly client: Client;
  readonly worker: Worker;
  readonly #taskQueue: string;
  readonly #running: Promise<void>;
  #closing: Promise<void> | undefined;

  /**
   * Opens the data, starts the server and its worker.
   *
   * @throws StoreOpenError when another process has the data open; what `Worker.create` throws.
   */
  static async open(options: PerdureOptions): Promise<Perdure> {
    const { data = DATA_DEFAULT, port, taskQueue = TASK_QUEUE_DEFAULT, ...worker } = options;
    const [{ startServer }, { DefaultLogger, Runtime, Worker }] = await Promise.all([
      import("../../server/index.ts"),
      import("../../sdk/worker/index.ts"),
    ]);
    // A signal ends the process, as without a worker: nothing is lost by it, and nothing else would end the program.
    Runtime.instance({ logger: new DefaultLogger("WARN"), shutdownSignals: [] });
    const server = await startServer({ data, port });
    try {
      const connection = Connection.inProcess(server);
      return new Perdure({
        server,
        taskQueue,
        worker: await Worker.create({
          stickyQueueScheduleToStartTimeout: STICKY_DEFAULT,
          ...(worker.tuner === undefined && { maxConcurrentWorkflowTaskExecutions: WORKFLOW_TASKS_DEFAULT }),
          ...worker,
          connection,
          taskQueue,
        }),
      });
    } catch (error) {
      await server.close();
      throw error;
    }
  }

  private constructor({ server, taskQueue, worker }: { server: PerdureServer; taskQueue: string; worker: Worker }) {
    const { connection } = worker;
    const { dataConverter, interceptors } = worker.options.given;
    this.server = server;
    this.worker = worker;
    this.client = new Client({ connection, dataConverter, interceptors: interceptors?.client });
    this.#taskQueue = taskQueue;
    this.#running = worker.run();
    // Who waits for a result learns of it when the server is gone; `close` says why.
    this.#running.catch(() => this.close()).catch(() => {});
  }

  /**
   * Runs a workflow and resolves to its result. One of this id that is still running, from this process or from an earlier
   * one, is waited for instead, unless `workflowIdConflictPolicy` says otherwise.
   */
  async execute<T extends Workflow>(workflow: string | T, options: ExecuteOptions<T>): Promise<WorkflowResultType<T>> {
    const given = { workflowIdConflictPolicy: "USE_EXISTING", taskQueue: this.#taskQueue, ...options };
    return this.client.workflow.execute<T>(workflow, given as unknown as WorkflowStartOptions<T>);
  }

  /** Lets running tasks end, commits, closes the data. Workflows that wait go on when it is opened again. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    try {
      if (this.worker.getState() === "RUNNING") this.worker.shutdown();
      await this.#running;
    } finally {
      await this.client.connection.close();
      await this.server.close();
    }
  }
}
