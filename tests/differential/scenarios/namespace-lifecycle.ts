/** The life of a namespace: its names, what is told of it, its end. */
import type { Conversation } from "../conversation.ts";
import { scenario } from "../scenario.ts";
import type { Scenario } from "../scenario.ts";
import { payload } from "../steps/payload.ts";
import { startRequest } from "../steps/workflow.ts";
import type { Plain } from "../wire-format.ts";

const DAY = "86400s";

async function register(t: Conversation, name: string, fields: Plain = {}): Promise<string> {
  const namespace = t.identifier(name);
  await t.call("RegisterNamespace", { namespace, workflowExecutionRetentionPeriod: DAY, ...fields });
  return namespace;
}

/** Registered, and known to every part of the recorded server. */
async function serving(t: Conversation, name: string): Promise<string> {
  const namespace = t.identifier(name);
  await t.silently("RegisterNamespace", { namespace, workflowExecutionRetentionPeriod: DAY });
  for (let attempt = 0; attempt < 100; attempt++) {
    const reply = await t.silently("ListWorkflowExecutions", { namespace });
    if (reply.error === undefined) break;
    await t.sleep(100);
  }
  return namespace;
}

async function remove(t: Conversation, fields: Plain, note?: string): Promise<Plain> {
  return await t.operator("DeleteNamespace", fields, { ...(note === undefined ? {} : { note }), deadlineMs: 10_000 });
}

/** The recorded server reads namespaces every two seconds. */
const CACHE_MS = 3_000;

const names: Scenario[] = [
  ["with a blank", "a b"],
  ["with a dot and a slash", "a.b/c"],
  ["in capitals", "ABC"],
  ["of another alphabet", "пространство"],
  ["that begins with temporal", "temporal-mine"],
  ["of one character", "n"],
].map(([what, name]) =>
  scenario(`namespaces/name ${what}`, async (t) => {
    const namespace = `${name}${t.identifier("x")}`;
    await t.call("RegisterNamespace", { namespace, workflowExecutionRetentionPeriod: DAY });
    await t.call("DescribeNamespace", { namespace });
  }),
);

const retentions: Scenario[] = [
  scenario("namespaces/retentions that are accepted", async (t) => {
    for (const [index, retention] of ["3600s", "3600.5s", "315360000s", "3153600000s"].entries()) {
      const namespace = await register(t, `fresh${index}`, { workflowExecutionRetentionPeriod: retention });
      await t.call("DescribeNamespace", { namespace });
    }
  }),
  scenario("namespaces/retentions that are refused", async (t) => {
    for (const [index, retention] of ["0s", "3599s", "3599.999s", "-3600s", "1s"].entries())
      await register(t, `fresh${index}`, { workflowExecutionRetentionPeriod: retention });
    const namespace = await register(t, "good");
    for (const retention of ["0s", "3599s", "-1s", "3600s"]) {
      await t.call(
        "UpdateNamespace",
        { namespace, config: { workflowExecutionRetentionTtl: retention } },
        { note: retention },
      );
    }
    await t.call("DescribeNamespace", { namespace });
  }),
  scenario(
    "namespaces/a shorter retention where it is allowed",
    async (t) => {
      const namespace = await register(t, "short", { workflowExecutionRetentionPeriod: "5s" });
      await register(t, "shorter", { workflowExecutionRetentionPeriod: "4s" });
      await t.call("DescribeNamespace", { namespace });
    },
    { settings: "small namespaces" },
  ),
];

