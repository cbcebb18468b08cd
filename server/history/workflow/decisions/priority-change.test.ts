import { expect, test } from "vitest";
import { ActivityScene as Scene, schedule } from "../machines/activity-scene-fixture.ts";

async function change(scene: Scene, workflowId: string, priority: object): Promise<void> {
  await scene.call("updateWorkflowExecutionOptions", {
    workflowExecution: { workflowId },
    workflowExecutionOptions: { priority },
    updateMask: { paths: ["priority"] },
  });
}

async function order(scene: Scene, count: number): Promise<(string | undefined)[]> {
  const taken: (string | undefined)[] = [];
  for (let i = 0; i < count; i++) taken.push((await scene.takeWorkflowTask()).workflowExecution?.workflowId);
  expect(await scene.pollWorkflow()).toBeUndefined();
  return taken;
}

async function startAll(scene: Scene, priorities: readonly object[]): Promise<void> {
  for (const [i, priority] of priorities.entries())
    await scene.start({ workflowId: `w${i}`, requestId: `start ${i}`, priority });
}

test("a waiting workflow task moves up with its run's priority, and is handed out once", async () => {
  const scene = await Scene.open();
  await startAll(scene, [{}, {}, {}]);
  await change(scene, "w2", { priorityKey: 1 });
  expect(await order(scene, 3)).toEqual(["w2", "w0", "w1"]);
});

test("a waiting workflow task moves down with its run's priority", async () => {
  const scene = await Scene.open();
  await startAll(scene, [{ priorityKey: 1 }, {}, {}]);
  await change(scene, "w0", { priorityKey: 5 });
  expect(await order(scene, 3)).toEqual(["w1", "w2", "w0"]);
});

test("a run that gets a fairness key of its own takes turns with the others", async () => {
  const scene = await Scene.open();
  await startAll(scene, [{ fairnessKey: "a" }, { fairnessKey: "a" }, { fairnessKey: "a" }]);
  await change(scene, "w2", { fairnessKey: "b" });
  expect((await order(scene, 3)).indexOf("w2")).toBeLessThan(2);
});

test("waiting activities move with their run's priority, but for those that have their own", async () => {
  const scene = await Scene.open();
  await scene.start({ priority: { priorityKey: 3 } });
  await scene.doTask([
    schedule({ activityId: "inherits" }),
    schedule({ activityId: "own", priority: { priorityKey: 4 } }),
  ]);
  await change(scene, scene.workflowId, { priorityKey: 5 });
  const taken = [await scene.takeActivity(), await scene.takeActivity()];
  expect(taken.map(({ activityId }) => activityId)).toEqual(["own", "inherits"]);
  expect(await scene.pollActivity()).toBeUndefined();
});

test("a task that a worker holds is left alone when its run's priority changes", async () => {
  const scene = await Scene.open();
  await scene.start();
  await scene.doTask([schedule()]);
  const held = await scene.takeActivity();
  await change(scene, scene.workflowId, { priorityKey: 1 });
  expect(await scene.pollActivity()).toBeUndefined();
  await scene.call("respondActivityTaskCompleted", { taskToken: held.taskToken });
  expect(await scene.activityHistory()).toHaveLength(3);
});

test("tasks are at their new places after a crash, too", async () => {
  const scene = await Scene.open();
  await startAll(scene, [{}, {}]);
  await change(scene, "w1", { priorityKey: 1 });
  await scene.crash();
  await scene.time.advance(5);
  expect(await order(scene, 2)).toEqual(["w1", "w0"]);
});
