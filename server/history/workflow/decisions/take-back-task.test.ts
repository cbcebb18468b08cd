import { describe, expect, test } from "vitest";
import { WorkflowTaskFailedCause } from "../../../../api/gen/enums.js";
import { duration } from "../../../../api/duration.ts";
import {
  ActivityScene as Scene,
  applicationFailure,
  completeWorkflow,
  payloads,
  requestCancel,
  schedule,
} from "../machines/activity-scene-fixture.ts";
import { takeBackTask } from "./take-back-task.ts";

/** A poll's handler looks when it asks matching, when it has the task, and when the task is started. */
const UNTIL_STARTED = 2;
const FAILED = WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_WORKFLOW_WORKER_UNHANDLED_FAILURE;

function leave(scene: Scene, method: "pollActivityTaskQueue" | "pollWorkflowTaskQueue"): Promise<object> {
  return scene.callAndLeave(method, { taskQueue: { name: scene.queue }, identity: "leaver" }, UNTIL_STARTED);
}

async function signal(scene: Scene): Promise<void> {
  await scene.call("signalWorkflowExecution", {
    workflowExecution: { workflowId: scene.workflowId },
    signalName: "s",
    requestId: "one",
  });
}

/** Event names without ids. */
async function names(scene: Scene): Promise<string[]> {
  return (await scene.history()).map((line) => line.split(" ")[1]?.replace("WORKFLOW_", "") as string);
}

describe("a workflow task that nobody gets", () => {
  test("is taken by the next poll, and its history knows the second start alone", async () => {
    const scene = await Scene.open();
    await scene.start();
    expect(await leave(scene, "pollWorkflowTaskQueue")).toEqual({});
    await scene.doTask([completeWorkflow]);
    expect(await names(scene)).toEqual([
      "EXECUTION_STARTED",
      "TASK_SCHEDULED",
      "TASK_STARTED",
      "TASK_COMPLETED",
      "EXECUTION_COMPLETED",
    ]);
  });

  test("keeps its place in the queue", async () => {
    const scene = await Scene.open();
    await scene.start({ workflowId: "first" });
    await scene.start({ workflowId: "second" });
    await leave(scene, "pollWorkflowTaskQueue");
    const order = [await scene.takeWorkflowTask(), await scene.takeWorkflowTask()];
    expect(order.map((task) => task.workflowExecution?.workflowId)).toEqual(["first", "second"]);
  });

  test("comes after what was buffered behind its start, also after a crash", async () => {
    const scene = await Scene.open();
    await scene.start();
    const lost = await scene.takeWorkflowTask();
    await signal(scene); // Stores the run, its task started.
    await takeBackTask(scene.env, lost.taskToken);
    await scene.crash();
    await scene.time.advance(5);
    await scene.doTask([completeWorkflow]);
    expect((await names(scene)).slice(1, 4)).toEqual(["TASK_SCHEDULED", "EXECUTION_SIGNALED", "TASK_STARTED"]);
  });

  test("is the same attempt when it is taken again", async () => {
    const scene = await Scene.open();
    await scene.start();
    const first = await scene.takeWorkflowTask();
    await scene.call("respondWorkflowTaskFailed", { taskToken: first.taskToken, cause: FAILED });
    await leave(scene, "pollWorkflowTaskQueue");
    expect((await scene.takeWorkflowTask()).attempt).toBe(2);
  });

  test("that came with the answer to a start goes through the queue when nobody reads the answer", async () => {
    const scene = await Scene.open();
    const start = { workflowId: scene.workflowId, workflowType: { name: "w" }, taskQueue: { name: scene.queue } };
    await scene.callAndLeave("startWorkflowExecution", { ...start, requestId: "one", requestEagerExecution: true }, 0);
    await scene.doTask([completeWorkflow]);
    expect((await names(scene)).slice(2)).toEqual(["TASK_STARTED", "TASK_COMPLETED", "EXECUTION_COMPLETED"]);
  });

  test("that came with an answer goes through the queue when nobody reads the answer", async () => {
    const scene = await Scene.open();
    await scene.start();
    const task = await scene.takeWorkflowTask();
    await signal(scene);
    const answer = {
      taskToken: task.taskToken,
      commands: [schedule({ requestEagerExecution: true })],
      returnNewWorkflowTask: true,
    };
    expect(await scene.callAndLeave("respondWorkflowTaskCompleted", answer, 0)).toEqual({});
    expect(await scene.pollActivity()).toBeDefined();
    expect((await scene.takeWorkflowTask()).startedEventId).toBe(8);
  });
});

