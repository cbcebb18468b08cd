import { expect, test } from "vitest";
import { settle } from "../../../../base/manual-time.fixture.ts";
import { Code } from "../../../../api/errors.ts";
import { StartWorkflowExecutionRequest, UpdateWorkflowExecutionRequest } from "../../../../api/gen/messages.js";
import { startEngine } from "../../../server.ts";
import { openMemoryStore } from "../../../store/index.ts";
import { LaneUnavailableError } from "../../kernel/index.ts";
import { ActivityScene, requestCancel } from "../machines/activity-scene-fixture.ts";
import {
  ACCEPTED,
  ADMITTED,
  answer,
  COMPLETED,
  doTask,
  idle,
  news,
  pollUpdate,
  TASK,
  update,
} from "./update-scene-fixture.ts";

// What a worker says in one task about an update whose caller waits for its end, and what becomes of it.
const ANSWERS = [
  { says: ["accept u", "complete u"], hears: "completed", events: `${TASK}, update_accepted, update_completed` },
  { says: ["accept u", "fail u"], hears: "failed: could not", events: `${TASK}, update_accepted, update_completed` },
  { says: ["~accept u", "~complete u"], hears: "completed", events: `${TASK}, update_accepted, update_completed` },
  {
    says: ["accept u", "marker", "complete u"],
    hears: "completed",
    events: `${TASK}, update_accepted, marker_recorded, update_completed`,
  },
  { says: ["accept u"], wait: ACCEPTED, hears: "accepted", events: `${TASK}, update_accepted` },
  {
    says: ["accept u", "complete u"],
    wait: ACCEPTED,
    hears: "completed",
    events: `${TASK}, update_accepted, update_completed`,
  },
  { says: ["reject u"], hears: "failed: not now", events: "", reset: 3 },
  { says: ["reject u"], wait: ACCEPTED, hears: "failed: not now", events: "", reset: 3 },
  { says: ["reject u", "marker"], hears: "failed: not now", events: `${TASK}, marker_recorded` },
  { says: [], hears: "failed: Workflow Update is rejected because it w", events: "", reset: 3 },
  { says: ["marker"], hears: "failed: Workflow Update is rejected because it w", events: `${TASK}, marker_recorded` },
  {
    says: ["accept u", "end"],
    hears: "failed: Workflow Update failed because the Workf",
    events: `${TASK}, update_accepted, completed`,
  },
  {
    says: ["accept u", "complete u", "end"],
    hears: "completed",
    events: `${TASK}, update_accepted, update_completed, completed`,
  },
  { says: ["reject u", "end"], hears: "failed: not now", events: `${TASK}, completed` },
  { says: ["end"], hears: "5 workflow update was aborted by closing workflow", events: `${TASK}, completed` },
  {
    says: ["~accept u", "end"],
    hears: "5 workflow update was aborted by closing workflow",
    events: `${TASK}, completed`,
  },
];

test.for(ANSWERS)(
  "a task that says [$says] to a caller who waits for $wait",
  async ({ says, wait, hears, events, reset }) => {
    const scene = await idle();
    const { reply } = await update(scene, wait === undefined ? {} : { wait });
    const { resetHistoryEventId } = await doTask(scene, says);
    expect(await reply).toBe(hears);
    expect(await news(scene)).toBe(events);
    expect(resetHistoryEventId).toBe(reset);
  },
);

// Answers that no worker may give: the task fails and the update goes out again.
const FAULTS = [
  {
    says: ["complete u"],
    text: "invalid state transition attempted for Update u: received *update.Response message while in state Sent",
  },
  {
    says: ["accept u", "~accept u"],
    text: "invalid state transition attempted for Update u: received *update.Acceptance message while in state ProvisionallyAccepted",
  },
  {
    says: ["accept u", "reject u"],
    text: "invalid state transition attempted for Update u: received *update.Rejection message while in state ProvisionallyAccepted",
  },
  { says: ["accept u", "bare u"], text: "invalid *update.Response: outcome is not set" },
  {
    says: ["accept x"],
    text: "update x wasn't found on the server. This is most likely a transient error which will be resolved automatically by retries",
  },
];

