import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import type { Timers } from "../../../base/index.ts";
import { type PerdureServer, startServer } from "../../../server/index.ts";
import { loadDataConverter } from "../../common/host/loaded-data-converter.ts";
import { beginPolling } from "../../common/host/polled-queues.ts";
import { Connection } from "../../connection/index.ts";
import { Client } from "../index.ts";
import { answerTask, commands, pollTask } from "../raw-worker-fixture.ts";
import type { ClientContext } from "./client-context.ts";
import { workflowResult } from "./result.ts";

let server: PerdureServer;
let client: Client;
beforeAll(async () => {
  server = await startServer();
  client = new Client({ connection: Connection.inProcess(server) });
});
afterAll(async () => {
  await client.connection.close();
  await server.close();
});

let ids = 0;

async function start(more: { taskQueue?: string; type?: string } = {}) {
  const workflowId = `unpolled-${++ids}`;
  const { taskQueue = workflowId, type = "order" } = more;
  await client.workflow.start(type, { workflowId, taskQueue });
  return { workflowId, taskQueue };
}

/** Warnings of the process while `body` runs. */
async function warningsOf(body: () => Promise<unknown>): Promise<string[]> {
  const seen: Error[] = [];
  const listener = (warning: Error) => seen.push(warning);
  process.on("warning", listener);
  onTestFinished(() => void process.off("warning", listener));
  await body();
  // Warnings are told in a turn of their own.
  await new Promise((resolve) => setImmediate(resolve));
  return seen.map((warning) => `${(warning as { code?: string }).code}: ${warning.message}`);
}

/**
 * Waits for a result, goes on to the moment in which the server is asked, and ends when it has answered as often as it is
 * asked.
 */
async function waitLong(workflowId: string, change: Partial<ClientContext["workflowService"]> = {}): Promise<string[]> {
  const { connection, options } = client;
  const asked: Promise<unknown>[] = [];
  const workflowService = new Proxy(connection.workflowService, {
    get(target, key) {
      const method = Reflect.get({ ...change }, key) ?? Reflect.get(target, key);
      if (typeof key !== "string" || !key.startsWith("describe")) return method;
      return (request: unknown) => {
        const answer = (method as (request: unknown) => Promise<unknown>)(request);
        asked.push(answer);
        return answer;
      };
    },
  });
  const context: ClientContext = {
    connection,
    workflowService,
    namespace: options.namespace,
    identity: "test",
    converter: loadDataConverter(undefined),
  };
  let timePasses = () => {};
  const timers: Timers = {
    set: (_, fn) => {
      timePasses = fn;
      return {};
    },
    clear: () => {},
    immediate: () => {},
  };
  const waiting = workflowResult(context, { workflowId }, { followRuns: true, timers }).catch(() => {});
  return warningsOf(async () => {
    timePasses();
    for (let done = 0; done < asked.length; done++) await Promise.allSettled([asked[done]]);
    await client.workflow.getHandle(workflowId).terminate();
    await waiting;
  });
}

test("who waits for a workflow that no worker takes is warned, with queue, workflow and what to do", async () => {
  const { workflowId } = await start({ taskQueue: "orders" });
  expect(await waitLong(workflowId)).toEqual([
    `PERDURE_NO_WORKER: No worker polls task queue "orders" of namespace "default": workflow "order" (workflow id ` +
      `"${workflowId}") waits for one. Start a worker with taskQueue: "orders", or start the workflow with the task ` +
      `queue of your workers.`,
  ]);
});

test("the warning names the queues that workers of the process poll", async () => {
  const ends = [
    beginPolling({ namespace: "default", taskQueue: "order" }),
    beginPolling({ namespace: "default", taskQueue: "order" }),
    beginPolling({ namespace: "elsewhere", taskQueue: "other" }),
  ];
  onTestFinished(() => ends.forEach((end) => end()));
  const { workflowId } = await start({ taskQueue: "ordres" });
  expect(await waitLong(workflowId)).toEqual([
    expect.stringContaining(
      `Workers of this process poll "order". Start a worker with taskQueue: "ordres", or start the workflow with ` +
        `taskQueue: "order".`,
    ),
  ]);
});

test("each workflow type and queue is warned of once", async () => {
  const told: number[] = [];
  for (const type of ["one", "one", "two"]) {
    const { workflowId } = await start({ taskQueue: "twice", type });
    told.push((await waitLong(workflowId)).length);
  }
  expect(told).toEqual([1, 0, 1]);
});

test("a queue that is polled, and a task that is in hand, are not warned of", async () => {
  const polled = await start();
  await pollTask(client.connection.workflowService, polled.taskQueue);
  expect(await waitLong(polled.workflowId)).toEqual([]);
  const next = await start({ taskQueue: polled.taskQueue });
  expect(await waitLong(next.workflowId)).toEqual([]);
});

test("a server that does not answer the question changes nothing", async () => {
  const { workflowId, taskQueue } = await start();
  const describeTaskQueue = () => Promise.reject(new Error("not allowed"));
  expect(await waitLong(workflowId, { describeTaskQueue })).toEqual([]);
  const waiting = await start({ taskQueue });
  const result = client.workflow.getHandle(waiting.workflowId).result();
  await answerTask(client.connection.workflowService, taskQueue, commands.complete("done"));
  expect(await result).toBe("done");
});
