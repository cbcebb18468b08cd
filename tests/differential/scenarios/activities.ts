/** Activities: time-outs, retries, heartbeats, cancellation, the by-id variants. */
import type { Conversation } from "../conversation.ts";
import { scenario } from "../scenario.ts";
import type { Scenario } from "../scenario.ts";
import { otherNamespace } from "../settings.ts";
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
import { applicationFailure, cancelActivity, completeWorkflow, recordMarker } from "../steps/commands.ts";
import { payload, payloadOfSize, payloads } from "../steps/payload.ts";
import {
  cancelRequest,
  describeWorkflow,
  readHistory,
  signalWorkflow,
  startWorkflow,
  terminateWorkflow,
} from "../steps/workflow.ts";
import { completeTask, doTask, pollWorkflowTask } from "../steps/workflow-task.ts";
import type { Plain } from "../wire-format.ts";

const once = { maximumAttempts: 1 };

/** Starts a workflow whose first task schedules the activity. */
async function schedule(t: Conversation, fields: Plain = {}, start: Plain = {}): Promise<void> {
  await startWorkflow(t, start);
  await doTask(t, [activityCommand(t, fields)]);
}

async function finish(t: Conversation): Promise<void> {
  await doTask(t, [completeWorkflow()]);
  await readHistory(t);
}

