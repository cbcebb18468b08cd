/** What a namespace that is deprecated, deleted or promoted still allows. */
import type { Conversation } from "../conversation.ts";
import { scenario } from "../scenario.ts";
import type { Scenario } from "../scenario.ts";
import type { Plain } from "../wire-format.ts";

/** A namespace of the scenario's own that serves already. */
async function fresh(t: Conversation): Promise<string> {
  const namespace = t.identifier("fresh");
  await t.call("RegisterNamespace", { namespace, workflowExecutionRetentionPeriod: "86400s" });
  for (let attempt = 0; attempt < 100; attempt++) {
    const reply = await t.silently("ListWorkflowExecutions", { namespace });
    if (reply.error === undefined) break;
    await t.sleep(100);
  }
  return namespace;
}

async function everything(t: Conversation, namespace: string): Promise<void> {
  const execution = { workflowId: t.id("workflow") };
  const calls: Record<string, Plain> = {
    StartWorkflowExecution: {
      workflowId: t.id("workflow"),
      workflowType: { name: "Workflow" },
      taskQueue: { name: t.id("queue") },
      requestId: t.id("start"),
    },
    SignalWithStartWorkflowExecution: {
      workflowId: t.id("workflow"),
      workflowType: { name: "Workflow" },
      taskQueue: { name: t.id("queue") },
      requestId: t.id("start"),
      signalName: "signal",
    },
    ExecuteMultiOperation: {
      operations: [
        {
          startWorkflow: {
            namespace,
            workflowId: t.id("workflow"),
            workflowType: { name: "Workflow" },
            taskQueue: { name: t.id("queue") },
            requestId: t.id("start"),
          },
        },
        {
          updateWorkflow: {
            namespace,
            workflowExecution: execution,
            request: { meta: { updateId: t.id("update") }, input: { name: "update" } },
          },
        },
      ],
    },
    SignalWorkflowExecution: { workflowExecution: execution, signalName: "signal" },
    DescribeWorkflowExecution: { execution },
    GetWorkflowExecutionHistory: { execution },
    DescribeTaskQueue: { taskQueue: { name: t.id("queue") }, taskQueueType: "ACTIVITY" },
    UpdateNamespace: { updateInfo: { description: "changed" } },
    DescribeNamespace: {},
    DeprecateNamespace: {},
  };
  for (const [method, fields] of Object.entries(calls))
    await t.call(method, { namespace, ...fields }, { deadlineMs: 3000 });
  await t.call("PollActivityTaskQueue", { namespace, taskQueue: { name: t.id("queue") } }, { deadlineMs: 2500 });
}

export const namespaceStates: Scenario[] = [
  scenario("namespaces/deprecated", async (t) => {
    const namespace = await fresh(t);
    await t.call("DeprecateNamespace", { namespace });
    await t.sleep(3000); // Longer than the recorded server keeps what it read.
    await everything(t, namespace);
  }),

  scenario("namespaces/updated to another state", async (t) => {
    const namespace = await fresh(t);
    for (const state of ["UNSPECIFIED", "REGISTERED", "DEPRECATED", "REGISTERED"])
      await t.call("UpdateNamespace", { namespace, updateInfo: { state } }, { note: state });
    await t.call("DescribeNamespace", { namespace });
  }),

  scenario("namespaces/updated to deleted", async (t) => {
    const namespace = await fresh(t);
    await t.call("UpdateNamespace", { namespace, updateInfo: { state: "DELETED" } });
    await t.sleep(3000);
    await everything(t, namespace);
    await t.call("RegisterNamespace", { namespace, workflowExecutionRetentionPeriod: "86400s" }, { note: "again" });
  }),

  scenario("namespaces/promoted", async (t) => {
    const namespace = await fresh(t);
    await t.call("UpdateNamespace", { namespace, promoteNamespace: true });
    await t.call("DescribeNamespace", { namespace });
    await t.call("UpdateNamespace", { namespace, promoteNamespace: true, updateInfo: { description: "both" } });
    await t.call("UpdateNamespace", { namespace, deleteBadBinary: "checksum" });
    await t.call("UpdateNamespace", { namespace, securityToken: "token" });
    await t.call("UpdateNamespace", {
      namespace,
      replicationConfig: { activeClusterName: "active", clusters: [{ clusterName: "active" }] },
    });
    await t.call("UpdateNamespace", { namespace, replicationConfig: { activeClusterName: "other" } });
    await t.call("DescribeNamespace", { namespace });
  }),

  scenario("namespaces/archival", async (t) => {
    const namespace = await fresh(t);
    await t.call("UpdateNamespace", { namespace, config: { historyArchivalState: "ENABLED" } });
    await t.call("ListArchivedWorkflowExecutions", { namespace: t.namespace }, { note: "without archival" });
    await t.call("ListArchivedWorkflowExecutions", { namespace: t.namespace, pageSize: -1 });
    await t.call("ListArchivedWorkflowExecutions", { namespace: t.namespace, query: "nonsense", pageSize: 10_000 });
    await t.call("ListArchivedWorkflowExecutions", { namespace: "no-such-namespace" });
    await t.call("ListArchivedWorkflowExecutions", {});
  }),
];
