/** UpdateTaskQueueConfig and what DescribeTaskQueue tells of it: rate limits of queues and fairness keys, weights. */
import type { Conversation, RecordOptions } from "../conversation.ts";
import { scenario } from "../scenario.ts";
import type { Scenario } from "../scenario.ts";
import { activityCommand, activityWorkerIdentity, beginActivityPoll } from "../steps/activity.ts";
import { startWorkflow } from "../steps/workflow.ts";
import { beginWorkflowTaskPoll, doTask, stickyPoll } from "../steps/workflow-task.ts";
import type { Plain } from "../wire-format.ts";

const statistics = [
  "taskIdBlock",
  "approximateBacklogAge",
  "tasksAddRate",
  "tasksDispatchRate",
  "readLevel",
  "ackLevel",
];

async function configure(t: Conversation, fields: Plain, options: RecordOptions = {}): Promise<Plain> {
  const request = {
    namespace: t.namespace,
    identity: "operator@test",
    taskQueue: t.id("queue"),
    taskQueueType: "ACTIVITY",
    ...fields,
  };
  return await t.call("UpdateTaskQueueConfig", request, options);
}

function rate(requestsPerSecond: number, reason = "a reason"): Plain {
  return { rateLimit: { requestsPerSecond }, reason };
}

/** In which order the tasks of one completion come is chance on the recorded server. */
async function silentPoll(t: Conversation): Promise<void> {
  const request = { namespace: t.namespace, taskQueue: { name: t.id("queue") }, identity: activityWorkerIdentity };
  const task = await t.silently("PollActivityTaskQueue", request);
  if (task.taskToken === undefined) throw new Error(`no activity task: ${JSON.stringify(task)}`);
}

async function describe(t: Conversation, fields: Plain = {}, options: RecordOptions = {}): Promise<Plain> {
  const request = { namespace: t.namespace, taskQueue: { name: t.id("queue") }, taskQueueType: "ACTIVITY", ...fields };
  return await t.call("DescribeTaskQueue", request, options);
}