const changes: Scenario[] = [
  scenario("namespaces/an update that says nothing", async (t) => {
    const namespace = await register(t, "fresh", { description: "first", ownerEmail: "a@b", data: { a: "1" } });
    await t.call("UpdateNamespace", { namespace });
    await t.call("UpdateNamespace", { namespace, updateInfo: {}, config: {}, replicationConfig: {} });
    await t.call("DescribeNamespace", { namespace });
  }),
  scenario("namespaces/data is merged", async (t) => {
    const namespace = await register(t, "fresh", { data: { a: "1", b: "2" } });
    await t.call("UpdateNamespace", { namespace, updateInfo: { data: { b: "", c: "3" } } });
    await t.call("UpdateNamespace", { namespace, updateInfo: { data: {} } });
    await t.call("DescribeNamespace", { namespace });
  }),
  scenario("namespaces/description and owner", async (t) => {
    const namespace = await register(t, "fresh", { description: "d", ownerEmail: "o" });
    await t.call("UpdateNamespace", { namespace, updateInfo: { description: "d2" } }, { note: "description alone" });
    await t.call("UpdateNamespace", { namespace, updateInfo: { ownerEmail: "o2" } }, { note: "owner alone" });
  }),
  scenario("namespaces/bad binaries", async (t) => {
    const namespace = await register(t, "fresh");
    const add = (checksum: string): Plain => ({
      namespace,
      config: { badBinaries: { binaries: { [checksum]: { reason: "broken", operator: "me" } } } },
    });
    t.mask("createTime");
    await t.call("UpdateNamespace", add("one"));
    await t.call("UpdateNamespace", add("one"), { note: "the same again" });
    await t.call("UpdateNamespace", add("two"));
    await t.call("UpdateNamespace", { namespace, deleteBadBinary: "three" }, { note: "one that is not there" });
    await t.call("UpdateNamespace", { namespace, deleteBadBinary: "one" });
    await t.call("DescribeNamespace", { namespace });
  }),
  scenario("namespaces/too many bad binaries", async (t) => {
    const namespace = await register(t, "fresh");
    const binaries = (count: number): Plain =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`b${index}`, { reason: "broken" }]));
    t.mask("createTime");
    await t.call("UpdateNamespace", { namespace, config: { badBinaries: { binaries: binaries(10) } } });
    await t.call("UpdateNamespace", { namespace, config: { badBinaries: { binaries: binaries(11) } } });
    await t.call("UpdateNamespace", { namespace, deleteBadBinary: "b3" });
    await t.call("UpdateNamespace", { namespace, config: {} }, { note: "no binaries" });
    await t.call("UpdateNamespace", { namespace, config: { badBinaries: {} } }, { note: "none" });
  }),
  scenario("namespaces/clusters", async (t) => {
    await register(t, "one", { clusters: [{ clusterName: "active" }], activeClusterName: "active" });
    await register(t, "two", { activeClusterName: "nowhere" });
    await register(t, "three", { clusters: [{ clusterName: "nowhere" }] });
    await register(t, "four", { clusters: [{ clusterName: "active" }, { clusterName: "nowhere" }] });
  }),
  scenario("namespaces/archival at the start", async (t) => {
    await register(t, "one", { historyArchivalState: "DISABLED", visibilityArchivalState: "DISABLED" });
    await register(t, "two", { historyArchivalState: "ENABLED", historyArchivalUri: "file:///tmp/nowhere" });
    await register(t, "three", { visibilityArchivalState: "ENABLED" });
  }),
  scenario("namespaces/deprecated twice", async (t) => {
    const namespace = await register(t, "fresh");
    await t.call("DeprecateNamespace", { namespace });
    await t.call("DeprecateNamespace", { namespace });
    await t.call("DescribeNamespace", { namespace });
    await t.call("DeprecateNamespace", { namespace: "no-such-namespace" });
    await t.call("DeprecateNamespace", {});
    await t.call("DeprecateNamespace", { namespace: "x".repeat(1001) });
  }),
];

const reads: Scenario[] = [
  scenario("namespaces/described by id", async (t) => {
    const namespace = await register(t, "fresh");
    const described = await t.call("DescribeNamespace", { namespace });
    const id = described.namespaceInfo?.id as string;
    await t.call("DescribeNamespace", { id });
    await t.call("DescribeNamespace", { id, namespace: "no-such-namespace" }, { note: "the id counts" });
    await t.call("DescribeNamespace", { namespace: "x".repeat(1001) });
  }),
  scenario("namespaces/the server's own", async (t) => {
    await t.call("RegisterNamespace", { namespace: "temporal-system", workflowExecutionRetentionPeriod: DAY });
    await remove(t, { namespace: "temporal-system" });
  }),
];

