/** Activities that are paused, and go on. */
import type { Scenario } from "../scenario.ts";
import { scenario } from "../scenario.ts";
import {
  activityCommand,
  beginActivityPoll,
  byId,
  cancelActivityTask,
  completeActivity,
  failActivity,
  heartbeat,
  pollActivityTask,
} from "../steps/activity.ts";
import { look, operate, quickRetries, runWithActivity, slowRetries } from "../steps/activity-operations.ts";
import { applicationFailure, cancelActivity, completeWorkflow } from "../steps/commands.ts";
import { payloads } from "../steps/payload.ts";
import { describeWorkflow, readHistory, signalWorkflow, startWorkflow } from "../steps/workflow.ts";
import { doTask } from "../steps/workflow-task.ts";

export const activityPauses: readonly Scenario[] = [
  scenario("activity-operations/pause before its start", async (t) => {
    await runWithActivity(t);
    await operate(t, "PauseActivity", { reason: "the reason", requestId: t.id("pause") });
    await look(t, "paused");
    await operate(t, "PauseActivity", { reason: "another", requestId: t.id("pause-2") }, { note: "again" });
    await look(t, "paused again");
    const poll = beginActivityPoll(t, { deadlineMs: 3000 });
    await poll.reply;
    await operate(t, "UnpauseActivity");
    await look(t, "unpaused");
    await completeActivity(t, await pollActivityTask(t));
    await readHistory(t);
  }),
  scenario("activity-operations/pause while it runs, which then succeeds", async (t) => {
    await runWithActivity(t, { heartbeatTimeout: "30s" });
    const task = await pollActivityTask(t);
    await operate(t, "PauseActivity", { reason: "the reason" });
    await look(t, "paused");
    await heartbeat(t, task);
    await look(t, "after a heartbeat");
    await completeActivity(t, task);
    await readHistory(t);
  }),
  scenario("activity-operations/pause while it runs, which then fails", async (t) => {
    await runWithActivity(t, { retryPolicy: quickRetries });
    const task = await pollActivityTask(t);
    await operate(t, "PauseActivity", { reason: "the reason" });
    await failActivity(t, task);
    await look(t, "failed and paused");
    const poll = beginActivityPoll(t, { deadlineMs: 3000 });
    await poll.reply;
    await operate(t, "UnpauseActivity");
    await completeActivity(t, await pollActivityTask(t));
    await readHistory(t);
  }),
  scenario("activity-operations/pause while it runs, which then fails for good", async (t) => {
    await runWithActivity(t, { retryPolicy: { maximumAttempts: 1 } });
    const task = await pollActivityTask(t);
    await operate(t, "PauseActivity");
    await failActivity(t, task);
    await readHistory(t);
  }),
  scenario("activity-operations/pause while it runs, which then fails without retry", async (t) => {
    await runWithActivity(t);
    const task = await pollActivityTask(t);
    await operate(t, "PauseActivity");
    await failActivity(t, task, { failure: applicationFailure("broken", { nonRetryable: true }) });
    await readHistory(t);
  }),
  scenario("activity-operations/pause between attempts", async (t) => {
    await runWithActivity(t, { retryPolicy: slowRetries });
    await failActivity(t, await pollActivityTask(t));
    await operate(t, "PauseActivity");
    await look(t, "paused");
    await operate(t, "UnpauseActivity");
    await look(t, "unpaused");
    const task = await pollActivityTask(t);
    await completeActivity(t, task);
    await readHistory(t);
  }),
  scenario("activity-operations/unpause with attempts and heartbeat anew", async (t) => {
    await runWithActivity(t, { retryPolicy: quickRetries });
    const task = await pollActivityTask(t);
    await heartbeat(t, task);
    await operate(t, "PauseActivity");
    await failActivity(t, task);
    await look(t, "paused");
    await operate(t, "UnpauseActivity", { resetAttempts: true, resetHeartbeat: true });
    await look(t, "unpaused");
    await pollActivityTask(t);
  }),
  scenario("activity-operations/unpause of what runs", async (t) => {
    await runWithActivity(t);
    const task = await pollActivityTask(t);
    await operate(t, "UnpauseActivity", {}, { note: "not paused" });
    await look(t, "not paused");
    await operate(t, "PauseActivity");
    await operate(t, "UnpauseActivity");
    await look(t, "unpaused");
    await heartbeat(t, task);
    await operate(t, "PauseActivity");
    await operate(t, "UnpauseActivity", { resetAttempts: true, resetHeartbeat: true }, { note: "and reset" });
    await look(t, "unpaused and reset");
    await heartbeat(t, task);
    await completeActivity(t, task);
    await readHistory(t);
  }),
  scenario("activity-operations/pause and cancel", async (t) => {
    await runWithActivity(t);
    await operate(t, "PauseActivity");
    await signalWorkflow(t, "wake");
    await doTask(t, [cancelActivity(5)]);
    await readHistory(t);
  }),
  scenario("activity-operations/pause of what runs and is asked to cancel", async (t) => {
    await runWithActivity(t, { heartbeatTimeout: "30s" });
    const task = await pollActivityTask(t);
    await signalWorkflow(t, "wake");
    await doTask(t, [cancelActivity(5)]);
    await operate(t, "PauseActivity");
    await look(t, "paused");
    await heartbeat(t, task);
    await cancelActivityTask(t, task);
    await readHistory(t);
  }),
  scenario("activity-operations/pause by type", async (t) => {
    await startWorkflow(t);
    const other = { activityType: { name: "Other" } };
    await doTask(t, [
      activityCommand(t, { activityId: "a" }),
      activityCommand(t, { activityId: "b" }),
      activityCommand(t, { activityId: "c", ...other }),
    ]);
    await operate(t, "PauseActivity", { type: "Activity", reason: "the reason" });
    await look(t, "two paused");
    await operate(t, "UnpauseActivity", { type: "Other" });
    await operate(t, "UnpauseActivity", { unpauseAll: true });
    await look(t, "none paused");
  }),
  scenario("activity-operations/answers by id while paused", async (t) => {
    await runWithActivity(t);
    await operate(t, "PauseActivity");
    await t.call("RecordActivityTaskHeartbeatById", byId(t));
    await t.call("RespondActivityTaskFailedById", byId(t, { failure: applicationFailure("broken") }));
    await t.call("RespondActivityTaskCompletedById", byId(t, { result: payloads("result") }));
    await readHistory(t);
  }),
  scenario(
    "activity-operations/time-outs while paused",
    async (t) => {
      await runWithActivity(t, { scheduleToStartTimeout: "1s" });
      await operate(t, "PauseActivity");
      await readHistory(t, { until: "ACTIVITY_TASK_TIMED_OUT" }).catch(() => undefined);
      await look(t, "afterwards");
    },
    { slow: true },
  ),
  scenario(
    "activity-operations/close time-out while paused",
    async (t) => {
      await runWithActivity(t, { scheduleToCloseTimeout: "2s" });
      await operate(t, "PauseActivity");
      await t.sleep(3500);
      await readHistory(t);
      await look(t, "afterwards");
    },
    { slow: true },
  ),
  scenario(
    "activity-operations/a worker that is late while paused",
    async (t) => {
      await runWithActivity(t, { startToCloseTimeout: "1s", retryPolicy: quickRetries });
      const task = await pollActivityTask(t);
      await operate(t, "PauseActivity");
      await t.sleep(2500);
      await look(t, "timed out");
      await completeActivity(t, task);
    },
    { slow: true },
  ),
  scenario("activity-operations/the workflow ends while paused", async (t) => {
    await runWithActivity(t);
    await operate(t, "PauseActivity");
    await signalWorkflow(t, "wake");
    await doTask(t, [completeWorkflow()]);
    await describeWorkflow(t);
  }),
];