const updates: Scenario[] = [
  scenario("queue settings/whom to update", async (t) => {
    const update = async (note: string, fields: Plain): Promise<void> => {
      await configure(t, { updateQueueRateLimit: rate(10), ...fields }, { note });
    };
    await update("no namespace", { namespace: "" });
    await update("unknown namespace", { namespace: "no-such-namespace" });
    await update("a reserved name", { taskQueue: "/_sys/queue/1" });
    await update("workflows", { taskQueueType: "WORKFLOW" });
    await update("Nexus", { taskQueueType: "NEXUS" });
  }),

  scenario("queue settings/bad rates", async (t) => {
    const update = async (note: string, fields: Plain): Promise<void> => {
      await configure(t, fields, { note });
    };
    await update("negative", { updateQueueRateLimit: rate(-1) });
    await update("negative for keys", { updateFairnessKeyRateLimitDefault: rate(-0.5) });
    await update("infinite", { updateQueueRateLimit: rate(Number.POSITIVE_INFINITY) });
    await update("reason too long", { updateQueueRateLimit: rate(10, "x".repeat(1001)) });
    await update("reason too long for keys", { updateFairnessKeyRateLimitDefault: rate(10, "x".repeat(1001)) });
    await update("reason too long of an unset limit", { updateQueueRateLimit: { reason: "x".repeat(1001) } });
    await update("identity too long", { updateQueueRateLimit: rate(10), identity: "x".repeat(1001) });
  }),

  scenario("queue settings/bad weights", async (t) => {
    const set = async (note: string, weights: Record<string, number>, fields: Plain = {}): Promise<void> => {
      await configure(t, { setFairnessWeightOverrides: weights, ...fields }, { note });
    };
    await set("zero", { key: 0 });
    await set("negative", { key: -1 });
    await set("small", { key: 0.000_001 });
    await set("large", { key: 1_000_000 });
    await set("a long key", { ["k".repeat(65)]: 1 });
    await set("the empty key", { "": 2 });
    await set("set and unset", { key: 1 }, { unsetFairnessWeightOverrides: ["key"] });
    await configure(t, { unsetFairnessWeightOverrides: ["k".repeat(65)] }, { note: "unset a long key" });
    await configure(t, { unsetFairnessWeightOverrides: ["unknown"] }, { note: "unset an unknown key" });
  }),

  scenario("queue settings/as many weights as may be", async (t) => {
    const weights = (count: number, prefix: string): Record<string, number> =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`${prefix}${i}`, 2]));
    await configure(t, { setFairnessWeightOverrides: weights(1001, "many") }, { note: "one too many" });
    await configure(t, { setFairnessWeightOverrides: weights(3, "few") });
    await configure(t, { setFairnessWeightOverrides: weights(998, "many") }, { note: "one too many in all" });
  }),

  scenario("queue settings/rate of a queue", async (t) => {
    await describe(t, { reportConfig: true }, { note: "before" });
    await configure(t, { updateQueueRateLimit: rate(12.5, "the database is slow") });
    await describe(t, { reportConfig: true });
    await describe(t, {}, { note: "without the configuration" });
    await configure(t, { updateQueueRateLimit: rate(20, "it is faster now"), identity: "another@test" });
    await describe(t, { reportConfig: true });
  }),

  scenario("queue settings/rate of a queue taken back", async (t) => {
    await configure(t, { updateQueueRateLimit: rate(12.5) });
    await configure(t, { updateQueueRateLimit: { reason: "no more" } });
    await describe(t, { reportConfig: true });
    await configure(t, { updateQueueRateLimit: { reason: "again" } }, { note: "nothing to take back" });
    await configure(t, { updateFairnessKeyRateLimitDefault: {} }, { note: "neither here" });
    await describe(t, { reportConfig: true });
  }),

  scenario("queue settings/rate of zero", async (t) => {
    await configure(t, { updateQueueRateLimit: rate(0) });
    await describe(t, { reportConfig: true });
  }),

  scenario("queue settings/rate of keys", async (t) => {
    await configure(t, { updateFairnessKeyRateLimitDefault: rate(3, "be fair") });
    await describe(t, { reportConfig: true });
    await configure(t, { updateFairnessKeyRateLimitDefault: { reason: "enough" } });
    await describe(t, { reportConfig: true });
  }),

  scenario("queue settings/both rates at once", async (t) => {
    await configure(t, { updateQueueRateLimit: rate(30, "one"), updateFairnessKeyRateLimitDefault: rate(3, "two") });
    await configure(t, { updateQueueRateLimit: { reason: "gone" } });
    await describe(t, { reportConfig: true });
  }),

  scenario("queue settings/weights", async (t) => {
    await configure(t, { setFairnessWeightOverrides: { gold: 5, silver: 2.5 } });
    await describe(t, { reportConfig: true });
    await configure(t, { setFairnessWeightOverrides: { gold: 4, bronze: 0.5 } }, { note: "changed and added" });
    await configure(t, { setFairnessWeightOverrides: { tin: 1 }, unsetFairnessWeightOverrides: ["silver", "unknown"] });
    await describe(t, { reportConfig: true });
    await configure(t, { unsetFairnessWeightOverrides: ["gold", "bronze", "tin"] }, { note: "all gone" });
    await describe(t, { reportConfig: true });
  }),

  scenario("queue settings/weights and a rate", async (t) => {
    await configure(t, { setFairnessWeightOverrides: { gold: 5 }, updateQueueRateLimit: rate(7) });
    await describe(t, { reportConfig: true });
    await configure(t, { updateQueueRateLimit: {} });
    await describe(t, { reportConfig: true });
  }),

  scenario("queue settings/nothing to update", async (t) => {
    await configure(t, {}, { note: "of a queue without settings" });
    await configure(t, { updateQueueRateLimit: rate(10) });
    await configure(t, {});
    await configure(t, { identity: "" });
  }),

  scenario("queue settings/of workflow tasks", async (t) => {
    await configure(t, { taskQueueType: "WORKFLOW", setFairnessWeightOverrides: { gold: 5 } });
    await configure(t, { taskQueueType: "WORKFLOW", updateFairnessKeyRateLimitDefault: rate(10) });
    await configure(t, { taskQueueType: "WORKFLOW", updateQueueRateLimit: {} });
    await describe(t, { taskQueueType: "WORKFLOW", reportConfig: true });
    await describe(t, { reportConfig: true }, { note: "activities have settings of their own" });
  }),

  scenario("queue settings/a queue is one of a namespace", async (t) => {
    await configure(t, { updateQueueRateLimit: rate(10) });
    await describe(t, { reportConfig: true, namespace: "other" });
    await configure(t, { updateQueueRateLimit: rate(11), namespace: "other" });
    await describe(t, { reportConfig: true });
    await describe(t, { reportConfig: true, namespace: "other" });
  }),

  scenario("queue settings/a worker's rate and the queue's", async (t) => {
    const poll = async (value: number): Promise<void> => {
      await beginActivityPoll(t, { deadlineMs: 2500, fields: { taskQueueMetadata: { maxTasksPerSecond: { value } } } })
        .reply;
    };
    await poll(100);
    await describe(t, { reportConfig: true });
    await configure(t, { updateQueueRateLimit: rate(10) });
    await describe(t, { reportConfig: true }, { note: "the queue's goes first" });
    await poll(50);
    await describe(t);
    await configure(t, { updateQueueRateLimit: {} });
    await describe(t, {}, { note: "the worker's again" });
    await poll(70);
    await describe(t, {}, { note: "the last worker's" });
  }),

  scenario("queue settings/a worker's rate for workflow tasks", async (t) => {
    await t.call(
      "PollWorkflowTaskQueue",
      { namespace: t.namespace, taskQueue: { name: t.id("queue") } },
      { deadlineMs: 2500 },
    );
    await describe(t, { taskQueueType: "WORKFLOW", reportConfig: true });
  }),
];

