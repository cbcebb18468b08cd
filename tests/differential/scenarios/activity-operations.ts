import type { Conversation, RecordOptions } from "../conversation.ts";
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
import { applicationFailure, cancelActivity, completeWorkflow } from "../steps/commands.ts";
import { payloads } from "../steps/payload.ts";
import {
  clientIdentity,
  describeWorkflow,
  readHistory,
  signalWorkflow,
  startWorkflow,
  terminateWorkflow,
} from "../steps/workflow.ts";
import { doTask } from "../steps/workflow-task.ts";
import type { Plain } from "../wire-format.ts";

type Operation = "PauseActivity" | "UnpauseActivity" | "ResetActivity" | "UpdateActivityOptions";

const operations: readonly Operation[] = ["PauseActivity", "UnpauseActivity", "ResetActivity", "UpdateActivityOptions"];

/** The operation on activity `activity`, or on what `fields` name. */
async function operate(
  t: Conversation,
  operation: Operation,
  fields: Plain = {},
  options: RecordOptions = {},
): Promise<Plain> {
  const { id, type, unpauseAll, matchAll, ...rest } = fields;
  const named = [id, type, unpauseAll, matchAll].some((given) => given !== undefined);
  const activity = named ? { id, type, unpauseAll, matchAll } : { id: "activity" };
  const request = {
    namespace: t.namespace,
    execution: { workflowId: t.id("workflow") },
    identity: clientIdentity,
    ...activity,
    ...rest,
  };
  for (const [field, value] of Object.entries(request)) if (value === undefined) delete (request as Plain)[field];
  return await t.call(operation, request, options);
}

async function runWithActivity(t: Conversation, fields: Plain = {}): Promise<Plain> {
  const started = await startWorkflow(t);
  await doTask(t, [activityCommand(t, fields)]);
  return started;
}

/** What the activity looks like now; when `settled` is given, once it does. */
async function look(t: Conversation, note: string): Promise<void> {
  await describeWorkflow(t, {}, { note });
}

async function lookWhen(t: Conversation, note: string, wanted: (activity: Plain) => boolean): Promise<void> {
  await t.callWhen(
    "DescribeWorkflowExecution",
    { namespace: t.namespace, execution: { workflowId: t.id("workflow") } },
    (reply) => ((reply.pendingActivities ?? []) as Plain[]).some(wanted),
    { note },
  );
}

const quickRetries = { initialInterval: "0.3s", backoffCoefficient: 1, maximumInterval: "0.3s" };
const slowRetries = { initialInterval: "600s", backoffCoefficient: 1, maximumInterval: "600s" };

const faults = operations.map((operation) =>
  scenario(`activity-operations/${operation} with faults`, async (t) => {
    await runWithActivity(t);
    const options =
      operation === "UpdateActivityOptions"
        ? { activityOptions: { startToCloseTimeout: "9s" }, updateMask: { paths: ["start_to_close_timeout"] } }
        : {};
    const refuse = async (note: string, fields: Plain): Promise<void> => {
      await operate(t, operation, { ...options, ...fields }, { note });
    };
    await refuse("no namespace", { namespace: "" });
    await refuse("unknown namespace", { namespace: "nowhere" });
    await refuse("no execution", { execution: undefined });
    await refuse("no workflow id", { execution: { workflowId: "" } });
    await refuse("a bad run id", { execution: { workflowId: t.id("workflow"), runId: "x" } });
    await refuse("an unknown workflow", { execution: { workflowId: t.id("unknown") } });
    await refuse("an empty activity id", { id: "" });
    await refuse("an unknown activity id", { id: "unknown" });
    await refuse("an empty type", { type: "" });
    await refuse("an unknown type", { type: "unknown" });
    await t.call(
      operation,
      { namespace: t.namespace, execution: { workflowId: t.id("workflow") }, ...options },
      { note: "no activity" },
    );
    await look(t, "afterwards");
    await terminateWorkflow(t);
    await refuse("of a closed workflow", {});
  }),
);

const pauses: Scenario[] = [
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

const resets: Scenario[] = [
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

const updates: Scenario[] = [
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

export const activityOperations: readonly Scenario[] = [...faults, ...pauses, ...resets, ...updates];
