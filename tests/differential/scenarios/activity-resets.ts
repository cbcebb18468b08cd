/** Activities that begin again with their first attempt. */
import type { Scenario } from "../scenario.ts";
import { scenario } from "../scenario.ts";
import { activityCommand, completeActivity, failActivity, heartbeat, pollActivityTask } from "../steps/activity.ts";
import { look, lookWhen, operate, quickRetries, runWithActivity, slowRetries } from "../steps/activity-operations.ts";
import { payloads } from "../steps/payload.ts";
import { readHistory, startWorkflow } from "../steps/workflow.ts";
import { doTask } from "../steps/workflow-task.ts";

export const activityResets: readonly Scenario[] = [
  scenario("activity-operations/reset before its start", async (t) => {
    await runWithActivity(t);
    await operate(t, "ResetActivity");
    await look(t, "reset");
    const task = await pollActivityTask(t);
    await completeActivity(t, task);
    await readHistory(t);
  }),
  scenario("activity-operations/reset between attempts", async (t) => {
    await runWithActivity(t, { retryPolicy: slowRetries });
    await failActivity(t, await pollActivityTask(t));
    await look(t, "before");
    await operate(t, "ResetActivity");
    await look(t, "reset");
    await completeActivity(t, await pollActivityTask(t));
    await readHistory(t);
  }),
  scenario("activity-operations/reset while it runs", async (t) => {
    await runWithActivity(t, { retryPolicy: quickRetries, heartbeatTimeout: "30s" });
    const task = await pollActivityTask(t);
    await operate(t, "ResetActivity");
    await look(t, "reset");
    await heartbeat(t, task);
    await look(t, "after a heartbeat");
    await failActivity(t, task);
    await lookWhen(t, "failed", (activity) => activity.state === "SCHEDULED");
    const next = await pollActivityTask(t);
    await look(t, "the next attempt");
    await completeActivity(t, next);
    await readHistory(t);
  }),
  scenario("activity-operations/reset while it runs, which then succeeds", async (t) => {
    await runWithActivity(t);
    const task = await pollActivityTask(t);
    await operate(t, "ResetActivity");
    await completeActivity(t, task);
    await readHistory(t);
  }),
  scenario("activity-operations/reset of heartbeat details", async (t) => {
    await runWithActivity(t, { retryPolicy: slowRetries });
    const task = await pollActivityTask(t);
    await heartbeat(t, task);
    await failActivity(t, task);
    await operate(t, "ResetActivity", { resetHeartbeat: true });
    await look(t, "reset");
    await pollActivityTask(t);
  }),
  scenario("activity-operations/reset of heartbeat details while it runs", async (t) => {
    await runWithActivity(t, { retryPolicy: quickRetries });
    const task = await pollActivityTask(t);
    await heartbeat(t, task);
    await operate(t, "ResetActivity", { resetHeartbeat: true });
    await look(t, "reset");
    await heartbeat(t, task, { details: payloads("more") });
    await failActivity(t, task);
    await pollActivityTask(t);
  }),
  scenario("activity-operations/reset of what is paused", async (t) => {
    await runWithActivity(t);
    await operate(t, "PauseActivity", { reason: "the reason" });
    await operate(t, "ResetActivity", { keepPaused: true });
    await look(t, "still paused");
    await operate(t, "ResetActivity");
    await look(t, "not paused");
    await pollActivityTask(t);
  }),
  scenario("activity-operations/reset of what runs and is paused", async (t) => {
    await runWithActivity(t, { retryPolicy: quickRetries });
    const task = await pollActivityTask(t);
    await operate(t, "PauseActivity", { reason: "the reason" });
    await operate(t, "ResetActivity", { keepPaused: true });
    await look(t, "still paused");
    await heartbeat(t, task);
    await operate(t, "ResetActivity");
    await look(t, "not paused");
    await heartbeat(t, task);
  }),
  scenario("activity-operations/reset by type and of all", async (t) => {
    await startWorkflow(t);
    const retryPolicy = slowRetries;
    await doTask(t, [
      activityCommand(t, { activityId: "a", retryPolicy, taskQueue: { name: t.id("a") } }),
      activityCommand(t, {
        activityId: "b",
        retryPolicy,
        taskQueue: { name: t.id("b") },
        activityType: { name: "Other" },
      }),
    ]);
    for (const queue of ["a", "b"]) await failActivity(t, await pollActivityTask(t, { queue }));
    await operate(t, "ResetActivity", { type: "Other" });
    await look(t, "by type");
    await operate(t, "ResetActivity", { matchAll: true });
    await look(t, "all");
  }),
  scenario("activity-operations/reset with original options", async (t) => {
    await runWithActivity(t);
    await operate(t, "UpdateActivityOptions", {
      activityOptions: { startToCloseTimeout: "9s", retryPolicy: { maximumAttempts: 7 } },
      updateMask: { paths: ["start_to_close_timeout", "retry_policy.maximum_attempts"] },
    });
    await operate(t, "ResetActivity", { restoreOriginalOptions: true });
    await look(t, "restored");
  }),
];