export const activities: Scenario[] = [
  scenario("activities/timeouts and retry policies are normalised", async (t) => {
    const cases: Record<string, Plain> = {
      "start to close alone": { startToCloseTimeout: "10s" },
      "schedule to close alone": { startToCloseTimeout: undefined, scheduleToCloseTimeout: "10s" },
      "start to close beyond schedule to close": { startToCloseTimeout: "20s", scheduleToCloseTimeout: "10s" },
      "schedule to start beyond schedule to close": { scheduleToStartTimeout: "20s", scheduleToCloseTimeout: "10s" },
      "schedule to start within": { scheduleToStartTimeout: "5s", scheduleToCloseTimeout: "10s" },
      "heartbeat beyond start to close": { startToCloseTimeout: "10s", heartbeatTimeout: "20s" },
      "heartbeat within": { startToCloseTimeout: "10s", heartbeatTimeout: "5s" },
      "beyond the run timeout": {
        startToCloseTimeout: "1000s",
        scheduleToCloseTimeout: "1000s",
        scheduleToStartTimeout: "1000s",
        heartbeatTimeout: "1000s",
      },
      "start to close beyond the run timeout": { startToCloseTimeout: "1000s" },
      "empty retry policy": { retryPolicy: {} },
      "retry policy with an initial interval": { retryPolicy: { initialInterval: "3s" } },
      "no attempt but the first": { retryPolicy: { maximumAttempts: 1 } },
      "coefficient of one": { retryPolicy: { backoffCoefficient: 1 } },
      "no task queue name": { taskQueue: { name: "" } },
      priority: { priority: { priorityKey: 2, fairnessKey: "f" } },
      "own header": { header: { fields: { trace: payload("context") } } },
    };
    await startWorkflow(t, { workflowRunTimeout: "100s" });
    const task = await pollWorkflowTask(t);
    const commands = Object.entries(cases).map(([name, fields]) => activityCommand(t, { activityId: name, ...fields }));
    await completeTask(t, task, commands);
    await readHistory(t);
    await describeWorkflow(t);
  }),

  scenario("activities/inherit the priority of their workflow", async (t) => {
    await startWorkflow(t, { priority: { priorityKey: 1, fairnessKey: "tenant", fairnessWeight: 2 } });
    await doTask(t, [
      activityCommand(t, { activityId: "own", priority: { priorityKey: 5 } }),
      activityCommand(t, { activityId: "inherited", taskQueue: { name: t.id("second") } }),
    ]);
    await pollActivityTask(t);
    await pollActivityTask(t, { queue: "second" });
    await readHistory(t);
    await describeWorkflow(t);
  }),

  scenario("activities/completed", async (t) => {
    await schedule(t);
    await describeWorkflow(t);
    const task = await pollActivityTask(t);
    await describeWorkflow(t);
    await readHistory(t, { note: "no started event while the activity runs" });
    await completeActivity(t, task);
    await completeActivity(t, task, {}, { note: "twice" });
    await failActivity(t, task, {}, { note: "fail after complete" });
    await cancelActivityTask(t, task, {}, { note: "canceled after complete" });
    await heartbeat(t, task, {}, { note: "heartbeat after complete" });
    await describeWorkflow(t);
    await finish(t);
  }),

  scenario("activities/tokens that do not fit", async (t) => {
    for (const method of [
      "RespondActivityTaskCompleted",
      "RespondActivityTaskFailed",
      "RespondActivityTaskCanceled",
      "RecordActivityTaskHeartbeat",
    ]) {
      await t.call(method, { namespace: t.namespace });
      await t.call(method, { namespace: t.namespace, taskToken: "nonsense" });
    }
    await schedule(t);
    const task = await pollActivityTask(t);
    await completeActivity(t, task, { namespace: otherNamespace });
    await completeActivity(t, task, { namespace: "no-such-namespace" });
    await completeActivity(t, task, { identity: "x".repeat(1001) });
    await heartbeat(t, task, { namespace: "" });
    await completeActivity(t, task, { namespace: "" });
    await readHistory(t);
  }),

  scenario("activities/responses after the workflow closed", async (t) => {
    await schedule(t);
    const task = await pollActivityTask(t);
    await terminateWorkflow(t);
    await heartbeat(t, task);
    await completeActivity(t, task);
    await failActivity(t, task);
    await cancelActivityTask(t, task);
    await t.call("RespondActivityTaskCompletedById", byId(t));
    await t.call("RecordActivityTaskHeartbeatById", byId(t));
  }),

  scenario("activities/failed without retry", async (t) => {
    await schedule(t, { retryPolicy: once });
    await failActivity(t, await pollActivityTask(t));
    await finish(t);
  }),

  scenario("activities/failed with nothing in the failure", async (t) => {
    await schedule(t, { retryPolicy: once });
    await failActivity(t, await pollActivityTask(t), { failure: undefined });
    await finish(t);
  }),

  scenario("activities/retried until attempts are used up", async (t) => {
    await schedule(t, { retryPolicy: { initialInterval: "1s", backoffCoefficient: 1, maximumAttempts: 3 } });
    await failActivity(t, await pollActivityTask(t), { failure: applicationFailure("first") });
    await describeWorkflow(t);
    await failActivity(t, await pollActivityTask(t), { failure: applicationFailure("second") });
    await readHistory(t, { note: "retries leave no events" });
    await failActivity(t, await pollActivityTask(t, { note: "the last attempt" }), {
      failure: applicationFailure("third"),
    });
    await finish(t);
  }),

  scenario("activities/completed at the second attempt", async (t) => {
    await schedule(t, { retryPolicy: { initialInterval: "0.2s" } });
    await failActivity(t, await pollActivityTask(t), {
      failure: applicationFailure("first"),
      lastHeartbeatDetails: payloads("at 7"),
    });
    const second = await pollActivityTask(t);
    await describeWorkflow(t);
    await completeActivity(t, second);
    await finish(t);
  }),

  scenario("activities/failures that are not retried", async (t) => {
    const policy = { initialInterval: "0.2s", nonRetryableErrorTypes: ["Fatal"] };
    const cases: Record<string, Plain> = {
      "non-retryable flag": applicationFailure("a", { nonRetryable: true }),
      "non-retryable type": applicationFailure("b", { type: "Fatal" }),
      "canceled failure": { message: "c", canceledFailureInfo: {} },
      "terminated failure": { message: "d", terminatedFailureInfo: {} },
      "non-retryable server failure": { message: "e", serverFailureInfo: { nonRetryable: true } },
    };
    await startWorkflow(t);
    await doTask(
      t,
      Object.keys(cases).map((activityId) =>
        activityCommand(t, { activityId, retryPolicy: policy, taskQueue: { name: t.id(activityId) } }),
      ),
    );
    for (const [queue, failure] of Object.entries(cases)) {
      await failActivity(t, await pollActivityTask(t, { queue }), { failure }, { note: queue });
    }
    await readHistory(t);
  }),

  scenario("activities/failures that are retried", async (t) => {
    const cases: Record<string, Plain> = {
      "application failure": applicationFailure("a"),
      "server failure": { message: "b", serverFailureInfo: {} },
      "timeout failure": { message: "c", timeoutFailureInfo: { timeoutType: "START_TO_CLOSE" } },
      "plain failure": { message: "d" },
    };
    await startWorkflow(t);
    await doTask(
      t,
      Object.keys(cases).map((activityId) =>
        activityCommand(t, {
          activityId,
          retryPolicy: { initialInterval: "60s" },
          taskQueue: { name: t.id(activityId) },
        }),
      ),
    );
    for (const [queue, failure] of Object.entries(cases)) {
      await failActivity(t, await pollActivityTask(t, { queue }), { failure }, { note: queue });
    }
    await describeWorkflow(t);
    await readHistory(t);
  }),

  scenario("activities/next retry delay from the failure", async (t) => {
    await schedule(t, { retryPolicy: { initialInterval: "100s", maximumInterval: "100s" } });
    await failActivity(t, await pollActivityTask(t), {
      failure: applicationFailure("soon", { nextRetryDelay: "0.1s" }),
    });
    await completeActivity(t, await pollActivityTask(t));
    await finish(t);
  }),

  scenario("activities/retry that would come after schedule to close", async (t) => {
    await schedule(t, { scheduleToCloseTimeout: "5s", retryPolicy: { initialInterval: "10s" } });
    await failActivity(t, await pollActivityTask(t));
    await finish(t);
  }),

  scenario("activities/schedule to start timeout", async (t) => {
    await schedule(t, { scheduleToStartTimeout: "1s" });
    await doTask(t, [completeWorkflow()]);
    await readHistory(t);
  }),

  scenario("activities/schedule to close timeout before the start", async (t) => {
    await schedule(t, { startToCloseTimeout: undefined, scheduleToCloseTimeout: "1s" });
    await finish(t);
  }),

  scenario("activities/schedule to close timeout while started", async (t) => {
    await schedule(t, { startToCloseTimeout: undefined, scheduleToCloseTimeout: "1s" });
    const task = await pollActivityTask(t);
    await heartbeat(t, task, { details: payloads("half way") });
    await doTask(t, [completeWorkflow()]);
    await completeActivity(t, task);
    await readHistory(t);
  }),

  scenario("activities/start to close timeout without retry", async (t) => {
    await schedule(t, { startToCloseTimeout: "1s", retryPolicy: once });
    const task = await pollActivityTask(t);
    await heartbeat(t, task, { details: payloads("half way") });
    await finish(t);
  }),

  scenario("activities/start to close timeout with retry", async (t) => {
    await schedule(t, { startToCloseTimeout: "2s", retryPolicy: { initialInterval: "0.1s" } });
    const first = await pollActivityTask(t);
    await heartbeat(t, first, { details: payloads("half way") });
    const second = await pollActivityTask(t, { note: "carries the heartbeat of the first attempt" });
    await describeWorkflow(t);
    await completeActivity(t, first, {}, { note: "the first attempt is over" });
    await completeActivity(t, second);
    await finish(t);
  }),

  scenario("activities/start to close timeout with no time left to retry", async (t) => {
    await schedule(t, {
      startToCloseTimeout: "1s",
      scheduleToCloseTimeout: "3s",
      retryPolicy: { initialInterval: "10s" },
    });
    await pollActivityTask(t);
    await finish(t);
  }),

  scenario("activities/heartbeat timeout", async (t) => {
    await schedule(t, { heartbeatTimeout: "1s", retryPolicy: once });
    const task = await pollActivityTask(t);
    await heartbeat(t, task, { details: payloads("alive") });
    await finish(t);
  }),

  scenario("activities/timeout types that are not retried", async (t) => {
    await schedule(t, {
      startToCloseTimeout: "1s",
      retryPolicy: { initialInterval: "0.1s", nonRetryableErrorTypes: ["TemporalTimeout:StartToClose"] },
    });
    await pollActivityTask(t);
    await finish(t);
  }),

  scenario("activities/canceled before the start", async (t) => {
    await schedule(t);
    await signalWorkflow(t, "wake");
    await doTask(t, [cancelActivity(5)]);
    await beginActivityPoll(t, { deadlineMs: 2500, note: "the task of a canceled activity is not given out" }).reply;
    await finish(t);
  }),

  scenario("activities/canceled in the task that scheduled it", async (t) => {
    await startWorkflow(t);
    await doTask(t, [activityCommand(t), cancelActivity(5)]);
    await finish(t);
  }),

  scenario("activities/canceled while started", async (t) => {
    await schedule(t);
    const task = await pollActivityTask(t);
    await heartbeat(t, task);
    await cancelActivityTask(t, task, {}, { note: "nobody asked" });
    await signalWorkflow(t, "wake");
    await doTask(t, [cancelActivity(5)]);
    await describeWorkflow(t);
    await heartbeat(t, task, {}, { note: "learns of it" });
    await cancelActivityTask(t, task);
    await finish(t);
  }),

  scenario("activities/cancel requested twice", async (t) => {
    await schedule(t);
    await pollActivityTask(t);
    await signalWorkflow(t, "wake");
    await doTask(t, [cancelActivity(5)]);
    await signalWorkflow(t, "wake-again");
    const task = await pollWorkflowTask(t);
    await completeTask(t, task, [cancelActivity(5)]);
    await readHistory(t);
  }),

  scenario("activities/completed although canceled", async (t) => {
    await schedule(t);
    const task = await pollActivityTask(t);
    await signalWorkflow(t, "wake");
    await doTask(t, [cancelActivity(5)]);
    await completeActivity(t, task);
    await finish(t);
  }),

  scenario("activities/failed after a cancel request is not retried", async (t) => {
    await schedule(t);
    const task = await pollActivityTask(t);
    await signalWorkflow(t, "wake");
    await doTask(t, [cancelActivity(5)]);
    await failActivity(t, task);
    await finish(t);
  }),

  scenario("activities/canceled before the start by the task that closes the workflow", async (t) => {
    await startWorkflow(t);
    await doTask(t, [activityCommand(t)]);
    await signalWorkflow(t, "signal");
    await doTask(t, [cancelActivity(5), completeWorkflow()]);
    await readHistory(t);
  }),

  scenario("activities/canceled between attempts", async (t) => {
    await schedule(t, { retryPolicy: { initialInterval: "100s" } });
    await failActivity(t, await pollActivityTask(t));
    await signalWorkflow(t, "wake");
    await doTask(t, [cancelActivity(5)]);
    await finish(t);
  }),

  scenario("activities/cancel of one whose result is buffered", async (t) => {
    await schedule(t);
    const activity = await pollActivityTask(t);
    await signalWorkflow(t, "wake");
    const task = await pollWorkflowTask(t);
    await completeActivity(t, activity);
    await completeTask(t, task, [cancelActivity(5)]);
    await finish(t);
  }),

  scenario("activities/by id", async (t) => {
    await startWorkflow(t);
    const ids = ["complete", "fail", "cancel", "beat"];
    await doTask(
      t,
      ids.map((activityId) =>
        activityCommand(t, { activityId, taskQueue: { name: t.id(activityId) }, retryPolicy: once }),
      ),
    );
    for (const queue of ids) await pollActivityTask(t, { queue });
    await t.call("RecordActivityTaskHeartbeatById", byId(t, { activityId: "beat", details: payloads("alive") }));
    await t.call("RespondActivityTaskCompletedById", byId(t, { activityId: "complete", result: payloads("done") }));
    await t.call("RespondActivityTaskCompletedById", byId(t, { activityId: "complete" }), { note: "twice" });
    await t.call(
      "RespondActivityTaskFailedById",
      byId(t, { activityId: "fail", failure: applicationFailure("by id") }),
    );
    await t.call("RespondActivityTaskCanceledById", byId(t, { activityId: "cancel" }), { note: "nobody asked" });
    await t.call(
      "RespondActivityTaskCompletedById",
      byId(t, { activityId: "beat", runId: "11111111-1111-4111-8111-111111111111" }),
    );
    await readHistory(t);
    await describeWorkflow(t);
  }),

  scenario("activities/by id, what does not exist", async (t) => {
    const methods = [
      "RespondActivityTaskCompletedById",
      "RespondActivityTaskFailedById",
      "RespondActivityTaskCanceledById",
      "RecordActivityTaskHeartbeatById",
    ];
    await schedule(t, { activityId: "scheduled" });
    for (const method of methods) {
      await t.call(method, byId(t, { activityId: "unknown" }), { note: "unknown activity" });
      await t.call(method, byId(t, { workflowId: t.id("unknown") }), { note: "unknown workflow" });
      await t.call(method, byId(t, { activityId: "" }), { note: "no activity id" });
      await t.call(method, byId(t, { runId: "nonsense" }), { note: "bad run id" });
      await t.call(method, byId(t, { namespace: "" }), { note: "no namespace" });
      await t.call(method, byId(t, { namespace: "no-such-namespace" }), { note: "unknown namespace" });
      await t.call(method, byId(t, { activityId: "scheduled" }), { note: "not started yet" });
    }
    await readHistory(t);
  }),

  scenario("activities/an id is free again after the activity closed", async (t) => {
    await schedule(t);
    await completeActivity(t, await pollActivityTask(t));
    await doTask(t, [activityCommand(t)]);
    await completeActivity(t, await pollActivityTask(t));
    await finish(t);
  }),

  scenario("activities/results and failures beyond the limit", async (t) => {
    await startWorkflow(t);
    const ids = ["result", "failure", "details", "beat"];
    await doTask(
      t,
      ids.map((activityId) => activityCommand(t, { activityId, taskQueue: { name: t.id(activityId) } })),
    );
    const tooLarge = { payloads: [payloadOfSize(2 * 1024 * 1024 + 1)] };
    await completeActivity(t, await pollActivityTask(t, { queue: "result" }), { result: tooLarge });
    await failActivity(t, await pollActivityTask(t, { queue: "failure" }), {
      failure: applicationFailure("x", { details: tooLarge }),
    });
    await cancelActivityTask(t, await pollActivityTask(t, { queue: "details" }), { details: tooLarge });
    const beat = await pollActivityTask(t, { queue: "beat" });
    await heartbeat(t, beat, { details: tooLarge });
    await heartbeat(t, beat, {}, { note: "the activity has failed" });
    await describeWorkflow(t);
    await readHistory(t);
  }),

  scenario("activities/a long failure is cut while it waits for its retry", async (t) => {
    await schedule(t, { retryPolicy: { initialInterval: "100s" } });
    await failActivity(t, await pollActivityTask(t), {
      failure: applicationFailure("long ".repeat(2000), { details: payloads("y".repeat(3000)) }),
    });
    await describeWorkflow(t);
  }),

  scenario("activities/eager", async (t) => {
    await startWorkflow(t);
    const task = await pollWorkflowTask(t);
    const { activityTasks } = await completeTask(t, task, [
      activityCommand(t, { activityId: "eager", requestEagerExecution: true }),
      activityCommand(t, { activityId: "elsewhere", requestEagerExecution: true, taskQueue: { name: t.id("other") } }),
      activityCommand(t, { activityId: "ordinary", taskQueue: { name: t.id("ordinary") } }),
    ]);
    await describeWorkflow(t);
    for (const activity of (activityTasks ?? []) as Plain[]) await completeActivity(t, activity);
    await finish(t);
  }),

  scenario("activities/eager with a close in the same task", async (t) => {
    await startWorkflow(t);
    const task = await pollWorkflowTask(t);
    await completeTask(t, task, [
      activityCommand(t, { requestEagerExecution: true }),
      recordMarker({ markerName: "m" }),
      completeWorkflow(),
    ]);
    await readHistory(t);
  }),

  scenario("activities/canceled with the workflow", async (t) => {
    await schedule(t);
    const task = await pollActivityTask(t);
    await cancelRequest(t);
    await doTask(t, [cancelActivity(5)]);
    await heartbeat(t, task);
    await cancelActivityTask(t, task, { details: undefined });
    await finish(t);
  }),
];
