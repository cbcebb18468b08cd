/** Workflow tasks: tokens, attempts, stickiness, buffering, heartbeats, inline next tasks. */
import type { Conversation } from "../conversation.ts";
import { scenario } from "../scenario.ts";
import type { Scenario } from "../scenario.ts";
import { otherNamespace } from "../settings.ts";
import { activityCommand, completeActivity, pollActivityTask } from "../steps/activity.ts";
import {
  cancelTimer,
  cancelWorkflow,
  completeWorkflow,
  continueAsNew,
  failWorkflow,
  recordMarker,
  startTimer,
} from "../steps/commands.ts";
import { payload } from "../steps/payload.ts";
import {
  cancelRequest,
  describeWorkflow,
  readHistory,
  signalWorkflow,
  startWorkflow,
  terminateWorkflow,
} from "../steps/workflow.ts";
import {
  beginWorkflowTaskPoll,
  completeTask,
  doTask,
  failTask,
  pollWorkflowTask,
  stickyAttributes,
  stickyPoll,
} from "../steps/workflow-task.ts";

export const workflowTasks: Scenario[] = [
  scenario("workflow tasks/tokens that do not fit", async (t) => {
    await startWorkflow(t);
    const task = await pollWorkflowTask(t);
    await completeTask(t, {}, [], {}, { note: "no token" });
    await completeTask(t, { taskToken: "nonsense" }, [], {}, { note: "a token that cannot be decoded" });
    await completeTask(t, task, [], { namespace: "" }, { note: "the namespace comes from the token" });
    await completeTask(t, task, [], {}, { note: "the task is completed already" });
    await failTask(t, task, {}, { note: "fail after complete" });
    await failTask(t, {}, {}, { note: "no token" });
    await failTask(t, { taskToken: "nonsense" }, {}, { note: "a token that cannot be decoded" });
    await t.call("RespondQueryTaskCompleted", { namespace: t.namespace, taskToken: "nonsense" });
    await t.call("RespondQueryTaskCompleted", { namespace: t.namespace });
    await readHistory(t);
  }),

  scenario("workflow tasks/token of another namespace", async (t) => {
    await startWorkflow(t);
    const task = await pollWorkflowTask(t);
    await completeTask(t, task, [completeWorkflow()], { namespace: otherNamespace });
    await completeTask(t, task, [completeWorkflow()], { namespace: "no-such-namespace" });
    await completeTask(t, task, [completeWorkflow()]);
  }),

  scenario("workflow tasks/completed after the workflow closed", async (t) => {
    await startWorkflow(t);
    const task = await pollWorkflowTask(t);
    await terminateWorkflow(t, { reason: "enough" });
    await completeTask(t, task, [completeWorkflow()]);
    await failTask(t, task);
    await readHistory(t);
  }),

  scenario("workflow tasks/failed once", async (t) => {
    await startWorkflow(t);
    const first = await pollWorkflowTask(t);
    await failTask(t, first);
    await readHistory(t, { note: "the second attempt is transient: not in history for the command line" });
    await readHistory(t, { headers: { "client-name": "temporal-cli" }, note: "as the command line sees it" });
    await describeWorkflow(t);
    const second = await pollWorkflowTask(t);
    await describeWorkflow(t);
    await readHistory(t, { note: "while the second attempt is started" });
    await completeTask(t, second, [completeWorkflow()]);
    await readHistory(t);
  }),

  scenario("workflow tasks/failed twice writes one failure", async (t) => {
    await startWorkflow(t, { workflowTaskTimeout: "5s" });
    await failTask(t, await pollWorkflowTask(t));
    await failTask(t, await pollWorkflowTask(t), { cause: "NON_DETERMINISTIC_ERROR" }, { note: "the second failure" });
    await readHistory(t);
    await describeWorkflow(t);
    await doTask(t, [completeWorkflow()]);
    await readHistory(t);
  }),

  scenario("workflow tasks/a signal turns a transient task into a normal one", async (t) => {
    await startWorkflow(t);
    await failTask(t, await pollWorkflowTask(t));
    await signalWorkflow(t, "while-scheduled");
    await readHistory(t);
    const second = await pollWorkflowTask(t);
    await signalWorkflow(t, "while-started");
    await completeTask(t, second, []);
    await doTask(t, [completeWorkflow()]);
    await readHistory(t);
  }),

  scenario("workflow tasks/causes that workers send", async (t) => {
    for (const cause of [
      "UNSPECIFIED",
      "NON_DETERMINISTIC_ERROR",
      "GRPC_MESSAGE_TOO_LARGE",
      "PAYLOADS_TOO_LARGE",
      "RESET_STICKY_TASK_QUEUE",
      "UNHANDLED_COMMAND",
      "FORCE_CLOSE_COMMAND",
    ]) {
      const name = cause.toLowerCase();
      await startWorkflow(t, { workflowId: t.id(name), taskQueue: { name: t.id(name) } });
      await failTask(t, await pollWorkflowTask(t, { queue: name }), { cause, failure: undefined });
      await readHistory(t, { workflowId: t.id(name) });
      await t.silently("TerminateWorkflowExecution", {
        namespace: t.namespace,
        workflowExecution: { workflowId: t.id(name) },
      });
    }
  }),

  scenario("workflow tasks/timed out", async (t) => {
    await startWorkflow(t, { workflowTaskTimeout: "2s" });
    await pollWorkflowTask(t);
    const second = await pollWorkflowTask(t, { note: "after the first timed out" });
    await describeWorkflow(t);
    await completeTask(t, second, [completeWorkflow()]);
    await readHistory(t);
  }),

  scenario("workflow tasks/events arriving meanwhile are buffered", async (t) => {
    await startWorkflow(t);
    const task = await pollWorkflowTask(t);
    await signalWorkflow(t, "first");
    await cancelRequest(t);
    await signalWorkflow(t, "second");
    await readHistory(t, { note: "buffered events are not in history" });
    await describeWorkflow(t);
    await completeTask(t, task, [recordMarker({ markerName: "own" }), startTimer("timer", "60s")]);
    const next = await pollWorkflowTask(t);
    await completeTask(t, next, [cancelWorkflow()]);
    await readHistory(t);
  }),

  scenario("workflow tasks/buffered events are flushed when the task fails", async (t) => {
    await startWorkflow(t);
    const task = await pollWorkflowTask(t);
    await signalWorkflow(t, "meanwhile");
    await failTask(t, task);
    const next = await pollWorkflowTask(t);
    await completeTask(t, next, [completeWorkflow()]);
    await readHistory(t);
  }),

  scenario("workflow tasks/buffered events are flushed when the task times out", async (t) => {
    await startWorkflow(t, { workflowTaskTimeout: "2s" });
    await pollWorkflowTask(t);
    await signalWorkflow(t, "meanwhile");
    await doTask(t, [completeWorkflow()]);
    await readHistory(t);
  }),

  scenario("workflow tasks/buffered events are flushed when the workflow is terminated", async (t) => {
    await startWorkflow(t);
    await pollWorkflowTask(t);
    await signalWorkflow(t, "meanwhile");
    await terminateWorkflow(t, { reason: "enough" });
    await readHistory(t);
  }),

  scenario("workflow tasks/resolutions come after other buffered events", async (t) => {
    await startWorkflow(t);
    const one = { activityId: "one", taskQueue: { name: t.id("one") } };
    const two = { activityId: "two", taskQueue: { name: t.id("two") } };
    await doTask(t, [activityCommand(t, one), activityCommand(t, two), startTimer("timer", "3s")]);
    await signalWorkflow(t, "wake");
    const task = await pollWorkflowTask(t);
    await completeActivity(t, await pollActivityTask(t, { queue: "two" }));
    await signalWorkflow(t, "after-two");
    await completeActivity(t, await pollActivityTask(t, { queue: "one" }));
    await t.sleep(3500);
    await cancelRequest(t);
    await signalWorkflow(t, "after-timer");
    await completeTask(t, task, [recordMarker({ markerName: "own" })]);
    await doTask(t, [completeWorkflow()]);
    await readHistory(t);
  }),

  ...(["complete", "fail", "cancel", "continue"] as const).map((kind) =>
    scenario(`workflow tasks/unhandled command, ${kind}`, async (t) => {
      await startWorkflow(t);
      const task = await pollWorkflowTask(t);
      await signalWorkflow(t, "meanwhile");
      const closing = {
        complete: completeWorkflow("done"),
        fail: failWorkflow(),
        cancel: cancelWorkflow(),
        continue: continueAsNew(),
      }[kind];
      await completeTask(t, task, [recordMarker({ markerName: "dropped" }), closing]);
      await readHistory(t);
      const next = await pollWorkflowTask(t);
      await completeTask(t, next, [closing]);
      await readHistory(t, { runId: (next.workflowExecution as { runId: string }).runId });
    }),
  ),

  scenario("workflow tasks/signals are refused while a close is being retried", async (t) => {
    await startWorkflow(t);
    const task = await pollWorkflowTask(t);
    await signalWorkflow(t, "one");
    await completeTask(t, task, [completeWorkflow()]);
    const second = await pollWorkflowTask(t);
    await signalWorkflow(t, "two", {}, { deadlineMs: 3000 });
    await completeTask(t, second, [completeWorkflow()]);
    await readHistory(t);
  }),

  scenario("workflow tasks/next task inline", async (t) => {
    await startWorkflow(t);
    const task = await pollWorkflowTask(t);
    await completeTask(t, task, [], { returnNewWorkflowTask: true }, { note: "there is no next task" });
    await signalWorkflow(t, "wake");
    const second = await pollWorkflowTask(t);
    await signalWorkflow(t, "meanwhile");
    const { workflowTask } = await completeTask(t, second, [], {
      returnNewWorkflowTask: true,
      stickyAttributes: stickyAttributes(t),
    });
    await signalWorkflow(t, "again");
    const third = await completeTask(
      t,
      workflowTask,
      [],
      { returnNewWorkflowTask: true },
      { note: "stickiness is cleared: whole history" },
    );
    await completeTask(t, third.workflowTask, [completeWorkflow()], { returnNewWorkflowTask: true });
    await readHistory(t);
  }),

  scenario("workflow tasks/forced new task", async (t) => {
    await startWorkflow(t);
    const task = await pollWorkflowTask(t);
    await completeTask(
      t,
      task,
      [],
      { forceCreateNewWorkflowTask: true },
      { note: "a heartbeat without the inline task" },
    );
    const second = await pollWorkflowTask(t);
    const { workflowTask } = await completeTask(t, second, [], {
      forceCreateNewWorkflowTask: true,
      returnNewWorkflowTask: true,
    });
    const third = await completeTask(t, workflowTask, [recordMarker({ markerName: "progress" })], {
      forceCreateNewWorkflowTask: true,
      returnNewWorkflowTask: true,
    });
    await completeTask(
      t,
      third.workflowTask,
      [completeWorkflow()],
      { forceCreateNewWorkflowTask: true },
      { note: "closing wins" },
    );
    await readHistory(t);
  }),

  scenario("workflow tasks/metadata of a completion is stored", async (t) => {
    await startWorkflow(t);
    const task = await pollWorkflowTask(t);
    await completeTask(t, task, [], {
      sdkMetadata: { coreUsedFlags: [1, 2], langUsedFlags: [3], sdkName: "temporal-typescript", sdkVersion: "1.24.0" },
      meteringMetadata: { nonfirstLocalActivityExecutionAttempts: 2 },
      binaryChecksum: "checksum",
    });
    await readHistory(t);
    await describeWorkflow(t);
  }),

  scenario("workflow tasks/user metadata of commands", async (t) => {
    await startWorkflow(t);
    const userMetadata = { summary: payload("why"), details: payload("and how") };
    await doTask(t, [
      { ...startTimer("timer", "60s"), userMetadata },
      { ...activityCommand(t), userMetadata },
      { ...recordMarker({ markerName: "m" }), userMetadata },
    ]);
    await doTaskAfterSignal(t);
    await readHistory(t);
    await describeWorkflow(t);
  }),

  scenario("workflow tasks/sticky queue", async (t) => {
    await startWorkflow(t);
    const parked = beginWorkflowTaskPoll(t, { ...stickyPoll(t), deadlineMs: 10_000 });
    await doTask(t, [], { stickyAttributes: stickyAttributes(t) });
    await describeWorkflow(t);
    await signalWorkflow(t, "wake");
    const task = await parked.reply;
    await completeTask(t, task, [startTimer("timer", "60s")], { stickyAttributes: stickyAttributes(t) });
    const again = beginWorkflowTaskPoll(t, stickyPoll(t));
    await signalWorkflow(t, "wake-again");
    await completeTask(t, await again.reply, [cancelTimer("timer")], {}, { note: "without sticky attributes" });
    await signalWorkflow(t, "normal");
    await doTask(t, [completeWorkflow()]);
    await readHistory(t);
  }),

  scenario("workflow tasks/sticky queue, schedule to start timeout", async (t) => {
    await startWorkflow(t);
    const parked = beginWorkflowTaskPoll(t, {
      ...stickyPoll(t),
      deadlineMs: 2500,
      note: "makes the sticky queue known, then goes",
    });
    await doTask(t, [], { stickyAttributes: stickyAttributes(t, "1s") });
    await parked.reply;
    await signalWorkflow(t, "wake");
    const task = await pollWorkflowTask(t, { note: "from the normal queue, whole history" });
    await completeTask(t, task, [completeWorkflow()]);
    await readHistory(t);
  }),

  scenario("workflow tasks/sticky task that fails", async (t) => {
    await startWorkflow(t);
    const parked = beginWorkflowTaskPoll(t, { ...stickyPoll(t), deadlineMs: 10_000 });
    await doTask(t, [], { stickyAttributes: stickyAttributes(t) });
    await signalWorkflow(t, "wake");
    await failTask(t, await parked.reply);
    const task = await pollWorkflowTask(t, { note: "the next attempt is on the normal queue" });
    await completeTask(t, task, [completeWorkflow()]);
    await readHistory(t);
  }),

  scenario("workflow tasks/reset of stickiness", async (t) => {
    await startWorkflow(t);
    await doTask(t, [], { stickyAttributes: stickyAttributes(t) });
    const execution = { workflowId: t.id("workflow") };
    await describeWorkflow(t);
    await t.call("ResetStickyTaskQueue", { namespace: t.namespace, execution });
    await describeWorkflow(t);
    await t.call("ResetStickyTaskQueue", { namespace: t.namespace, execution }, { note: "nothing to reset" });
    await t.call("ResetStickyTaskQueue", { namespace: t.namespace, execution: { workflowId: t.id("unknown") } });
    await t.call("ResetStickyTaskQueue", {
      namespace: t.namespace,
      execution: { workflowId: t.id("workflow"), runId: "nonsense" },
    });
    await t.call("ResetStickyTaskQueue", { namespace: t.namespace, execution: {} });
    await terminateWorkflow(t);
    await t.call("ResetStickyTaskQueue", { namespace: t.namespace, execution }, { note: "closed" });
  }),

  scenario("workflow tasks/first task after the run is closed elsewhere", async (t) => {
    await startWorkflow(t);
    await terminateWorkflow(t);
    await beginWorkflowTaskPoll(t, {
      deadlineMs: 2500,
      timed: true,
      note: "the task of a closed workflow is not given out",
    }).reply;
  }),
];

async function doTaskAfterSignal(t: Conversation): Promise<void> {
  await signalWorkflow(t, "wake");
  await doTask(t, []);
}