const ends: Scenario[] = [
  scenario("namespaces/deletion that is refused", async (t) => {
    await remove(t, {}, "neither name nor id");
    await remove(t, { namespace: "no-such-namespace" });
    await remove(t, { namespaceId: "11111111-1111-4111-8111-111111111111" });
    await remove(t, { namespaceId: "nonsense" });
    await remove(t, { namespace: "x".repeat(1001) });
    const namespace = await serving(t, "fresh");
    const described = await t.call("DescribeNamespace", { namespace });
    await remove(t, { namespace, namespaceId: described.namespaceInfo?.id }, "both name and id");
    await remove(t, { namespace, namespaceDeleteDelay: "-1s" }, "a negative delay");
  }),
  scenario("namespaces/deleted by name", async (t) => {
    const namespace = await serving(t, "fresh");
    await remove(t, { namespace });
    await t.call("DescribeNamespace", { namespace });
    await t.sleep(CACHE_MS);
    await t.call("StartWorkflowExecution", { ...startRequest(t), namespace });
    await t.call("ListWorkflowExecutions", { namespace });
    await t.call("UpdateNamespace", { namespace, updateInfo: { description: "gone" } });
    await remove(t, { namespace }, "again");
  }),
  scenario("namespaces/deleted by id", async (t) => {
    const namespace = await serving(t, "fresh");
    const described = await t.call("DescribeNamespace", { namespace });
    await remove(t, { namespaceId: described.namespaceInfo?.id });
    await t.call("DescribeNamespace", { namespace });
  }),
  scenario("namespaces/a deleted one's name is free", async (t) => {
    const namespace = await serving(t, "fresh");
    await remove(t, { namespace });
    await t.call("RegisterNamespace", { namespace, workflowExecutionRetentionPeriod: DAY });
    await t.call("DescribeNamespace", { namespace });
  }),
  scenario("namespaces/a deleted one is renamed until it is gone", async (t) => {
    const namespace = await serving(t, "fresh");
    const described = await t.silently("DescribeNamespace", { namespace });
    const id = described.namespaceInfo?.id as string;
    const reply = await remove(t, { namespace, namespaceDeleteDelay: "60s" });
    const renamed = reply.deletedNamespace as string;
    if (renamed !== `${namespace}-deleted-${id.slice(0, 5)}`) throw new Error(`renamed to ${renamed}`);
    await t.call("DescribeNamespace", { id });
    await t.call("DescribeNamespace", { namespace: renamed });
    await t.sleep(CACHE_MS);
    await t.call("StartWorkflowExecution", { ...startRequest(t), namespace: renamed });
    await t.call("UpdateNamespace", { namespace: renamed, updateInfo: { description: "late" } });
    await t.call("DeprecateNamespace", { namespace: renamed });
    await remove(t, { namespace: renamed }, "again by its new name");
    await remove(t, { namespaceId: id }, "again by its id");
  }),
  scenario("namespaces/a deprecated one is deleted", async (t) => {
    const namespace = await serving(t, "fresh");
    await t.call("DeprecateNamespace", { namespace });
    await remove(t, { namespace });
    await t.call("DescribeNamespace", { namespace });
  }),
  scenario("namespaces/a task whose namespace is deleted", async (t) => {
    const namespace = await serving(t, "fresh");
    await t.call("StartWorkflowExecution", { ...startRequest(t), namespace });
    const task = await t.call("PollWorkflowTaskQueue", { namespace, taskQueue: { name: t.id("queue") } });
    await remove(t, { namespace, namespaceDeleteDelay: "60s" });
    await t.sleep(CACHE_MS);
    await t.call("RespondWorkflowTaskCompleted", { namespace, taskToken: task.taskToken });
    await t.call("SignalWorkflowExecution", {
      namespace,
      workflowExecution: { workflowId: t.id("workflow") },
      signalName: "late",
      input: { payloads: [payload("late")] },
    });
  }),
];

export const namespaceLifecycle: Scenario[] = [...names, ...retentions, ...changes, ...reads, ...ends];
