import { describe, expect, test } from "vitest";
import { WorkflowTaskFailedCause } from "../../../../api/gen/enums.js";
import { SearchAttributes } from "../../../../api/gen/messages.js";
import { ActivityScene as Scene, completeWorkflow } from "./activity-scene-fixture.ts";

const FAILED = WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_WORKFLOW_WORKER_UNHANDLED_FAILURE;

async function signal(scene: Scene, requestId: string): Promise<void> {
  await scene.call("signalWorkflowExecution", {
    workflowExecution: { workflowId: scene.workflowId },
    signalName: "s",
    requestId,
  });
}

/** Event names without ids, for short expectations. */
async function names(scene: Scene): Promise<string[]> {
  return (await scene.history()).map((line) => line.split(" ")[1]?.replace("WORKFLOW_", "") as string);
}

describe("a start that is in memory only", () => {
  test("is lost with the process, and the task goes out again", async () => {
    const scene = await Scene.open();
    await scene.start();
    const first = await scene.takeWorkflowTask();
    await scene.crash();
    await scene.time.advance(5);
    const again = await scene.takeWorkflowTask();
    expect(again.startedEventId).toBe(first.startedEventId);
    const late = scene.call("respondWorkflowTaskCompleted", {
      taskToken: first.taskToken,
      commands: [completeWorkflow],
    });
    await expect(late).rejects.toThrow("Workflow task not found.");
    await scene.call("respondWorkflowTaskCompleted", { taskToken: again.taskToken, commands: [completeWorkflow] });
    expect(await names(scene)).toEqual([
      "EXECUTION_STARTED",
      "TASK_SCHEDULED",
      "TASK_STARTED",
      "TASK_COMPLETED",
      "EXECUTION_COMPLETED",
    ]);
  });

  test("is kept once something else had to be stored: the worker's answer is accepted", async () => {
    const scene = await Scene.open();
    await scene.start();
    const task = await scene.takeWorkflowTask();
    await signal(scene, "one");
    await scene.crash();
    await scene.call("respondWorkflowTaskCompleted", { taskToken: task.taskToken, commands: [] });
    expect((await names(scene)).slice(2)).toEqual([
      "TASK_STARTED",
      "TASK_COMPLETED",
      "EXECUTION_SIGNALED",
      "TASK_SCHEDULED",
    ]);
  });
});

test("a failing task leaves events once, and an event from outside makes the next attempt a first one", async () => {
  const scene = await Scene.open();
  await scene.start();
  for (let attempt = 1; attempt <= 3; attempt++) {
    const task = await scene.takeWorkflowTask();
    expect(task.attempt).toBe(attempt);
    await scene.call("respondWorkflowTaskFailed", { taskToken: task.taskToken, cause: FAILED });
  }
  expect((await names(scene)).filter((name) => name === "TASK_FAILED")).toHaveLength(1);
  await signal(scene, "one");
  expect((await scene.takeWorkflowTask()).attempt).toBe(1);
});

test("problems are counted across a crash, and told of as long as no task succeeds", async () => {
  const scene = await Scene.open();
  await scene.start();
  const told = async (): Promise<string[]> => {
    const { workflowExecutionInfo } = await scene.call("describeWorkflowExecution", {
      execution: { workflowId: scene.workflowId },
    });
    const attributes = workflowExecutionInfo?.searchAttributes ?? new Uint8Array(0);
    return Object.keys(SearchAttributes.decode(attributes as Uint8Array).indexedFields);
  };
  for (let attempt = 1; attempt <= 5; attempt++) {
    expect(await told()).toEqual([]);
    await scene.crash();
    await scene.time.advance(5);
    const { taskToken } = await scene.takeWorkflowTask();
    await scene.call("respondWorkflowTaskFailed", { taskToken, cause: FAILED });
  }
  expect(await told()).toEqual(["TemporalReportedProblems"]);
  await scene.doTask([]);
  expect(await told()).toEqual([]);
});

test("a worker may say that it is still at work for half an hour in all", async () => {
  const scene = await Scene.open({ taskHeartbeatMaxMs: 20_000 });
  await scene.start();
  let token = (await scene.takeWorkflowTask()).taskToken;
  const heartbeat = () =>
    scene.call("respondWorkflowTaskCompleted", {
      taskToken: token,
      forceCreateNewWorkflowTask: true,
      returnNewWorkflowTask: true,
    });
  for (let i = 0; i < 3; i++) {
    await scene.time.advance(6_000);
    token = (await heartbeat()).workflowTask?.taskToken;
  }
  await scene.time.advance(6_000);
  await expect(heartbeat()).rejects.toThrow("workflow task heartbeat timeout");
  expect((await names(scene)).slice(-2)).toEqual(["TASK_TIMED_OUT", "TASK_SCHEDULED"]);
});

test("a task that is not answered in time is handed out again", async () => {
  const scene = await Scene.open();
  await scene.start();
  await scene.takeWorkflowTask();
  await scene.time.advance(10_001);
  expect((await scene.takeWorkflowTask()).attempt).toBe(2);
  expect((await names(scene)).slice(2, 4)).toEqual(["TASK_STARTED", "TASK_TIMED_OUT"]);
});
