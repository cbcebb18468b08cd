import { expect, test } from "vitest";
import { duration } from "../../../../api/duration.ts";
import { PendingActivityState } from "../../../../api/gen/enums.js";
import { ActivityScene, applicationFailure, schedule } from "./activity-scene-fixture.ts";

const retries = { initialInterval: duration(1_000), backoffCoefficient: 1, maximumInterval: duration(1_000) };

async function sceneWith(fields: object = {}): Promise<ActivityScene> {
  const scene = await ActivityScene.open();
  await scene.start();
  await scene.doTask([schedule({ retryPolicy: retries, ...fields })]);
  return scene;
}

type Operation = "pauseActivity" | "unpauseActivity" | "resetActivity" | "updateActivityOptions";

const operate = (scene: ActivityScene, method: Operation, fields: object = {}): Promise<object> =>
  scene.call(method, { execution: { workflowId: scene.workflowId }, id: "activity", ...fields });

async function state(scene: ActivityScene): Promise<string> {
  const { pendingActivities } = await scene.call("describeWorkflowExecution", {
    execution: { workflowId: scene.workflowId },
  });
  const [activity] = pendingActivities ?? [];
  if (activity === undefined) return "none";
  const [name = ""] = Object.entries(PendingActivityState).find(([, value]) => value === activity.state) ?? [];
  return `${name.replace("PENDING_ACTIVITY_STATE_", "").toLowerCase()} ${activity.attempt}`;
}

const fail = (scene: ActivityScene, taskToken: Uint8Array | undefined): Promise<object> =>
  scene.call("respondActivityTaskFailed", { taskToken, failure: applicationFailure("broken") });

test("a pause outlives a crash, and its end offers the activity again", async () => {
  const scene = await sceneWith();
  await operate(scene, "pauseActivity");
  await scene.crash();
  expect(await scene.pollActivity()).toBeUndefined();
  await operate(scene, "unpauseActivity");
  await scene.crash();
  expect((await scene.takeActivity()).attempt).toBe(1);
});

test("no time-out falls due while an activity is paused; what is over is told with the end of the pause", async () => {
  const scene = await sceneWith({ scheduleToCloseTimeout: duration(30_000) });
  const { taskToken } = await scene.takeActivity();
  await operate(scene, "pauseActivity");
  await scene.time.advance(60_000);
  expect(await state(scene)).toBe("pause_requested 1");
  await scene.call("recordActivityTaskHeartbeat", { taskToken });
  await operate(scene, "unpauseActivity");
  await scene.time.advance(0);
  expect(await scene.activityHistory()).toEqual([
    expect.stringContaining("SCHEDULED"),
    expect.stringContaining("STARTED"),
    expect.stringContaining("TIMED_OUT"),
  ]);
});

test("a failure during a pause is followed by an attempt after it, even beyond the last", async () => {
  const scene = await sceneWith({ retryPolicy: { ...retries, maximumAttempts: 1 } });
  const { taskToken } = await scene.takeActivity();
  await operate(scene, "pauseActivity");
  await fail(scene, taskToken);
  expect(await state(scene)).toBe("paused 2");
  await scene.time.advance(5_000);
  expect(await scene.pollActivity()).toBeUndefined();
  await operate(scene, "unpauseActivity");
  const last = await scene.takeActivity();
  await fail(scene, last.taskToken);
  expect(await state(scene)).toBe("none");
});

test("the result of an attempt is taken that runs while its activity is reset", async () => {
  const scene = await sceneWith();
  await fail(scene, (await scene.takeActivity()).taskToken);
  await scene.time.advance(1_000);
  const { taskToken, attempt } = await scene.takeActivity();
  expect(attempt).toBe(2);
  await operate(scene, "resetActivity");
  expect(await scene.call("recordActivityTaskHeartbeat", { taskToken })).toMatchObject({ activityReset: true });
  await scene.call("respondActivityTaskCompleted", { taskToken });
  expect(await state(scene)).toBe("none");
});

test("a reset between attempts begins with the first one at once", async () => {
  const scene = await sceneWith({
    retryPolicy: { ...retries, initialInterval: duration(600_000), maximumInterval: duration(600_000) },
  });
  await fail(scene, (await scene.takeActivity()).taskToken);
  expect(await state(scene)).toBe("scheduled 2");
  await operate(scene, "resetActivity");
  expect((await scene.takeActivity()).attempt).toBe(1);
});

test("an attempt is put off within its jitter", async () => {
  const scene = await sceneWith();
  await operate(scene, "resetActivity", { jitter: duration(3_600_000) });
  expect(await scene.pollActivity()).toBeUndefined();
  await scene.crash();
  expect(await scene.pollActivity()).toBeUndefined();
  await scene.time.advance(3_600_000);
  expect((await scene.takeActivity()).attempt).toBe(1);
});

test("a task that was handed to a queue before the queue was changed is nobody's", async () => {
  const scene = await sceneWith();
  const paths = ["task_queue.name"];
  await operate(scene, "updateActivityOptions", {
    activityOptions: { taskQueue: { name: "another" } },
    updateMask: { paths },
  });
  expect(await scene.pollActivity()).toBeUndefined();
  await operate(scene, "updateActivityOptions", { restoreOriginal: true });
  expect((await scene.takeActivity()).attempt).toBe(1);
});

test("a shorter time-out holds for the attempt that runs", async () => {
  const scene = await sceneWith({ retryPolicy: { ...retries, maximumAttempts: 1 } });
  await scene.takeActivity();
  await scene.time.advance(3_000);
  await operate(scene, "updateActivityOptions", {
    activityOptions: { startToCloseTimeout: duration(2_000) },
    updateMask: { paths: ["start_to_close_timeout"] },
  });
  await scene.time.advance(0);
  expect(await state(scene)).toBe("none");
});
