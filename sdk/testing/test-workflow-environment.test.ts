import { IndexedValueType } from "../client/index.ts";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Context } from "../activity/index.ts";
import { WorkflowFailedError } from "../client/index.ts";
import { ApplicationFailure } from "../common/index.ts";
import { DefaultLogger, Runtime, Worker } from "../worker/index.ts";
import type { WorkerOptions } from "../worker/index.ts";
import { mockActivities, mockChildWorkflows, TestWorkflowEnvironment, workflowInterceptorModules } from "./index.ts";
import type * as workflows from "./workflows-fixture.ts";
import type { Activities } from "./workflows-fixture.ts";

const HOUR_MS = 3600_000;
const DAY_MS = 24 * HOUR_MS;
/** What real time may add. */
const SLACK_MS = 60_000;
const workflowsPath = fileURLToPath(new URL("workflows-fixture.ts", import.meta.url));

let environment: TestWorkflowEnvironment;
let runs = 0;
/** Another one for each worker, so that a test that fails takes no tasks of the next. */
let taskQueue = "";

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger("ERROR", () => {}), shutdownSignals: [] });
  environment = await TestWorkflowEnvironment.createTimeSkipping();
});

afterAll(() => environment.teardown());

/** Runs `body` beside a worker. */
async function working<T>(options: Partial<WorkerOptions>, body: () => Promise<T>, at = environment): Promise<T> {
  taskQueue = `queue-${++runs}`;
  const worker = await Worker.create({
    connection: at.nativeConnection,
    taskQueue,
    workflowsPath,
    ...options,
  } as WorkerOptions);
  return worker.runUntil(body);
}

const start = <A extends unknown[]>(...args: A) => ({ taskQueue, workflowId: `w-${++runs}`, args });

async function took(body: () => Promise<unknown>): Promise<number> {
  const before = await environment.currentTimeMs();
  await body();
  return (await environment.currentTimeMs()) - before;
}

function expectAbout(actualMs: number, expectedMs: number): void {
  expect(actualMs).toBeGreaterThanOrEqual(expectedMs);
  expect(actualMs).toBeLessThan(expectedMs + SLACK_MS);
}

test("while a result is awaited, time goes on to what is due", async () => {
  const passed = await took(() =>
    working({}, async () => {
      const slept = await environment.client.workflow.execute<typeof workflows.sleeper>("sleeper", start(30 * DAY_MS));
      expectAbout(slept, 30 * DAY_MS);
    }),
  );
  expectAbout(passed, 30 * DAY_MS);
});

test("several results may be awaited at once", async () => {
  await working({}, async () => {
    const slept = await Promise.all(
      [1, 2, 3].map((days) =>
        environment.client.workflow.execute<typeof workflows.sleeper>("sleeper", start(days * DAY_MS)),
      ),
    );
    slept.forEach((ms, at) => expect(ms).toBeGreaterThanOrEqual((at + 1) * DAY_MS));
  });
});

test("a test sleeps in the server's time, and signals when it wakes", async () => {
  await working({}, async () => {
    const handle = await environment.client.workflow.start<typeof workflows.listener>("listener", start(10 * DAY_MS));
    const passed = await took(async () => {
      await environment.sleep("3 days");
      await handle.signal("poke");
      await environment.sleep("2 days");
      await handle.signal("poke");
      expect(await handle.result()).toBe(2);
    });
    expectAbout(passed, 5 * DAY_MS);
  });
});

test("an activity's retries take no time, and its attempts are counted", async () => {
  const mocks = mockActivities<Activities>({
    async flaky() {
      const { attempt } = Context.current().info;
      if (attempt < 5) throw new Error("again");
      return attempt;
    },
  });
  await working({ activities: mocks.activities }, async () => {
    expect(await environment.client.workflow.execute<typeof workflows.retrier>("retrier", start())).toBe(5);
  });
  expect(mocks.callsOf("flaky").map(({ info }) => info.attempt)).toEqual([1, 2, 3, 4, 5]);
});

test.each([
  { timer: 5, activity: 10, winner: "timer" },
  { timer: 10, activity: 5, winner: "activity" },
])("an activity sleeps $activity days beside a timer of $timer: the $winner is first", async (row) => {
  const mocks = mockActivities<Activities>({
    async wait(ms) {
      await environment.sleep(ms);
      return "activity";
    },
  });
  await working({ activities: mocks.activities, shutdownGraceTime: 0 }, async () => {
    const result = await environment.client.workflow.execute<typeof workflows.race>(
      "race",
      start(row.timer * DAY_MS, row.activity * DAY_MS),
    );
    expect(result).toBe(row.winner);
  });
});

