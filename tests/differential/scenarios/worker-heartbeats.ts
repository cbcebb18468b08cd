/** What workers tell of themselves, and what can be asked about them. */
import type { Conversation, RecordOptions } from "../conversation.ts";
import { scenario } from "../scenario.ts";
import type { Scenario } from "../scenario.ts";
import type { Plain } from "../wire-format.ts";

const STARTED = { seconds: 1_790_000_000 };
const HEARD = { seconds: 1_790_000_060 };

function heartbeat(t: Conversation, name: string, fields: Plain = {}): Plain {
  return {
    workerInstanceKey: t.id(name),
    workerIdentity: `${name}@host`,
    hostInfo: { hostName: "host", processId: "17", workerGroupingKey: "group", currentHostCpuUsage: 0.25 },
    taskQueue: t.id("queue"),
    deploymentVersion: { deploymentName: "shop", buildId: "b1" },
    sdkName: "sdk-test",
    sdkVersion: "1.2.3",
    status: "RUNNING",
    startTime: STARTED,
    heartbeatTime: HEARD,
    elapsedSinceLastHeartbeat: "60s",
    workflowTaskSlotsInfo: { currentAvailableSlots: 3, currentUsedSlots: 1, slotSupplierKind: "Fixed" },
    activityPollerInfo: { currentPollers: 2, isAutoscaling: true },
    totalStickyCacheHit: 9,
    plugins: [{ name: "plugin", version: "2" }],
    ...fields,
  };
}

async function record(t: Conversation, heartbeats: readonly Plain[], options: RecordOptions = {}): Promise<Plain> {
  const request = { namespace: t.namespace, identity: "process@test", workerHeartbeat: heartbeats };
  return await t.call("RecordWorkerHeartbeat", request, options);
}

async function describe(t: Conversation, name: string, options: RecordOptions = {}): Promise<Plain> {
  return await t.call("DescribeWorker", { namespace: t.namespace, workerInstanceKey: t.id(name) }, options);
}

async function list(t: Conversation, condition = "", fields: Plain = {}, options: RecordOptions = {}): Promise<Plain> {
  const own = `TaskQueue = "${t.id("queue")}"`;
  const query = condition === "" ? own : `${own} AND ${condition}`;
  return await t.call("ListWorkers", { namespace: t.namespace, query, ...fields }, options);
}

async function count(t: Conversation, condition: string): Promise<void> {
  const query = `TaskQueue = "${t.id("queue")}" AND (${condition})`;
  await t.call("CountWorkers", { namespace: t.namespace, query });
}