const limits: Scenario[] = [
  scenario(
    "queue settings/a rate holds tasks back",
    async (t) => {
      await configure(t, { updateQueueRateLimit: rate(2) });
      await startWorkflow(t);
      await doTask(
        t,
        Array.from({ length: 8 }, (_, i) => activityCommand(t, { activityId: `${i}` })),
      );
      const startedAt = performance.now();
      for (let i = 0; i < 8; i++) await silentPoll(t);
      const tookMs = performance.now() - startedAt;
      if (tookMs < 1500 || tookMs > 6000) throw new Error(`eight tasks at two a second took ${tookMs} ms`);
    },
    { slow: true },
  ),

  scenario("queue settings/at zero nothing is handed out", async (t) => {
    t.mask(...statistics);
    await configure(t, { updateQueueRateLimit: rate(0) });
    await startWorkflow(t);
    await doTask(t, [activityCommand(t)]);
    await beginActivityPoll(t, { deadlineMs: 3000 }).reply;
    await describe(t, { reportStats: true });
    const poll = beginActivityPoll(t);
    await configure(t, { updateQueueRateLimit: {} }, { note: "goes on at once" });
    await poll.reply;
  }),

  scenario("queue settings/a worker's rate of zero", async (t) => {
    t.mask(...statistics);
    await startWorkflow(t);
    await doTask(t, [activityCommand(t)]);
    const fields = { taskQueueMetadata: { maxTasksPerSecond: { value: 0 } } };
    await beginActivityPoll(t, { deadlineMs: 3000, fields }).reply;
    await describe(t);
    await beginActivityPoll(t, { fields: { taskQueueMetadata: { maxTasksPerSecond: { value: 1000 } } } }).reply;
  }),
];

