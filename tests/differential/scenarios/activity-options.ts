/** Activities that are given other options. */
import type { Scenario } from "../scenario.ts";
import { scenario } from "../scenario.ts";
import {
  activityCommand,
  beginActivityPoll,
  completeActivity,
  failActivity,
  pollActivityTask,
} from "../steps/activity.ts";
import { look, operate, quickRetries, runWithActivity, slowRetries } from "../steps/activity-operations.ts";
import { readHistory, startWorkflow } from "../steps/workflow.ts";
import { doTask } from "../steps/workflow-task.ts";
import type { Plain } from "../wire-format.ts";

export const activityOptions: readonly Scenario[] = [
  scenario("activity-operations/options by their mask", async (t) => {
    await runWithActivity(t);
    const update = async (
      note: string,
      activityOptions: Plain | undefined,
      paths: readonly string[] | undefined,
    ): Promise<void> => {
      await operate(
        t,
        "UpdateActivityOptions",
        { activityOptions, updateMask: paths === undefined ? undefined : { paths } },
        { note },
      );
    };
    await update("no mask", { startToCloseTimeout: "9s" }, undefined);
    await update("an empty mask", { startToCloseTimeout: "9s" }, []);
    await update("no options", undefined, ["start_to_close_timeout"]);
    await update("an unknown path", {}, ["nonsense"]);
    await update("start-to-close", { startToCloseTimeout: "9s" }, ["start_to_close_timeout"]);
    await update("heartbeat", { heartbeatTimeout: "5s" }, ["heartbeat_timeout"]);
    await update("a heartbeat beyond start-to-close", { heartbeatTimeout: "500s" }, ["heartbeat_timeout"]);
    await update("a negative time-out", { heartbeatTimeout: "-5s" }, ["heartbeat_timeout"]);
    await update("no time-out", { startToCloseTimeout: "0s", scheduleToCloseTimeout: "0s" }, [
      "start_to_close_timeout",
      "schedule_to_close_timeout",
    ]);
    await update("attempts", { retryPolicy: { maximumAttempts: 5 } }, ["retry_policy.maximum_attempts"]);
    await update("coefficient", { retryPolicy: { backoffCoefficient: 1.5 } }, ["retry_policy.backoff_coefficient"]);
    await update("a bad coefficient", { retryPolicy: { backoffCoefficient: 0.5 } }, [
      "retry_policy.backoff_coefficient",
    ]);
    await update("intervals", { retryPolicy: { initialInterval: "2s", maximumInterval: "20s" } }, [
      "retry_policy.initial_interval",
      "retry_policy.maximum_interval",
    ]);
    await update("the whole policy", { retryPolicy: { initialInterval: "3s", maximumAttempts: 2 } }, ["retry_policy"]);
    await update("priority", { priority: { priorityKey: 2, fairnessKey: "key" } }, ["priority"]);
    await update("a part of the priority", { priority: { priorityKey: 1 } }, ["priority.priority_key"]);
    await look(t, "afterwards");
    await readHistory(t);
    await update("schedule-to-close", { scheduleToCloseTimeout: "90s" }, ["schedule_to_close_timeout"]);
    await update("schedule-to-start", { scheduleToStartTimeout: "80s" }, ["schedule_to_start_timeout"]);
  }),
  scenario("activity-operations/options: another queue", async (t) => {
    await runWithActivity(t);
    const paths = ["task_queue.name"];
    const activityOptions = { taskQueue: { name: t.id("another") } };
    await operate(t, "UpdateActivityOptions", { activityOptions, updateMask: { paths } });
    await look(t, "afterwards");
    const task = await pollActivityTask(t, { queue: "another" });
    await completeActivity(t, task);
    await readHistory(t);
  }),
  scenario("activity-operations/options: a bad queue", async (t) => {
    await runWithActivity(t);
    for (const name of ["", "/_sys/x", "x".repeat(1001)])
      await operate(t, "UpdateActivityOptions", {
        activityOptions: { taskQueue: { name } },
        updateMask: { paths: ["task_queue.name"] },
      });
    await operate(t, "UpdateActivityOptions", {
      activityOptions: { taskQueue: { name: t.id("other") } },
      updateMask: { paths: ["task_queue"] },
    });
    await look(t, "afterwards");
  }),
  scenario("activity-operations/options of what runs", async (t) => {
    await runWithActivity(t, { retryPolicy: quickRetries });
    const task = await pollActivityTask(t);
    const activityOptions = { startToCloseTimeout: "9s", retryPolicy: { maximumAttempts: 1 } };
    const paths = ["start_to_close_timeout", "retry_policy.maximum_attempts"];
    await operate(t, "UpdateActivityOptions", { activityOptions, updateMask: { paths } });
    await look(t, "afterwards");
    await failActivity(t, task);
    await readHistory(t);
  }),
  scenario(
    "activity-operations/options: a shorter time-out of what runs",
    async (t) => {
      await runWithActivity(t, { retryPolicy: { maximumAttempts: 1 } });
      await pollActivityTask(t);
      const activityOptions = { startToCloseTimeout: "1s" };
      await operate(t, "UpdateActivityOptions", { activityOptions, updateMask: { paths: ["start_to_close_timeout"] } });
      await readHistory(t, { until: "ACTIVITY_TASK_TIMED_OUT" });
    },
    { slow: true },
  ),
  scenario("activity-operations/options between attempts", async (t) => {
    await runWithActivity(t, { retryPolicy: slowRetries });
    await failActivity(t, await pollActivityTask(t));
    const activityOptions = { retryPolicy: { initialInterval: "0.5s", maximumInterval: "0.5s" } };
    const paths = ["retry_policy.initial_interval", "retry_policy.maximum_interval"];
    await operate(t, "UpdateActivityOptions", { activityOptions, updateMask: { paths } });
    const task = await pollActivityTask(t);
    await completeActivity(t, task);
    await readHistory(t);
  }),
  scenario("activity-operations/options by type and of all", async (t) => {
    await startWorkflow(t);
    await doTask(t, [
      activityCommand(t, { activityId: "a" }),
      activityCommand(t, { activityId: "b", activityType: { name: "Other" } }),
    ]);
    const paths = ["heartbeat_timeout"];
    await operate(t, "UpdateActivityOptions", {
      type: "Other",
      activityOptions: { heartbeatTimeout: "3s" },
      updateMask: { paths },
    });
    await look(t, "by type");
    await operate(t, "UpdateActivityOptions", {
      matchAll: true,
      activityOptions: { heartbeatTimeout: "4s" },
      updateMask: { paths },
    });
    await look(t, "all");
  }),
  scenario("activity-operations/options: the original ones", async (t) => {
    await runWithActivity(t);
    const activityOptions = { startToCloseTimeout: "9s", retryPolicy: { maximumAttempts: 7 } };
    const updateMask = { paths: ["start_to_close_timeout", "retry_policy.maximum_attempts"] };
    await operate(t, "UpdateActivityOptions", { restoreOriginal: true }, { note: "unchanged" });
    await operate(t, "UpdateActivityOptions", { activityOptions, updateMask });
    await operate(t, "UpdateActivityOptions", { activityOptions, updateMask, restoreOriginal: true }, { note: "both" });
    await operate(t, "UpdateActivityOptions", { restoreOriginal: true });
    await look(t, "restored");
  }),
  scenario("activity-operations/options of what is paused", async (t) => {
    await runWithActivity(t);
    await operate(t, "PauseActivity");
    const activityOptions = { startToCloseTimeout: "9s" };
    await operate(t, "UpdateActivityOptions", { activityOptions, updateMask: { paths: ["start_to_close_timeout"] } });
    await look(t, "still paused");
    const poll = beginActivityPoll(t, { deadlineMs: 3000 });
    await poll.reply;
  }),
];