const kept: Scenario[] = [
  scenario("worker heartbeats/one worker", async (t) => {
    await record(t, [heartbeat(t, "alpha")]);
    await describe(t, "alpha");
    await list(t);
    await t.call("CountWorkers", { namespace: t.namespace, query: `TaskQueue = "${t.id("queue")}"` });
  }),

  scenario("worker heartbeats/the last one counts", async (t) => {
    await record(t, [heartbeat(t, "alpha")]);
    await record(t, [heartbeat(t, "alpha", { totalStickyCacheHit: 11, status: "SHUTTING_DOWN", sdkVersion: "" })]);
    await describe(t, "alpha");
    await list(t);
  }),

  scenario("worker heartbeats/an older one comes late", async (t) => {
    await record(t, [heartbeat(t, "alpha", { heartbeatTime: { seconds: HEARD.seconds + 100 } })]);
    await record(t, [heartbeat(t, "alpha", { totalStickyCacheHit: 1 })]);
    await describe(t, "alpha");
  }),

  scenario("worker heartbeats/one that says nothing of itself", async (t) => {
    await record(t, [{ workerInstanceKey: t.id("alpha") }]);
    await describe(t, "alpha");
  }),

  scenario("worker heartbeats/validation", async (t) => {
    await record(t, [], { note: "none" });
    await record(t, [{}], { note: "no instance key" });
    await record(t, [{ workerInstanceKey: "x".repeat(1001) }], { note: "a long key" });
    await t.call("RecordWorkerHeartbeat", { workerHeartbeat: [heartbeat(t, "alpha")] }, { note: "no namespace" });
    await t.call("RecordWorkerHeartbeat", { namespace: "no-such-namespace", workerHeartbeat: [heartbeat(t, "alpha")] });
    await t.call("RecordWorkerHeartbeat", {
      namespace: t.namespace,
      identity: "x".repeat(1001),
      workerHeartbeat: [heartbeat(t, "alpha")],
    });
  }),

  scenario("worker heartbeats/unknown workers", async (t) => {
    await record(t, [heartbeat(t, "alpha", { taskQueue: t.id("elsewhere") })]);
    await describe(t, "nobody");
    await t.call("DescribeWorker", { workerInstanceKey: "w" }, { note: "no namespace" });
    await t.call("DescribeWorker", { namespace: "no-such-namespace", workerInstanceKey: "w" });
    await list(t);
    await t.call("CountWorkers", { namespace: t.namespace, query: `TaskQueue = "${t.id("queue")}"` });
  }),

  scenario("worker heartbeats/a worker is one of a namespace", async (t) => {
    await record(t, [heartbeat(t, "alpha")]);
    await list(t, "", { namespace: "other" });
  }),

  scenario("worker heartbeats/with its shutdown", async (t) => {
    await record(t, [heartbeat(t, "alpha"), heartbeat(t, "beta")]);
    await t.call("ShutdownWorker", {
      namespace: t.namespace,
      stickyTaskQueue: t.id("sticky"),
      identity: "alpha@host",
      reason: "stop",
      workerInstanceKey: t.id("alpha"),
      taskQueue: t.id("queue"),
      taskQueueTypes: ["WORKFLOW", "ACTIVITY"],
      workerHeartbeat: heartbeat(t, "alpha", { status: "SHUTDOWN" }),
    });
    await describe(t, "alpha");
    await list(t);
    await list(t, `Status = "Running"`);
  }),

  scenario("worker heartbeats/shutdown of a worker never heard of", async (t) => {
    await t.call("ShutdownWorker", {
      namespace: t.namespace,
      identity: "alpha@host",
      workerInstanceKey: t.id("alpha"),
      workerHeartbeat: heartbeat(t, "alpha", { status: "SHUTTING_DOWN" }),
    });
    await describe(t, "alpha");
    await t.call(
      "ShutdownWorker",
      { namespace: t.namespace, workerInstanceKey: t.id("beta") },
      { note: "no heartbeat" },
    );
    await describe(t, "beta");
  }),

  scenario("worker heartbeats/shutdown with bad input", async (t) => {
    const shutdown = async (note: string, fields: Plain): Promise<void> => {
      await t.call("ShutdownWorker", { namespace: t.namespace, ...fields }, { note });
    };
    await shutdown("no namespace", { namespace: "" });
    await shutdown("a long sticky queue", { stickyTaskQueue: "x".repeat(1001) });
    await shutdown("a long queue", { taskQueue: "x".repeat(1001), workerInstanceKey: t.id("alpha") });
    await shutdown("a long identity", { identity: "x".repeat(1001) });
    await shutdown("a long reason", { reason: "x".repeat(1001) });
    await shutdown("a heartbeat without a key", { workerHeartbeat: {} });
    await shutdown("an unknown type", { taskQueue: t.id("queue"), taskQueueTypes: [17], workerInstanceKey: "w" });
  }),
];

async function recordMany(t: Conversation): Promise<void> {
  await record(t, [
    heartbeat(t, "alpha"),
    heartbeat(t, "beta", {
      workerIdentity: "beta@elsewhere",
      hostInfo: { hostName: "elsewhere", processId: "18" },
      deploymentVersion: { deploymentName: "shop", buildId: "b2" },
      sdkVersion: "1.10.0",
      status: "SHUTTING_DOWN",
      startTime: { seconds: STARTED.seconds + 3600 },
    }),
    heartbeat(t, "gamma", {
      workerIdentity: "gamma@host",
      deploymentVersion: undefined,
      sdkName: "sdk-other",
      status: "SHUTDOWN",
      startTime: { seconds: STARTED.seconds + 7200 },
    }),
  ]);
}

