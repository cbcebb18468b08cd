// The official TypeScript SDK's time-skipping environment, unmodified, against our test server as a program.

import { DefaultLogger, Runtime, Worker, bundleWorkflowCode } from "@temporalio/worker";
import type { WorkflowBundleWithSourceMap } from "@temporalio/worker";
import { TestWorkflowEnvironment } from "@temporalio/testing";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import * as activities from "./activities.ts";
import { testServerProgram } from "./test-server-program.ts";
import type * as workflows from "./workflows.ts";

vi.setConfig({ hookTimeout: 120_000, testTimeout: 60_000 });

const HOUR_MS = 3600 * 1000;
const DAY_MS = 24 * HOUR_MS;
/** What an environment in real time does besides: far less than anything that is skipped here. */
const SLACK_MS = 60_000;

const taskQueue = "time-skipping";
let program: Awaited<ReturnType<typeof testServerProgram>>;
let environment: TestWorkflowEnvironment;
let bundle: WorkflowBundleWithSourceMap;
let worker: Worker;
let running: Promise<void>;

beforeAll(async () => {
  const logger = new DefaultLogger("ERROR", () => {});
  Runtime.install({ logger, telemetryOptions: { logging: { filter: "OFF", forward: {} } } });
  program = await testServerProgram();
  [environment, bundle] = await Promise.all([
    TestWorkflowEnvironment.createTimeSkipping({
      server: { executable: { type: "existing-path", path: program.path } },
    }),
    bundleWorkflowCode({ workflowsPath: fileURLToPath(new URL("workflows.ts", import.meta.url)), logger }),
  ]);
  worker = await Worker.create({
    connection: environment.nativeConnection,
    workflowBundle: bundle,
    taskQueue,
    activities: {
      ...activities,
      async sleepLong(ms: number) {
        await environment.sleep(ms);
        return "activity";
      },
    },
  });
  running = worker.run();
});

afterAll(async () => {
  worker?.shutdown();
  await running;
  await environment?.teardown();
  await program?.remove();
});

let count = 0;
const start = (): { taskQueue: string; workflowId: string } => ({ taskQueue, workflowId: `w-${++count}` });

/** How much of the server's time `body` took. */
async function took(body: () => Promise<unknown>): Promise<number> {
  const before = await environment.currentTimeMs();
  await body();
  return (await environment.currentTimeMs()) - before;
}

function expectAbout(actualMs: number, expectedMs: number): void {
  expect(actualMs).toBeGreaterThanOrEqual(expectedMs);
  expect(actualMs).toBeLessThan(expectedMs + SLACK_MS);
}

test("a workflow that sleeps thirty days answers at once, and the clock is thirty days on", async () => {
  const { client } = environment;
  let slept = 0;
  const passed = await took(async () => {
    slept = await client.workflow.execute<typeof workflows.sleeper>("sleeper", { ...start(), args: [30 * DAY_MS] });
  });
  expectAbout(slept, 30 * DAY_MS);
  expectAbout(passed, 30 * DAY_MS);
});

test("the backoff between an activity's attempts is skipped", async () => {
  const passed = await environment.client.workflow.execute<typeof workflows.retrier>("retrier", {
    ...start(),
    args: [4],
  });
  expectAbout(passed, 7 * HOUR_MS);
});

test("a parent and its children live in one time", async () => {
  const passed = await took(async () => {
    const slept = await environment.client.workflow.execute<typeof workflows.parent>("parent", start());
    for (const [at, days] of [1, 3, 1].entries()) expectAbout(slept[at] as number, days * DAY_MS);
  });
  expectAbout(passed, 4 * DAY_MS);
});

test("time that nobody waits in does not go on by itself: a signal comes between two sleeps", async () => {
  const handle = await environment.client.workflow.start<typeof workflows.listener>("listener", {
    ...start(),
    args: [10 * DAY_MS],
  });
  const passed = await took(async () => {
    await environment.sleep(DAY_MS);
    await handle.signal("poke", "one");
    await environment.sleep(DAY_MS);
    await handle.signal("poke", "two");
    expect(await handle.result()).toEqual(["one", "two"]);
  });
  expectAbout(passed, 2 * DAY_MS);
});

test("a wait for signals that do not come ends when its time is over", async () => {
  const passed = await took(async () => {
    const handle = await environment.client.workflow.start<typeof workflows.listener>("listener", {
      ...start(),
      args: [10 * DAY_MS],
    });
    await handle.signal("poke", "only");
    expect(await handle.result()).toEqual(["only"]);
  });
  expectAbout(passed, 10 * DAY_MS);
});

test("the runs of a chain follow each other through the days", async () => {
  const passed = await took(() =>
    environment.client.workflow.execute<typeof workflows.chain>("chain", { ...start(), args: [4] }),
  );
  expectAbout(passed, 5 * DAY_MS);
});

test.each([
  { timerDays: 5, activityDays: 10, winner: "timer" },
  { timerDays: 10, activityDays: 5, winner: "activity" },
])(
  "an activity that sleeps $activityDays days beside a timer of $timerDays days: the $winner comes first",
  async (row) => {
    const passed = await took(async () => {
      const winner = await environment.client.workflow.execute<typeof workflows.race>("race", {
        ...start(),
        args: [row.timerDays * DAY_MS, row.activityDays * DAY_MS],
      });
      expect(winner).toBe(row.winner);
    });
    expect(passed).toBeGreaterThanOrEqual(5 * DAY_MS);
  },
);

test("an activity that no worker takes up times out as said", async () => {
  const passed = await took(async () => {
    const timeout = await environment.client.workflow.execute<typeof workflows.unserved>("unserved", start());
    expect(timeout).toBe("SCHEDULE_TO_START");
  });
  expectAbout(passed, DAY_MS);
});

test("a workflow whose worker does not exist meets its time-out", async () => {
  const passed = await took(async () => {
    const result = environment.client.workflow.execute("sleeper", {
      taskQueue: "nobody",
      workflowId: `w-${++count}`,
      workflowExecutionTimeout: "3 days",
    });
    await expect(result).rejects.toThrow("Workflow execution timed out");
  });
  expectAbout(passed, 3 * DAY_MS);
});

test("a cron workflow runs once a day while days are slept", async () => {
  const { client } = environment;
  const handle = await client.workflow.start<typeof workflows.ticker>("ticker", {
    ...start(),
    cronSchedule: "0 0 * * *",
  });
  await environment.sleep(7 * DAY_MS);
  const runs: string[] = [];
  for await (const { runId, status } of client.workflow.list({ query: `WorkflowId = '${handle.workflowId}'` }))
    runs.push(`${runId} ${status.name}`);
  await handle.terminate();
  expect(runs.filter((run) => run.endsWith("COMPLETED"))).toHaveLength(7);
});

test("to unlock what is unlocked is refused", async () => {
  const { testService } = environment.connection;
  await testService?.unlockTimeSkipping({});
  await expect(testService?.unlockTimeSkipping({})).rejects.toMatchObject({ code: 9 });
  await testService?.lockTimeSkipping({});
});