test.for(FAULTS)(
  "a task that says [$says] fails, and the next one carries the update again",
  async ({ says, text }) => {
    const scene = await idle();
    const { reply } = await update(scene);
    await expect(doTask(scene, says)).rejects.toMatchObject({
      code: Code.INVALID_ARGUMENT,
      message: `BadUpdateWorkflowExecutionMessage: ${text}`,
    });
    const task = await scene.takeWorkflowTask();
    expect(task).toMatchObject({
      attempt: 2,
      messages: [{ id: "u/request", protocolInstanceId: "u", eventId: (task.startedEventId as number) - 1 }],
    });
    await scene.call("respondWorkflowTaskCompleted", {
      taskToken: task.taskToken,
      ...answer("accept u", "complete u"),
    });
    expect(await reply).toBe("completed");
  },
);

test("a command that names no message fails the task", async () => {
  const scene = await idle();
  await update(scene);
  const { commands } = answer("accept u");
  await expect(scene.doTask(commands)).rejects.toThrow(
    "BadUpdateWorkflowExecutionMessage: ProtocolMessageCommand referenced absent message ID accept u",
  );
});

test("a task that times out sends its updates again", async () => {
  const scene = await idle();
  const { reply } = await update(scene);
  expect((await scene.takeWorkflowTask()).messages).toHaveLength(1);
  await scene.time.advance(10_000);
  await doTask(scene, ["accept u", "complete u"]);
  expect(await reply).toBe("completed");
  expect(await news(scene)).toBe(
    `task scheduled, task started, task timed_out, ${TASK}, update_accepted, update_completed`,
  );
});

test("one update id is one update, in flight, after its end, and after the run's", async () => {
  const scene = await idle();
  const first = await update(scene);
  const second = await update(scene, { wait: ACCEPTED });
  const task = await scene.takeWorkflowTask();
  expect(task.messages).toHaveLength(1);
  await scene.call("respondWorkflowTaskCompleted", { taskToken: task.taskToken, ...answer("accept u") });
  expect(await second.reply).toBe("accepted");
  const third = await update(scene);
  const poll = pollUpdate(scene, COMPLETED);
  await scene.call("signalWorkflowExecution", { workflowExecution: { workflowId: scene.workflowId }, signalName: "s" });
  await doTask(scene, ["complete u", "end"]);
  expect(await Promise.all([first.reply, third.reply, poll])).toEqual(["completed", "completed", "completed"]);
  expect(await (await update(scene)).reply).toBe("completed");
  expect(await pollUpdate(scene, ADMITTED)).toBe("completed");
  await scene.crash();
  expect(await pollUpdate(scene, COMPLETED)).toBe("completed");
  expect(await (await update(scene, { id: "other" })).reply).toBe("5 workflow execution already completed");
});

test("a poll takes what there is, or waits", async () => {
  const scene = await idle();
  expect(await pollUpdate(scene, COMPLETED)).toBe('5 update "u" not found');
  await update(scene);
  expect(await pollUpdate(scene, ADMITTED)).toBe("admitted");
  const accepted = pollUpdate(scene, ACCEPTED);
  await settle();
  await doTask(scene, ["accept u"]);
  expect(await accepted).toBe("accepted");
  const waiting = pollUpdate(scene, COMPLETED);
  await settle();
  await scene.call("terminateWorkflowExecution", { workflowExecution: { workflowId: scene.workflowId } });
  expect(await waiting).toMatch(/^failed: Workflow Update failed/);
});

test("after twenty seconds callers learn the stage, and the update lives on", async () => {
  const scene = await idle();
  const { reply } = await update(scene);
  await scene.time.advance(19_999);
  const before = await Promise.race([reply, settle().then(() => "waiting")]);
  expect(before).toBe("waiting");
  await scene.time.advance(1);
  expect(await reply).toBe("admitted");
  await doTask(scene, ["accept u"]);
  const late = await update(scene);
  await scene.time.advance(20_000);
  expect(await late.reply).toBe("accepted");
});