test("mocks stand in for activities, remember their calls, and refuse what nobody mocked", async () => {
  const mocks = mockActivities<Activities>({ charge: (id) => `receipt of ${id}` });
  await working({ activities: mocks.activities }, async () => {
    expect(await environment.client.workflow.execute<typeof workflows.order>("order", start("o-1"))).toBe(
      "receipt of o-1",
    );
    const failed = environment.client.workflow.execute<typeof workflows.retrier>("retrier", start());
    await expect(failed).rejects.toMatchObject({ cause: { cause: { message: "activity flaky has no mock" } } });
  });
  expect(mocks.callsOf("charge").map(({ args }) => args)).toEqual([["o-1"]]);
});

test("mocks stand in for child workflows and can fail as they do", async () => {
  using mocks = mockChildWorkflows<typeof workflows>({
    order(id) {
      if (id === "bad") throw ApplicationFailure.nonRetryable("no stock");
      return `mock of ${id}`;
    },
  });
  const options = { activities: mocks.activities, interceptors: { workflowModules: mocks.workflowModules } };
  await working(options, async () => {
    const { workflow } = environment.client;
    expect(await workflow.execute<typeof workflows.family>("family", start("o-2"))).toBe("child said mock of o-2");
    const failed = workflow.execute<typeof workflows.family>("family", start("bad"));
    await expect(failed).rejects.toMatchObject({ cause: { cause: { message: "no stock" } } });
  });
  expect(mocks.callsOf("order").map(({ args }) => args)).toEqual([["o-2"], ["bad"]]);
});

test("a failed assertion in workflow code fails the workflow", async () => {
  await working({ interceptors: { workflowModules: workflowInterceptorModules } }, async () => {
    const failed = environment.client.workflow.execute<typeof workflows.assertive>("assertive", start());
    await expect(failed).rejects.toThrow(WorkflowFailedError);
    await expect(failed).rejects.toMatchObject({ cause: { message: "one is not two", type: "AssertionError" } });
  });
});

test("many environments live side by side, each in its own time", async () => {
  const many = await Promise.all(Array.from({ length: 20 }, () => TestWorkflowEnvironment.createTimeSkipping()));
  const before = await Promise.all(many.map((one) => one.currentTimeMs()));
  await Promise.all(many.map((one, at) => one.sleep(at * DAY_MS)));
  const after = await Promise.all(many.map((one) => one.currentTimeMs()));
  after.forEach((ms, at) => expectAbout(ms - (before[at] as number), at * DAY_MS));
  await Promise.all(many.map((one) => one.teardown()));
});

test("an environment in real time skips nothing, and one over an address reaches the same server", async () => {
  await using local = await TestWorkflowEnvironment.createLocal({
    server: { namespace: "mine", searchAttributes: [{ name: "Order", type: "KEYWORD" }] },
  });
  expect(local.supportsTimeSkipping).toBe(false);
  const { customAttributes } = await local.connection.operatorService.listSearchAttributes({ namespace: "mine" });
  expect(customAttributes).toHaveProperty("Order");
  const { address } = local;
  await using existing = await TestWorkflowEnvironment.createFromExistingServer({ address, namespace: "mine" });
  const { namespaceInfo } = await existing.connection.workflowService.describeNamespace({ namespace: "mine" });
  expect(namespaceInfo?.name).toBe("mine");
});

test("an environment that skips time has the search attributes that it is given", async () => {
  await using environment = await TestWorkflowEnvironment.createTimeSkipping({
    server: { searchAttributes: [{ name: "Customer", type: "KEYWORD" }] },
  });
  const { operatorService } = environment.connection;
  await operatorService.addSearchAttributes({
    namespace: "default",
    searchAttributes: { Cents: IndexedValueType.INT },
  });
  const { customAttributes } = await operatorService.listSearchAttributes({ namespace: "default" });
  expect(customAttributes).toMatchObject({ Customer: IndexedValueType.KEYWORD, Cents: IndexedValueType.INT });
  const wrong = { server: { searchAttributes: [{ name: "Customer", type: "WORD" }] } };
  await expect(TestWorkflowEnvironment.createTimeSkipping(wrong)).rejects.toThrow("has the unknown type WORD");
});

test("an environment ends with its scope", async () => {
  let left: TestWorkflowEnvironment;
  {
    await using inner = await TestWorkflowEnvironment.createTimeSkipping();
    left = inner;
  }
  await expect(left.currentTimeMs()).rejects.toMatchObject({ code: 1 });
});