test("a start that is over is not taken back", async () => {
  const scene = await Scene.open();
  await scene.start();
  const lost = await scene.takeWorkflowTask();
  await takeBackTask(scene.env, lost.taskToken);
  await scene.time.advance(1);
  const task = await scene.takeWorkflowTask();
  await takeBackTask(scene.env, lost.taskToken);
  await scene.call("respondWorkflowTaskCompleted", { taskToken: task.taskToken, commands: [schedule()] });
  const activity = await scene.takeActivity();
  await scene.call("respondActivityTaskCompleted", { taskToken: activity.taskToken });
  await takeBackTask(scene.env, activity.taskToken);
  expect(await scene.pollActivity()).toBeUndefined();
});

describe("an activity that nobody gets", () => {
  test.each([
    { what: "of many attempts", maximumAttempts: 0 },
    { what: "of a single attempt", maximumAttempts: 1 },
  ])("$what is taken by the next poll, also of a process that starts anew", async ({ maximumAttempts }) => {
    const scene = await Scene.open();
    await scene.start();
    await scene.doTask([schedule({ retryPolicy: { maximumAttempts } })]);
    await leave(scene, "pollActivityTaskQueue");
    await scene.crash();
    await scene.time.advance(5);
    await leave(scene, "pollActivityTaskQueue");
    const { taskToken, attempt } = await scene.takeActivity();
    expect(attempt).toBe(1);
    await scene.call("respondActivityTaskCompleted", { taskToken });
    expect(await scene.activityHistory()).toEqual([
      "5 ACTIVITY_TASK_SCHEDULED",
      "6 ACTIVITY_TASK_STARTED scheduled=5 attempt=1",
      "7 ACTIVITY_TASK_COMPLETED scheduled=5 started=6",
    ]);
  });

  test("is metered once however often it is started", async () => {
    const scene = await Scene.open();
    await scene.start();
    await scene.doTask([schedule({ retryPolicy: { initialInterval: duration(100) } })]);
    const { taskToken } = await scene.takeActivity();
    await scene.call("respondActivityTaskFailed", { taskToken, failure: applicationFailure("once more") });
    await scene.time.advance(100);
    await leave(scene, "pollActivityTaskQueue");
    const again = await scene.takeActivity();
    await scene.call("respondActivityTaskCompleted", { taskToken: again.taskToken });
    expect(again.attempt).toBe(2);
    expect(scene.actions().retry_activity).toBe(1);
  });

  test("is cancelled when that was asked for meanwhile", async () => {
    const scene = await Scene.open();
    await scene.start();
    await scene.doTask([schedule()]);
    const lost = await scene.takeActivity();
    await signal(scene);
    await scene.doTask([requestCancel(5)]);
    await takeBackTask(scene.env, lost.taskToken);
    expect((await scene.activityHistory()).at(-1)).toContain("ACTIVITY_TASK_CANCELED");
    expect(await scene.pollWorkflow()).toBeDefined();
  });
});

test("a query that nobody gets is answered by the next poll", async () => {
  const scene = await Scene.open();
  await scene.start();
  await scene.doTask([]);
  const query = { execution: { workflowId: scene.workflowId }, query: { queryType: "q" } };
  const asked = scene.call("queryWorkflow", query);
  await scene.time.advance(0);
  await leave(scene, "pollWorkflowTaskQueue");
  const { taskToken } = await scene.takeWorkflowTask();
  await scene.call("respondQueryTaskCompleted", { taskToken, completedType: 1, queryResult: payloads("answer") });
  expect(await asked).toEqual({ queryResult: payloads("answer") });
});
