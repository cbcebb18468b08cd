import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { startServer } from "../../server/server.ts";
import type { PerdureServer } from "../../server/server.ts";
import { heartbeat, sleep as activitySleep } from "../activity/index.ts";
import { Client } from "../client/index.ts";
import { failureFromBytes } from "../common/host/wire-failure.ts";
import { ApplicationFailure } from "../common/index.ts";
import { Connection } from "../connection/index.ts";
import {
  condition,
  defineQuery,
  defineUpdate,
  proxyActivities,
  proxyLocalActivities,
  setHandler,
  upsertMemo,
} from "../workflow/index.ts";
import { DefaultLogger, Runtime, Worker } from "./index.ts";
import type { LogEntry } from "./index.ts";

const TOO_LARGE = 2_200_000;
const LARGE = 700_000;
const text = (length: number): string => "x".repeat(length);

const activities = {
  take: (value: string) => Promise.resolve(value.length),
  make: (length: number) => Promise.resolve(text(length)),
  async beat(length: number) {
    heartbeat(text(length));
    await activitySleep("1 minute");
  },
};

const once = { startToCloseTimeout: "10s", retry: { maximumAttempts: 1 } } as const;
const remote = proxyActivities<typeof activities>(once);
const local = proxyLocalActivities<typeof activities>(once);
const query = defineQuery<string, [number]>("query");
const update = defineUpdate<string, [number]>("update");

const workflows = {
  result: async (length: number) => text(length),
  activityArgument: (length: number) => remote.take(text(length)),
  activityResult: async (length: number) => (await remote.make(length)).length,
  activityHeartbeat: (length: number) => remote.beat(length),
  localResult: async (length: number) => (await local.make(length)).length,
  async failure(length: number) {
    throw ApplicationFailure.nonRetryable("large", "Large", text(length));
  },
  memo: async (length: number) => upsertMemo({ text: text(length) }),
  async answers() {
    setHandler(query, text);
    setHandler(update, text);
    await condition(() => false);
  },
};

let server: PerdureServer;
let connection: Connection;
let client: Client;
const logged: LogEntry[] = [];

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger("WARN", (entry) => void logged.push(entry)) });
  server = await startServer({ data: { kind: "memory" } });
  connection = await Connection.connect({ address: server.address });
  client = new Client({ connection });
});

afterAll(async () => {
  await connection.close();
  await server[Symbol.asyncDispose]();
});

let count = 0;

async function start(workflowType: string, length: number, options: { disablePayloadErrorLimit?: boolean } = {}) {
  const taskQueue = `queue-${++count}`;
  logged.length = 0;
  const worker = await Worker.create({ connection, taskQueue, workflows, activities, ...options });
  const running = worker.run();
  onTestFinished(async () => {
    worker.shutdown();
    await running;
  });
  return client.workflow.start(workflowType, { taskQueue, workflowId: `w-${count}`, args: [length] });
}

type Handle = Awaited<ReturnType<typeof start>>;

async function taskFailure(handle: Handle) {
  const { events } = await handle.fetchHistory();
  const attributes = events.map((event) => event.workflowTaskFailedEventAttributes).find((each) => each !== undefined);
  if (attributes?.failure === undefined) return undefined;
  const { message, applicationFailureInfo } = failureFromBytes(attributes.failure);
  return { cause: attributes.cause, message, type: applicationFailureInfo?.type };
}

const REFUSED =
  /^\[TMPRL1103\] Attempted to upload .* exceeded the error limit: .* has \d+ bytes, the limit is 2097152$/;
const PAYLOADS_TOO_LARGE = 37;

test.each(["result", "activityArgument", "localResult", "failure", "memo"])(
  "a task whose %s is too large fails, and the workflow stays open",
  async (workflowType) => {
    const handle = await start(workflowType, TOO_LARGE);
    await expect
      .poll(() => taskFailure(handle), { timeout: 5000 })
      .toEqual({ cause: PAYLOADS_TOO_LARGE, message: expect.stringMatching(REFUSED), type: "PayloadsTooLarge" });
    expect((await handle.describe()).status.name).toBe("RUNNING");
  },
);

test.each(["activityResult", "activityHeartbeat"])("an attempt whose %s is too large fails at once", async (type) => {
  const handle = await start(type, TOO_LARGE);
  const error = (await handle.result().catch((thrown: unknown) => thrown)) as Error;
  const failure = (error.cause as Error).cause;
  expect(failure).toMatchObject({ type: "PayloadsTooLarge", nonRetryable: false });
  expect((failure as Error).message).toMatch(REFUSED);
});

test("with disablePayloadErrorLimit the server is to judge, and ends the workflow", async () => {
  const handle = await start("result", TOO_LARGE, { disablePayloadErrorLimit: true });
  await expect(handle.result()).rejects.toMatchObject({ cause: { name: "TerminatedFailure" } });
});

test.each(["result", "activityArgument", "activityResult", "localResult", "memo"])(
  "a large %s is sent, and warned of with its place and size",
  async (workflowType) => {
    const handle = await start(workflowType, LARGE);
    await handle.result();
    const warnings = logged.filter(({ message }) => message.startsWith("[TMPRL1103]"));
    expect(warnings).toHaveLength(1);
    expect(warnings[0]?.meta).toMatchObject({ workflowId: handle.workflowId, limit: 524_288 });
    expect(warnings[0]?.meta?.["size"]).toBeGreaterThan(LARGE);
  },
);

test("an update's result that is too large fails the task, a query's is left to the server", async () => {
  const handle = await start("answers", 0);
  expect(await handle.query(query, LARGE)).toHaveLength(LARGE);
  await expect(handle.query(query, TOO_LARGE)).rejects.toThrow(/limit/);
  const given = { waitForStage: "ACCEPTED" as const, args: [TOO_LARGE] as [number] };
  handle.startUpdate(update, given).catch(() => {});
  await expect.poll(() => taskFailure(handle), { timeout: 5000 }).toMatchObject({ cause: PAYLOADS_TOO_LARGE });
  await handle.terminate();
});