const described: Scenario[] = [
  scenario("queue settings/statistics by priority", async (t) => {
    t.mask(...statistics);
    await startWorkflow(t);
    await doTask(
      t,
      [1, 1, 3, 5, 0].map((priorityKey, i) => activityCommand(t, { activityId: `${i}`, priority: { priorityKey } })),
    );
    const request: Plain = {
      namespace: t.namespace,
      taskQueue: { name: t.id("queue") },
      taskQueueType: "ACTIVITY",
      reportStats: true,
    };
    await t.callWhen("DescribeTaskQueue", request, (reply) => reply.stats?.approximateBacklogCount === "5");
    for (let i = 0; i < 2; i++) await silentPoll(t);
    await t.callWhen("DescribeTaskQueue", request, (reply) => reply.stats?.approximateBacklogCount === "3");
    for (let i = 0; i < 3; i++) await silentPoll(t);
    await t.callWhen("DescribeTaskQueue", request, (reply) => (reply.stats?.approximateBacklogCount ?? "0") === "0");
  }),

  scenario("queue settings/statistics of a sticky queue", async (t) => {
    t.mask(...statistics);
    await beginWorkflowTaskPoll(t, { deadlineMs: 2500, ...stickyPoll(t) }).reply;
    const queue = { name: t.id("sticky"), kind: "STICKY", normalName: t.id("queue") };
    await describe(t, { taskQueue: queue, taskQueueType: "WORKFLOW", reportStats: true });
    await describe(t, { taskQueue: queue, taskQueueType: "WORKFLOW", reportConfig: true });
  }),

  scenario("queue settings/statistics of Nexus tasks", async (t) => {
    t.mask(...statistics);
    await describe(t, { taskQueueType: "NEXUS", reportStats: true, reportConfig: true });
    await describe(t, { taskQueueType: 17 }, { note: "no such type" });
  }),

  scenario("queue settings/enhanced description", async (t) => {
    t.mask(...statistics);
    await startWorkflow(t);
    await doTask(t, [activityCommand(t)]);
    const request: Plain = {
      namespace: t.namespace,
      taskQueue: { name: t.id("queue") },
      apiMode: "ENHANCED",
      reportStats: true,
      reportPollers: true,
    };
    const isThere = (reply: Plain): boolean =>
      reply.versionsInfo?.[""]?.typesInfo?.["2"]?.stats?.approximateBacklogCount === "1";
    await t.callWhen("DescribeTaskQueue", request, isThere);
    await t.call("DescribeTaskQueue", { ...request, taskQueueTypes: ["ACTIVITY"] }, { note: "one type" });
    await t.call(
      "DescribeTaskQueue",
      { ...request, reportStats: false, reportPollers: false },
      { note: "nothing asked" },
    );
    await t.call("DescribeTaskQueue", { ...request, reportPollers: false, taskQueueTypes: ["WORKFLOW", "ACTIVITY"] });
    await t.call("DescribeTaskQueue", { ...request, taskQueueTypes: ["NEXUS"] });
    await t.call("DescribeTaskQueue", { ...request, versions: { unversioned: true } }, { note: "unversioned" });
    await t.call("DescribeTaskQueue", { ...request, versions: { allActive: true } }, { note: "all active" });
  }),

  scenario("queue settings/enhanced description refused", async (t) => {
    const request: Plain = { namespace: t.namespace, apiMode: "ENHANCED" };
    await t.call("DescribeTaskQueue", {
      ...request,
      taskQueue: { name: t.id("sticky"), kind: "STICKY", normalName: t.id("queue") },
    });
    await t.call("DescribeTaskQueue", request, { note: "no queue" });
    await t.call("DescribeTaskQueue", { ...request, taskQueue: { name: "" } });
    await t.call("DescribeTaskQueue", { ...request, apiMode: 17, taskQueue: { name: t.id("queue") } });
  }),
];

export const queueSettings: readonly Scenario[] = [...updates, ...limits, ...described];
