import { expect, test } from "vitest";
import { CommandType } from "../../../../api/gen/enums.js";
import { duration } from "../../../../api/duration.ts";
import { answer, doTask, idle, pollUpdate, told, update, COMPLETED } from "../decisions/update-scene-fixture.ts";
import { ActivityScene, completeWorkflow, payloads, schedule } from "../machines/activity-scene-fixture.ts";

const timer = (timerId: string, ms: number): object => ({
  commandType: CommandType.COMMAND_TYPE_START_TIMER,
  startTimerCommandAttributes: { timerId, startToFireTimeout: duration(ms) },
});

const reset = (scene: ActivityScene, fields: object = {}): Promise<{ runId?: string }> =>
  scene.call("resetWorkflowExecution", {
    workflowExecution: { workflowId: scene.workflowId },
    workflowTaskFinishEventId: 4,
    requestId: "reset",
    reason: "because",
    ...fields,
  });

const signal = (scene: ActivityScene, signalName: string): Promise<object> =>
  scene.call("signalWorkflowExecution", { workflowExecution: { workflowId: scene.workflowId }, signalName });

async function names(scene: ActivityScene): Promise<string> {
  return (await scene.history()).map((line) => line.split(" ")[1]).join(" ");
}

const RESET = "WORKFLOW_EXECUTION_STARTED WORKFLOW_TASK_SCHEDULED WORKFLOW_TASK_STARTED WORKFLOW_TASK_FAILED";

test("the same request again makes no second run, and answers the first one's id", async () => {
  const scene = await idle();
  const [first, again] = [await reset(scene), await reset(scene)];
  expect(again.runId).toBe(first.runId);
  const both = await Promise.all([reset(scene, { requestId: "other" }), reset(scene, { requestId: "other" })]);
  expect(both[0].runId).toBe(both[1].runId);
  expect(both[0].runId).not.toBe(first.runId);
});

test("a request that comes once more after further resets answers the run that it made, and ends nothing", async () => {
  const scene = await idle();
  const first = await reset(scene, { requestId: "first" });
  const second = await reset(scene, { requestId: "second" });
  const third = await reset(scene, { requestId: "third" });
  await scene.crash();
  expect((await reset(scene, { requestId: "first" })).runId).toBe(first.runId);
  expect((await reset(scene, { requestId: "second" })).runId).toBe(second.runId);
  const task = await scene.takeWorkflowTask();
  expect(task.workflowExecution?.runId).toBe(third.runId);
});

test("a reset is one step: after a crash the run before is closed and the new one goes on", async () => {
  const scene = await idle();
  await signal(scene, "heard");
  const { runId } = await reset(scene);
  await scene.crash();
  expect(await names(scene)).toBe(`${RESET} WORKFLOW_EXECUTION_SIGNALED WORKFLOW_TASK_SCHEDULED`);
  const task = await scene.takeWorkflowTask();
  expect(task.workflowExecution?.runId).toBe(runId);
  await scene.call("respondWorkflowTaskCompleted", { taskToken: task.taskToken, commands: [completeWorkflow] });
  expect(await names(scene)).toContain("WORKFLOW_EXECUTION_COMPLETED");
});

test("a signal that waits for the end of a task reaches the new run as the old one", async () => {
  const scene = await idle();
  await signal(scene, "one");
  await scene.takeWorkflowTask();
  await signal(scene, "two");
  await reset(scene);
  expect(await names(scene)).toBe(
    `${RESET} WORKFLOW_EXECUTION_SIGNALED WORKFLOW_EXECUTION_SIGNALED WORKFLOW_TASK_SCHEDULED`,
  );
});

