import { expect, test } from "vitest";
import { duration } from "../../../../api/duration.ts";
import { pauseWorkflow, unpauseWorkflow } from "../decisions/pause-workflow.ts";
import { ActivityScene, completeWorkflow, schedule } from "./activity-scene-fixture.ts";

async function operate(scene: ActivityScene, decide: typeof pauseWorkflow): Promise<object> {
  const namespace = scene.env.namespaces.byName("default");
  if (namespace === undefined) throw new Error("there is a default namespace");
  const { workflowId } = scene;
  return decide(scene.env, namespace, { workflowId, runId: "", identity: "operator", reason: "why", requestId: "id" });
}

async function names(scene: ActivityScene): Promise<string> {
  return (await scene.history()).map((line) => line.split(" ")[1]).join(" ");
}

test("a pause outlives a crash, and its end gives the workflow a task", async () => {
  const scene = await ActivityScene.open();
  await scene.start();
  await operate(scene, pauseWorkflow);
  await scene.crash();
  expect(await scene.pollWorkflow()).toBeUndefined();
  await operate(scene, unpauseWorkflow);
  await scene.doTask([completeWorkflow]);
  expect(await names(scene)).toContain("WORKFLOW_EXECUTION_COMPLETED");
});

test("a workflow that waits for its start is paused beyond it", async () => {
  const scene = await ActivityScene.open();
  await scene.start({ workflowStartDelay: duration(5_000) });
  await operate(scene, pauseWorkflow);
  await scene.time.advance(10_000);
  expect(await names(scene)).toBe("WORKFLOW_EXECUTION_STARTED WORKFLOW_EXECUTION_PAUSED");
  await operate(scene, unpauseWorkflow);
  await scene.doTask([completeWorkflow]);
});

test("a retry that falls due during a pause is offered after it", async () => {
  const scene = await ActivityScene.open();
  await scene.start();
  await scene.doTask([schedule()]);
  const { taskToken } = await scene.takeActivity();
  await operate(scene, pauseWorkflow);
  await scene.call("respondActivityTaskFailed", { taskToken });
  await scene.time.advance(5_000);
  expect(await scene.pollActivity()).toBeUndefined();
  await operate(scene, unpauseWorkflow);
  expect((await scene.takeActivity()).attempt).toBe(2);
});

test("an activity that matching held when the workflow was paused is offered after it", async () => {
  const scene = await ActivityScene.open();
  await scene.start();
  await scene.doTask([schedule()]);
  await operate(scene, pauseWorkflow);
  expect(await scene.pollActivity()).toBeUndefined();
  await operate(scene, unpauseWorkflow);
  expect((await scene.takeActivity()).attempt).toBe(1);
});

test("a workflow task that times out during a pause is followed by one after it", async () => {
  const scene = await ActivityScene.open();
  await scene.start();
  await scene.takeWorkflowTask();
  await operate(scene, pauseWorkflow);
  await scene.time.advance(11_000);
  expect(await names(scene)).toMatch(/WORKFLOW_TASK_TIMED_OUT WORKFLOW_EXECUTION_PAUSED$/);
  await operate(scene, unpauseWorkflow);
  await scene.doTask([completeWorkflow]);
});
