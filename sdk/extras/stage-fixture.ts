/** A server in this process with one worker, for tests of what is built on both. */
import { startServer } from "../../server/server.ts";
import { Client } from "../client/index.ts";
import type { WorkflowHandle, WorkflowStartOptions } from "../client/index.ts";
import type { DataConverter, Workflow } from "../common/index.ts";
import { Connection } from "../connection/index.ts";
import { DefaultLogger, Runtime, Worker } from "../worker/index.ts";
import type { WorkerOptions } from "../worker/index.ts";

/** Warnings and errors that workers and workflows logged. */
export const logged: string[] = [];

export interface TestStage extends AsyncDisposable {
  readonly client: Client;
  readonly connection: Connection;
  start<T extends Workflow>(
    workflow: T | string,
    options?: Partial<WorkflowStartOptions<T>>,
  ): Promise<WorkflowHandle<T>>;
  execute<T extends Workflow>(
    workflow: T | string,
    options?: Partial<WorkflowStartOptions<T>>,
  ): Promise<Awaited<ReturnType<T>>>;
  /** Ends the worker and starts another, which knows nothing of what the first one did. */
  restartWorker(options?: Partial<WorkerOptions>): Promise<void>;
}

const TASK_QUEUE = "extras";

// At once: whatever makes the first worker installs one.
Runtime.install({
  logger: new DefaultLogger("WARN", ({ message, meta }) => logged.push(`${message} ${JSON.stringify(meta)}`)),
});

export async function openStage(options: Partial<WorkerOptions>): Promise<TestStage> {
  const server = await startServer({ data: { kind: "memory" } });
  const connection = Connection.inProcess(server);
  const dataConverter = options.dataConverter as DataConverter | undefined;
  const client = new Client({ connection, dataConverter });
  const open = async (more: Partial<WorkerOptions> = {}) => {
    const worker = await Worker.create({ connection, taskQueue: TASK_QUEUE, ...options, ...more });
    return { worker, running: worker.run() };
  };
  const close = async ({ worker, running }: Awaited<ReturnType<typeof open>>) => {
    worker.shutdown();
    await running;
  };
  let current = await open();
  let count = 0;
  const start: TestStage["start"] = (workflow, given = {}) =>
    client.workflow.start(workflow, { taskQueue: TASK_QUEUE, workflowId: `w${++count}`, ...given } as never);
  return {
    client,
    connection,
    start,
    execute: async (workflow, given) => (await start(workflow, given)).result() as never,
    async restartWorker(more) {
      await close(current);
      current = await open(more);
    },
    async [Symbol.asyncDispose]() {
      await close(current);
      await connection.close();
      await server.close();
    },
  };
}

/** The error that a promise is rejected with, and its causes, as plain data. */
export async function chainOf(promise: Promise<unknown>): Promise<Record<string, unknown>[]> {
  const chain: Record<string, unknown>[] = [];
  let error: unknown = await promise.then(
    () => new Error("did not fail"),
    (reason: unknown) => reason,
  );
  for (; error instanceof Error; error = error.cause) {
    chain.push({ ...error, name: error.name, message: error.message });
  }
  return chain;
}
