import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { TestWorkflowEnvironment } from "perdure/testing";
import { DefaultLogger, Runtime, Worker } from "perdure/worker";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runKilled } from "../stage/killed-script.ts";
import { createActivities, openLedgers } from "./activities.ts";
import { complaintAbout } from "./rollout.ts";
import { overrideUpdate, rollOut, stateQuery } from "./workflows.ts";

/** For a busy machine. */
const PATIENCE = { timeout: 20_000, interval: 5 };
const HOUR_MS = 3_600_000;

const folder = mkdtempSync(join(tmpdir(), "model-rollout-"));
const ledgers = openLedgers(folder);
let environment: TestWorkflowEnvironment;
let worker: Worker;
let running: Promise<void>;

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger("ERROR") });
  environment = await TestWorkflowEnvironment.createTimeSkipping();
  worker = await Worker.create({
    connection: environment.nativeConnection,
    taskQueue: "rollouts",
    workflowsPath: fileURLToPath(new URL("workflows.ts", import.meta.url)),
    activities: createActivities(ledgers),
  });
  running = worker.run();
});

afterAll(async () => {
  worker?.shutdown();
  await running;
  await environment?.teardown();
  rmSync(folder, { recursive: true });
});

function begin(service: string, model: string, days = 7) {
  const args: Parameters<typeof rollOut> = [{ service, model, canaryPercent: 10, days }];
  return environment.client.workflow.start(rollOut, { taskQueue: "rollouts", workflowId: service, args });
}

/** What the load balancer was told, in order. */
function trafficOf(service: string): number[] {
  return [...ledgers.traffic.entries()].flatMap(([key, percent]) => (key.startsWith(`${service}/`) ? [percent] : []));
}

test("a model that does well for seven days is promoted", async () => {
  const before = await environment.currentTimeMs();
  const handle = await begin("search", "steady");
  expect(await handle.result()).toEqual({
    phase: "promoted",
    percent: 100,
    hoursSeen: 168,
    hoursMissed: 0,
    because: "168 good hours",
  });
  expect(Math.floor(((await environment.currentTimeMs()) - before) / HOUR_MS)).toBe(168);
  expect(trafficOf("search")).toEqual([10, 100]);
  expect(ledgers.notes.get("search")).toBe("steady: promote, 168 good hours");
});

test.for([
  { model: "leaking", hoursSeen: 76, because: "3 bad hours in a row, the last with 6 % errors" },
  { model: "broken", hoursSeen: 1, because: "90 % errors" },
])("a model that is $model is rolled back at once", async ({ model, hoursSeen, because }) => {
  const handle = await begin(`of-${model}`, model);
  expect(await handle.result()).toMatchObject({ phase: "rolled back", percent: 0, hoursSeen, because });
  expect(trafficOf(`of-${model}`)).toEqual([10, 0]);
});

test("hours without metrics make it last longer, and a model of which nothing is heard is rolled back", async () => {
  expect(await (await begin("of-patchy", "patchy", 2)).result()).toMatchObject({
    phase: "promoted",
    hoursSeen: 48,
    hoursMissed: 7,
  });
  expect(await (await begin("of-silent", "silent", 1)).result()).toMatchObject({
    phase: "rolled back",
    hoursMissed: 48,
    because: "48 hours without metrics",
  });
});

test("an operator decides before the numbers do, once, and hears when the traffic has moved", async () => {
  const handle = await begin("ads", "steady");
  await environment.sleep("2 days");
  await expect.poll(() => handle.query(stateQuery), PATIENCE).toMatchObject({ percent: 10, hoursSeen: 48 });
  const override = { verdict: "roll back", operator: "Grace", reason: "a complaint" } as const;
  await expect(handle.executeUpdate(overrideUpdate, { args: [{ ...override, reason: "" }] })).rejects.toMatchObject({
    cause: { message: "an override needs a name and a reason" },
  });
  expect(await handle.executeUpdate(overrideUpdate, { args: [override] })).toEqual({
    phase: "rolled back",
    percent: 0,
    hoursSeen: 48,
    hoursMissed: 0,
    because: "Grace: a complaint",
  });
  expect(await handle.result()).toMatchObject({ phase: "rolled back", hoursSeen: 48 });
  expect(trafficOf("ads")).toEqual([10, 0]);
});

test.for([
  { rates: [], complaint: undefined },
  { rates: [0.2], complaint: undefined },
  { rates: [0.21], complaint: "21 % errors" },
  { rates: [0.03, 0.03, 0.03], complaint: undefined },
  { rates: [0.04, 0.04], complaint: undefined },
  { rates: [0.04, 0.04, 0.02], complaint: undefined },
  { rates: [0.04, 0.04, 0.04], complaint: "3 bad hours in a row, the last with 4 % errors" },
])("error rates of $rates beside 0.02: $complaint", ({ rates, complaint }) => {
  const metrics = rates.map((errorRate) => ({ errorRate, baselineErrorRate: 0.02 }));
  expect(complaintAbout(metrics)).toBe(complaint);
});

test("every rollout ends as it should although everything is killed on the way", { timeout: 120_000 }, async () => {
  const { text, lastLine } = await runKilled(new URL("main.ts", import.meta.url));
  expect(text).toContain("SIGKILL to the server and the worker");
  expect(lastLine).toBe("Every rollout ended exactly as it should.");
});
