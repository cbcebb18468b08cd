import { expect, test } from "vitest";
import { duration } from "../../../../api/duration.ts";
import { ActivityScene, completeWorkflow, schedule } from "../machines/activity-scene-fixture.ts";
import { pauseWorkflow } from "./pause-workflow.ts";

const named = { workflowExecution: { workflowId: "workflow" } };

async function pause(scene: ActivityScene): Promise<void> {
  const namespace = scene.env.namespaces.byName("default");
  if (namespace === undefined) throw new Error("there is a default namespace");
  const { workflowId } = scene;
  await pauseWorkflow(scene.env, namespace, { workflowId, runId: "", identity: "", reason: "", requestId: "" });
}

const reset = (scene: ActivityScene): Promise<{ runId?: string }> =>
  scene.call("resetWorkflowExecution", { ...named, workflowTaskFinishEventId: 4, requestId: "reset" });

/** What was done to the workflow before it is deleted. */
const states: Record<string, (scene: ActivityScene) => Promise<unknown>> = {
  "its first task waits": (scene) => scene.start(),
  "it waits for its start": (scene) => scene.start({ workflowStartDelay: duration(60_000) }),
  "a worker holds its task": (scene) => scene.start().then(() => scene.takeWorkflowTask()),
  "it is paused": (scene) => scene.start().then(() => pause(scene)),
  "a worker holds its activity": (scene) =>
    scene
      .start()
      .then(() => scene.doTask([schedule()]))
      .then(() => scene.takeActivity()),
  "its activity is paused": (scene) =>
    scene
      .start()
      .then(() => scene.doTask([schedule()]))
      .then(() => scene.call("pauseActivity", { execution: { workflowId: "workflow" }, id: "activity" })),
  "it has been reset": (scene) =>
    scene
      .start()
      .then(() => scene.doTask([]))
      .then(() => reset(scene)),
  "it has ended": (scene) => scene.start().then(() => scene.doTask([completeWorkflow])),
};

test.each(Object.entries(states))("a workflow is deleted while %s, and nothing of it is left", async (state, reach) => {
  const scene = await ActivityScene.open();
  await reach(scene);
  await scene.call("deleteWorkflowExecution", named);
  await scene.time.advance(120_000);
  await scene.crash();
  const execution = { workflowId: "workflow" };
  const found = await scene.call("describeWorkflowExecution", { execution }).then(
    (reply) => reply.workflowExecutionInfo?.status,
    (error: Error) => error.message,
  );
  expect(await scene.pollWorkflow()).toBeUndefined();
  expect(await scene.pollActivity()).toBeUndefined();
  // The run that a reset had ended stays as it was.
  expect(found).toBe(state === "it has been reset" ? 5 : "workflow not found for ID: workflow");
});

test("the run that was reset is deleted, and the one that goes on does not miss it", async () => {
  const scene = await ActivityScene.open();
  await scene.start();
  await scene.doTask([]);
  const { workflowExecutionInfo: base } = await scene.call("describeWorkflowExecution", {
    execution: { workflowId: "workflow" },
  });
  const { runId } = await reset(scene);
  await scene.call("deleteWorkflowExecution", {
    workflowExecution: { workflowId: "workflow", runId: base?.execution?.runId },
  });
  await scene.crash();
  await scene.doTask([completeWorkflow]);
  expect((await scene.history()).at(-1)).toContain("WORKFLOW_EXECUTION_COMPLETED");
  expect(runId).not.toBe(base?.execution?.runId);
});