test("a crash forgets what was not accepted and keeps what was", async () => {
  const scene = await idle();
  await update(scene, { id: "kept", wait: ACCEPTED });
  await doTask(scene, ["accept kept"]);
  await update(scene, { id: "lost" });
  await scene.crash();
  expect(await pollUpdate(scene, ADMITTED, "lost")).toBe('5 update "lost" not found');
  expect(await pollUpdate(scene, ADMITTED, "kept")).toBe("accepted");
  const { reply } = await update(scene, { id: "lost" });
  await doTask(scene, ["complete kept", "accept lost", "complete lost"]);
  expect(await reply).toBe("completed");
  expect(await pollUpdate(scene, COMPLETED, "kept")).toBe("completed");
});

test("callers who wait when the server stops are told to ask again", async () => {
  const engine = await startEngine({ store: openMemoryStore() });
  const call = { metadata: () => undefined, deadline: undefined, cancelled: false, onCancel: () => {} };
  const start = StartWorkflowExecutionRequest.encode({
    namespace: "default",
    workflowId: "w",
    workflowType: { name: "t" },
    taskQueue: { name: "q" },
  });
  await engine.handlers.startWorkflowExecution?.(StartWorkflowExecutionRequest.decode(start), call);
  const asked = UpdateWorkflowExecutionRequest.encode({
    namespace: "default",
    workflowExecution: { workflowId: "w" },
    request: { meta: { updateId: "u" }, input: { name: "change" } },
  });
  const refusal = engine.handlers
    .updateWorkflowExecution?.(UpdateWorkflowExecutionRequest.decode(asked), call)
    .catch((error: unknown) => error);
  await settle();
  await engine.stop();
  expect(await refusal).toBeInstanceOf(LaneUnavailableError);
});

test("an event that arrives behind a speculative task is not forgotten by a crash", async () => {
  const scene = await idle();
  await update(scene);
  await scene.takeWorkflowTask();
  await scene.call("signalWorkflowExecution", { workflowExecution: { workflowId: scene.workflowId }, signalName: "s" });
  await scene.crash();
  await scene.time.advance(20_000);
  await scene.doTask([]);
  expect(await news(scene)).toContain("signaled");
});

test("an event before the speculative task is taken makes it a normal one", async () => {
  const scene = await idle();
  const { reply } = await update(scene);
  await scene.call("signalWorkflowExecution", { workflowExecution: { workflowId: scene.workflowId }, signalName: "s" });
  await doTask(scene, ["reject u"]);
  expect(await reply).toBe("failed: not now");
  expect(await news(scene)).toBe("task scheduled, signaled, task started, task completed");
});

test("updates that arrive while a task runs get the next one, also in the reply that ends it", async () => {
  const scene = await ActivityScene.open();
  await scene.start();
  const task = await scene.takeWorkflowTask();
  const { reply } = await update(scene);
  const { workflowTask } = await scene.call("respondWorkflowTaskCompleted", {
    taskToken: task.taskToken,
    returnNewWorkflowTask: true,
  });
  expect(workflowTask?.messages).toMatchObject([{ protocolInstanceId: "u", eventId: 5 }]);
  await scene.call("respondWorkflowTaskCompleted", {
    taskToken: workflowTask?.taskToken,
    ...answer("accept u", "complete u"),
  });
  expect(await reply).toBe("completed");
});

test("a worker that is still at work is not taken to have passed an update over", async () => {
  const scene = await idle();
  const { reply } = await update(scene);
  const { workflowTask } = await doTask(scene, [], { forceCreateNewWorkflowTask: true, returnNewWorkflowTask: true });
  expect(workflowTask?.messages).toEqual([]);
  await scene.call("respondWorkflowTaskCompleted", {
    taskToken: workflowTask?.taskToken,
    forceCreateNewWorkflowTask: true,
  });
  const polled = await scene.pollWorkflow();
  expect(polled?.messages).toMatchObject([{ protocolInstanceId: "u" }]);
  await scene.call("respondWorkflowTaskCompleted", {
    taskToken: polled?.taskToken,
    ...answer("accept u", "complete u"),
  });
  expect(await reply).toBe("completed");
});

