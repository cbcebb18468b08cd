import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startServer } from "../../../server/server.ts";
import type { PerdureServer } from "../../../server/server.ts";
import { Client } from "../../client/index.ts";
import { Connection } from "../../connection/index.ts";
import { ActivityCancellationType, CancellationScope, proxyActivities } from "../../workflow/index.ts";
import { DefaultLogger, Runtime, Worker } from "../index.ts";
import type { LogEntry } from "../index.ts";
import type * as activities from "./activities-fixture.ts";

const activitiesPath = fileURLToPath(new URL("activities-fixture.ts", import.meta.url));
const lines: LogEntry[] = [];
let server: PerdureServer;
let connection: Connection;
let runs = 0;

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger("WARN", (entry) => void lines.push(entry)), shutdownSignals: [] });
  server = await startServer({ data: { kind: "memory" } });
  connection = Connection.inProcess(server);
});

afterAll(async () => {
  await connection.close();
  await server.close();
});

type Name = Exclude<keyof typeof activities, "waits" | "describes">;

const options = { startToCloseTimeout: "1 minute", heartbeatTimeout: "5s", retry: { initialInterval: 1 } } as const;

const workflows = {
  async calls(name: Name | "describes", ...args: unknown[]): Promise<unknown> {
    const proxy = proxyActivities<Record<string, (...given: unknown[]) => Promise<unknown>>>(options);
    return proxy[name]?.(...args);
  },
  async callsTwice(): Promise<number[]> {
    const { whereAmI } = proxyActivities<typeof activities>(options);
    return Promise.all([whereAmI(), whereAmI()]);
  },
  async cancels(): Promise<string> {
    const cancellationType = ActivityCancellationType.WAIT_CANCELLATION_COMPLETED;
    const { waits } = proxyActivities<typeof activities>({ ...options, heartbeatTimeout: "100ms", cancellationType });
    const scope = new CancellationScope();
    const waiting = scope.run(() => waits());
    scope.cancel();
    return waiting.then(
      () => "done",
      (error: Error) => error.name,
    );
  },
};

async function execute(workflowType: string, ...args: unknown[]): Promise<unknown> {
  const taskQueue = `queue-${++runs}`;
  const worker = await Worker.create({ connection, taskQueue, workflows, activityThreads: 2, activitiesPath });
  const { workflow } = new Client({ connection });
  return worker.runUntil(workflow.execute(workflowType, { taskQueue, workflowId: `w-${runs}`, args }));
}

test("activities run in threads of their own, side by side", async () => {
  const [one, other] = (await execute("callsTwice")) as [number, number];
  expect(one).toBeGreaterThan(0);
  expect(other).toBeGreaterThan(0);
  expect(one).not.toBe(other);
});

test("an activity in a thread knows what it is, and writes to the worker's log", async () => {
  await expect(execute("calls", "describes", { a: [1] })).resolves.toEqual({
    value: { a: [1] },
    activityType: "describes",
    attempt: 1,
    workflowId: `w-${runs}`,
  });
  const line = lines.find(({ message }) => message === "from a thread");
  expect(line?.meta).toMatchObject({ activityType: "describes", value: { a: [1] } });
});

test("a failure of a thread's activity comes whole", () =>
  expect(execute("calls", "fails")).rejects.toMatchObject({
    cause: { cause: { message: "no", type: "Refused", nonRetryable: true, details: [42] } },
  }));

test("an activity in a thread hears of its cancellation", () =>
  expect(execute("cancels")).resolves.toBe("ActivityFailure"));

test("when a thread dies its activity is tried again, in another one", () =>
  expect(execute("calls", "dies")).resolves.toBe("alive"));

test.each([
  [{ activityThreads: 1 }, "go together"],
  [{ activitiesPath }, "go together"],
  [{ activityThreads: 0, activitiesPath }, "positive whole number"],
  [{ activityThreads: 1, activitiesPath: "/nowhere/activities.ts" }, "/nowhere/activities.ts could not be loaded"],
])("the options %j are refused", (given, message) =>
  expect(Worker.create({ connection, taskQueue: "queue", workflows, ...given })).rejects.toThrow(message),
);

test("there is no client in a thread, and the error says what to do", async () => {
  const { ActivityThreads } = await import("./activity-threads.ts");
  const { MockActivityEnvironment } = await import("../../testing/index.ts");
  const threads = await ActivityThreads.start({ activitiesPath, count: 1 });
  const environment = new MockActivityEnvironment({ activityType: "asksForClient" });
  await expect(environment.run(threads.functions["asksForClient"] as never)).rejects.toThrow("Connection of its own");
  await threads.close();
});