const asked: Scenario[] = [
  scenario("worker heartbeats/pages", async (t) => {
    await recordMany(t);
    const first = await list(t, "", { pageSize: 2 });
    await list(t, "", { pageSize: 2, nextPageToken: first.nextPageToken });
    await list(t, "", { pageSize: 3 }, { note: "as many as there are" });
    await list(t, "", { pageSize: -1 }, { note: "a negative size" });
    await list(t, "", { nextPageToken: "nonsense" }, { note: "a bad token" });
  }),

  scenario("worker heartbeats/asked by each attribute", async (t) => {
    await recordMany(t);
    for (const condition of [
      `WorkerInstanceKey = "${t.id("alpha")}"`,
      `WorkerIdentity = "beta@elsewhere"`,
      `HostName = "host"`,
      `DeploymentName = "shop"`,
      `BuildId = "b2"`,
      `SdkName = "sdk-other"`,
      `SdkVersion = "1.2.3"`,
      `Status = "Running"`,
      `Status = "ShuttingDown"`,
      `StartTime = "2026-09-21T13:53:20Z"`,
      `StartTime > "2026-09-21T14:00:00Z"`,
    ])
      await count(t, condition);
  }),

  scenario("worker heartbeats/asked with each operator", async (t) => {
    await recordMany(t);
    for (const condition of [
      `HostName != "host"`,
      `HostName STARTS_WITH "el"`,
      `HostName NOT STARTS_WITH "el"`,
      `HostName IS NULL`,
      `HostName IS NOT NULL`,
      `StartTime BETWEEN "2026-09-21T14:00:00Z" AND "2026-09-21T15:00:00Z"`,
      `StartTime NOT BETWEEN "2026-09-21T14:00:00Z" AND "2026-09-21T15:00:00Z"`,
      `StartTime <= "2026-09-21T14:53:20Z"`,
      `StartTime < "2026-09-21T14:53:20Z"`,
      `StartTime != "2026-09-21T14:53:20Z"`,
      `StartTime >= "2026-09-21T14:53:20Z"`,
      `StartTime > 1790000000000000000`,
    ])
      await count(t, condition);
  }),

  scenario("worker heartbeats/asked with AND and OR", async (t) => {
    await recordMany(t);
    for (const condition of [
      `HostName = "host" AND SdkName = "sdk-test"`,
      `HostName = "elsewhere" OR SdkName = "sdk-other"`,
      `(HostName = "elsewhere" OR SdkName = "sdk-test") AND Status != "Running"`,
      "`HostName` = 'host'",
      `Status = "running"`,
      `Status = "Sleeping"`,
      `Status STARTS_WITH "Shut"`,
    ])
      await count(t, condition);
  }),

  scenario("worker heartbeats/bad questions", async (t) => {
    const ask = async (query: string): Promise<void> => {
      await t.call("ListWorkers", { namespace: t.namespace, query });
      await t.call("CountWorkers", { namespace: t.namespace, query });
    };
    await ask("HostName =");
    await ask("HostName = 'host");
    await ask(`HostName = "x" AND`);
    await ask(`HostName = "host" LIMIT 1`);
    await ask(`(HostName = "host"`);
    await ask(`HostName ! "host"`);
  }),

  scenario("worker heartbeats/no such namespace", async (t) => {
    await t.call("CountWorkers", { query: "" });
    await t.call("CountWorkers", { namespace: "no-such-namespace" });
    await t.call("ListWorkers", { query: "" });
    await t.call("ListWorkers", { namespace: "no-such-namespace" });
  }),

  scenario("worker heartbeats/switched off", async (t) => {
    await t.call("FetchWorkerConfig", { namespace: t.namespace, identity: "operator@test" });
    await t.call("UpdateWorkerConfig", { namespace: t.namespace, identity: "operator@test" });
  }),
];

export const workerHeartbeats: readonly Scenario[] = [...kept, ...asked];