test("refused updates vanish after unseen events only when the worker can step back over them", async () => {
  const outcomes: unknown[] = [];
  for (const discardSpeculativeWorkflowTaskWithEvents of [false, true]) {
    const scene = await ActivityScene.open();
    await scene.start();
    await doTask(scene, ["marker"]);
    await update(scene);
    const { resetHistoryEventId } = await doTask(scene, ["reject u"], {
      capabilities: { discardSpeculativeWorkflowTaskWithEvents },
    });
    outcomes.push(resetHistoryEventId);
  }
  expect(outcomes).toEqual([undefined, 3]);
});

test("an update does not wait for a start delay", async () => {
  const scene = await ActivityScene.open();
  await scene.start({ workflowStartDelay: { seconds: 60, nanos: 0 } });
  const { reply } = await update(scene);
  await doTask(scene, ["reject u"]);
  expect(await reply).toBe("failed: not now");
  await scene.time.advance(60_000);
  expect(await scene.history()).toHaveLength(4);
});

test("new updates are refused while tasks fail; those on their way stay", async () => {
  const scene = await idle();
  const { reply } = await update(scene);
  for (let failures = 0; failures < 2; failures++) {
    const { taskToken } = await scene.takeWorkflowTask();
    await scene.call("respondWorkflowTaskFailed", { taskToken });
  }
  expect(await (await update(scene, { id: "v" })).reply).toBe(
    "9 Unable to perform workflow execution update due to Workflow Task in failed state.",
  );
  await doTask(scene, ["accept u", "complete u"]);
  expect(await reply).toBe("completed");
});

test("limits: in flight, their bytes, and all of a run's", async () => {
  const scene = await idle({ updatesInFlightMax: 2, updatesInFlightBytesMax: 100, updatesPerRunMax: 4 });
  await update(scene, { id: "a" });
  await update(scene, { id: "b" });
  expect(await (await update(scene, { id: "c" })).reply).toBe(
    "8 limit on number of concurrent in-flight updates has been reached (2)",
  );
  await doTask(scene, ["accept a", "reject b"]);
  await update(scene, { id: "b" });
  expect(await (await update(scene, { id: "c" })).reply).toBe(
    "8 limit on number of concurrent in-flight updates has been reached (2)",
  );
  await doTask(scene, ["complete a", "accept b", "complete b"]);
  const large = { request: { meta: { updateId: "large" }, input: { name: "x".repeat(100) } } };
  expect(await (await update(scene, { fields: large })).reply).toBe(
    "8 limit on total payload size of in-flight updates has been reached (100 bytes)",
  );
  for (const id of ["c", "d"]) {
    await update(scene, { id });
    await doTask(scene, [`accept ${id}`, `complete ${id}`]);
  }
  expect(await (await update(scene, { id: "e" })).reply).toMatch(
    /^9 The limit on the total number of distinct updates in this workflow has been reached \(4\)/,
  );
});

test("a run that goes on as another refuses its updates in a way that clients repeat", async () => {
  const scene = await idle();
  const { reply } = await update(scene);
  await doTask(scene, ["continue"]);
  expect(await reply).toBe("8 workflow operation can not be applied because workflow is closing");
});

test("updates of commands that fail for another reason stay in flight", async () => {
  const scene = await idle();
  const { reply } = await update(scene);
  const { commands, messages } = answer("accept u", "complete u");
  await expect(scene.doTask([...commands, requestCancel(99)], { messages })).rejects.toThrow(
    "BadRequestCancelActivityAttributes",
  );
  await doTask(scene, ["accept u", "complete u"]);
  expect(await reply).toBe("completed");
  expect((await news(scene)).match(/update_accepted/g)).toHaveLength(1);
});
