// Our server stops and starts again under running clients and workers of the official SDK, which learn of it only by waiting longer.

import { WorkflowUpdateStage } from "@temporalio/client";
import { afterAll, beforeAll, expect, it } from "vitest";
import { permissionOf, tokenOf } from "./activities.ts";
import { countOf } from "./harness/history-events.ts";
import { openTarget } from "./harness/target.ts";
import type { Target } from "./harness/target.ts";
import { World } from "./harness/world.ts";
import * as workflows from "./workflows/index.ts";

let target: Target;
let world: World;

beforeAll(async () => {
  target = await openTarget();
  world = await World.open(target);
}, 120_000);

afterAll(async () => {
  await world?.close();
  await target?.close();
});

it("workflows of every kind go on after a restart of the server", { timeout: 60_000 }, async () => {
  const options = { taskQueue: world.taskQueue };
  const start = world.client.workflow;
  const napping = await start.start(workflows.sleepFor, { ...options, workflowId: world.id("nap"), args: [1500] });
  const summing = await start.start(workflows.sum, { ...options, workflowId: world.id("sum"), args: [1] });
  const working = await start.start(workflows.signalDuringActivity, { ...options, workflowId: world.id("work") });
  const parent = await start.start(workflows.signalChild, {
    ...options,
    workflowId: world.id("parent"),
    args: [world.id("child")],
  });
  const retried = await start.start(workflows.runActivity, {
    ...options,
    workflowId: world.id("retried"),
    args: [
      {
        name: "failUntilAttempt",
        args: [3],
        options: { startToCloseTimeout: "5s", retry: { initialInterval: "700ms" } },
      },
    ],
  });
  const delayed = await start.start(workflows.echo, {
    ...options,
    workflowId: world.id("delayed"),
    args: ["late"],
    startDelay: "2s",
  });
  const many = await Promise.all(
    Array.from({ length: 30 }, (_, index) =>
      start.start(workflows.greetOneByOne, {
        ...options,
        workflowId: world.id("many"),
        args: [[`${index}`, "again", "and again"]],
      }),
    ),
  );
  await summing.signal(workflows.addSignal, 2);
  const update = await summing.startUpdate(workflows.slowUpdate, {
    args: [1500],
    waitForStage: WorkflowUpdateStage.ACCEPTED,
  });
  await tokenOf(working.workflowId);

  await target.restart();

  await summing.signal(workflows.addSignal, 3);
  await working.signal(workflows.addSignal, 4);
  permissionOf(working.workflowId).resolve();
  expect(await update.result()).toBe("after 1500");
  expect(await summing.query(workflows.totalQuery)).toBe(6);
  expect(await summing.executeUpdate(workflows.addUpdate, { args: [10] })).toBe(16);
  await summing.signal(workflows.finishSignal);
  expect(await summing.result()).toEqual([1, 2, 3, 10]);
  expect(await working.result()).toEqual(["signal 4", "allowed"]);
  const rest = [napping.result(), retried.result(), delayed.result(), parent.result()];
  expect(await Promise.all(rest)).toMatchObject(["awake", 3, "late", { workflowType: "describeWorkflow" }]);
  expect(await Promise.all(many.map((handle) => handle.result()))).toEqual(
    many.map((_, index) => [`hello ${index}`, "hello again", "hello and again"]),
  );
  expect(countOf(await world.history(working), "ActivityTaskStarted")).toBe(1);
});

it("nothing that was acknowledged before a restart is missing after it", { timeout: 60_000 }, async () => {
  const handle = await world.client.workflow.start(workflows.countSignals, {
    workflowId: world.id("acknowledged"),
    taskQueue: world.taskQueue,
    args: [300],
  });
  for (let round = 0; round < 3; round++) {
    await Promise.all(Array.from({ length: 100 }, (_, index) => handle.signal(workflows.addSignal, index)));
    await target.restart();
  }
  expect(await handle.result()).toBeGreaterThan(300);
  expect(countOf(await world.history(handle), "WorkflowExecutionSignaled")).toBe(300);
});