test("a timer keeps its time, and one that is over fires at once", async () => {
  const scene = await ActivityScene.open();
  await scene.start();
  await scene.doTask([timer("short", 5_000), timer("long", 20_000)]);
  await signal(scene, "wake");
  await scene.doTask([]);
  const events = await scene.history();
  const finish = events.findIndex((line) => line.includes("SIGNALED")) + 4;
  await scene.time.advance(10_000); // The first fires in the run that is reset.
  await reset(scene, { workflowTaskFinishEventId: finish });
  await scene.time.advance(0);
  expect(await names(scene)).toMatch(/TIMER_FIRED$/);
  await scene.time.advance(9_000);
  expect((await names(scene)).match(/TIMER_FIRED/g)).toHaveLength(1);
  await scene.time.advance(1_000);
  expect((await names(scene)).match(/TIMER_FIRED/g)).toHaveLength(2);
});

test("an activity begins its first attempt, whatever attempts there were", async () => {
  const scene = await ActivityScene.open();
  await scene.start();
  await scene.doTask([schedule()]);
  const first = await scene.takeActivity();
  await scene.call("respondActivityTaskFailed", { taskToken: first.taskToken });
  await scene.time.advance(1_000);
  expect((await scene.takeActivity()).attempt).toBe(2);
  await signal(scene, "wake");
  await scene.doTask([]);
  await reset(scene, { workflowTaskFinishEventId: 9 });
  const again = await scene.takeActivity();
  expect(again.attempt).toBe(1);
  await scene.call("respondActivityTaskCompleted", { taskToken: again.taskToken });
  expect(await scene.activityHistory()).toHaveLength(3);
});

test("an update that comes again is answered by what the worker makes of it now", async () => {
  const scene = await idle();
  const { reply } = await update(scene);
  await doTask(scene, ["accept u", "complete u"]);
  expect(await reply).toBe("completed");
  await reset(scene);
  const polled = pollUpdate(scene, COMPLETED);
  const asked = told(
    scene.call("updateWorkflowExecution", {
      workflowExecution: { workflowId: scene.workflowId },
      waitPolicy: { lifecycleStage: COMPLETED },
      request: { meta: { updateId: "u" }, input: { name: "change" } },
    }),
  );
  const task = await scene.takeWorkflowTask();
  expect(task.messages ?? []).toEqual([]); // The history tells the worker.
  const { commands, messages } = answer("accept u", "fail u");
  await scene.call("respondWorkflowTaskCompleted", { taskToken: task.taskToken, commands, messages });
  expect(await polled).toBe("failed: could not");
  expect(await asked).toBe("failed: could not");
});

test("an update that comes again and is refused is gone", async () => {
  const scene = await idle();
  await update(scene);
  await doTask(scene, ["accept u"]);
  await reset(scene);
  const polled = pollUpdate(scene, COMPLETED);
  await doTask(scene, ["reject u"]);
  expect(await polled).toBe("failed: not now");
  expect(await pollUpdate(scene, COMPLETED)).toMatch(/not found/);
});

test("an update that comes again and is not answered before the end is told so", async () => {
  const scene = await idle();
  await update(scene);
  await doTask(scene, ["accept u"]);
  await reset(scene);
  const polled = pollUpdate(scene, COMPLETED);
  await doTask(scene, ["end"]);
  expect(await polled).toMatch(/aborted by closing workflow/);
  expect(await pollUpdate(scene, COMPLETED)).toMatch(/aborted by closing workflow/);
});

test("a history longer than memory keeps is read from the store", async () => {
  const scene = await idle();
  const input = payloads("x".repeat(50_000));
  for (let i = 0; i < 20; i++)
    await scene.call("signalWorkflowExecution", {
      workflowExecution: { workflowId: scene.workflowId },
      signalName: `signal ${i}`,
      input,
    });
  await scene.crash();
  await reset(scene);
  expect((await names(scene)).match(/SIGNALED/g)).toHaveLength(20);
  const { runId } = await reset(scene, { requestId: "again" });
  await scene.crash();
  expect((await names(scene)).match(/SIGNALED/g)).toHaveLength(20);
  expect(runId).toBeDefined();
});
