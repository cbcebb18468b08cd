/** What is not about one workflow: namespaces, the cluster, task queues, visibility, search attributes. */
import type { Conversation } from "../conversation.ts";
import { healthService, operatorService } from "../caller.ts";
import { scenario } from "../scenario.ts";
import type { Scenario } from "../scenario.ts";
import { otherNamespace } from "../settings.ts";
import { completeWorkflow, failWorkflow, upsertSearchAttributes, modifyProperties } from "../steps/commands.ts";
import { attribute, payload } from "../steps/payload.ts";
import { describeWorkflow, readHistory, startWorkflow, terminateWorkflow } from "../steps/workflow.ts";
import { beginWorkflowTaskPoll, completeTask, doTask, pollWorkflowTask } from "../steps/workflow-task.ts";
import { activityCommand, beginActivityPoll } from "../steps/activity.ts";
import type { Plain } from "../wire-format.ts";

const cluster: Scenario[] = [
  scenario("cluster/system info", async (t) => {
    t.mask("serverVersion");
    await t.call("GetSystemInfo", {});
  }),

  scenario("cluster/cluster info", async (t) => {
    t.mask(
      "serverVersion",
      "clusterId",
      "persistenceStore",
      "visibilityStore",
      "historyShardCount",
      "versionInfo",
      "clusterName",
      "initialFailoverVersion",
      "failoverVersionIncrement",
      "key",
      "supportedClients",
    );
    await t.call("GetClusterInfo", {});
  }),

  scenario("cluster/list of clusters", async (t) => {
    t.mask("clusterId", "address", "historyShardCount", "initialFailoverVersion", "clusterName");
    await t.call("ListClusters", {}, { service: operatorService });
    await t.call("ListClusters", { pageSize: -1 }, { service: operatorService });
  }),

  scenario("cluster/methods that are not served", async (t) => {
    await t.call("TriggerWorkflowRule", { namespace: t.namespace });
    await t.call("FetchWorkerConfig", { namespace: t.namespace });
    await t.call("UpdateWorkerConfig", { namespace: t.namespace });
  }),

  scenario("cluster/health", async (t) => {
    for (const service of [
      "",
      "temporal.api.workflowservice.v1.WorkflowService",
      "temporal.api.operatorservice.v1.OperatorService",
      "no.such.Service",
    ]) {
      await t.call("Check", { service }, { service: healthService });
    }
  }),

  scenario("cluster/methods that do not exist", async (t) => {
    for (const path of [
      "/temporal.api.workflowservice.v1.WorkflowService/NoSuchMethod",
      "/no.such.Service/Method",
      "/malformed",
    ]) {
      await t.call("GetSystemInfo", {}, { path, note: path });
    }
  }),

  scenario("cluster/requests that cannot be decoded", async (t) => {
    const bytes = {
      "a cut field": Buffer.from([0x0a, 0x05, 0x61]),
      "a bad tag": Buffer.from([0x07]),
      "text that is not UTF-8": Buffer.from([0x0a, 0x01, 0xff]),
    };
    for (const [note, value] of Object.entries(bytes)) await t.call("DescribeNamespace", {}, { bytes: value, note });
  }),

  scenario("cluster/search attributes", async (t) => {
    await t.operator("ListSearchAttributes", { namespace: otherNamespace });
  }),
];

const namespaces: Scenario[] = [
  scenario("namespaces/validation", async (t) => {
    const register = async (note: string, fields: Plain): Promise<void> => {
      await t.call(
        "RegisterNamespace",
        { namespace: t.identifier("fresh"), workflowExecutionRetentionPeriod: "86400s", ...fields },
        { note },
      );
    };
    await register("no name", { namespace: "" });
    await register("name too long", { namespace: "x".repeat(1001) });
    await register("no retention", { workflowExecutionRetentionPeriod: undefined });
    await register("negative retention", { workflowExecutionRetentionPeriod: "-1s" });
    await register("retention below an hour", { workflowExecutionRetentionPeriod: "1800s" });
    await register("global", { isGlobalNamespace: true });
    await register("taken", { namespace: "default" });
    await t.call("DescribeNamespace", { namespace: "no-such-namespace" });
    await t.call("DescribeNamespace", { id: "11111111-1111-4111-8111-111111111111" });
    await t.call("DescribeNamespace", {});
    await t.call("UpdateNamespace", { namespace: "no-such-namespace" });
    await t.call("UpdateNamespace", {});
  }),

  scenario("namespaces/register, describe, update", async (t) => {
    const namespace = t.identifier("fresh");
    await t.call("RegisterNamespace", {
      namespace,
      description: "for tests",
      ownerEmail: "owner@test",
      workflowExecutionRetentionPeriod: "86400s",
      data: { colour: "green" },
    });
    await t.call("RegisterNamespace", { namespace, workflowExecutionRetentionPeriod: "86400s" }, { note: "again" });
    const described = await t.call("DescribeNamespace", { namespace });
    await t.call("DescribeNamespace", { id: described.namespaceInfo?.id });
    await t.call("UpdateNamespace", {
      namespace,
      updateInfo: { description: "changed", data: { size: "large" } },
      config: { workflowExecutionRetentionTtl: "172800s" },
    });
    await t.call(
      "UpdateNamespace",
      { namespace, config: { workflowExecutionRetentionTtl: "60s" } },
      { note: "retention below an hour" },
    );
    await t.call("DescribeNamespace", { namespace });
    await t.call("DeprecateNamespace", { namespace });
    await t.call("DescribeNamespace", { namespace });
  }),

  scenario("namespaces/work in a fresh one", async (t) => {
    const namespace = t.identifier("fresh");
    await t.call("RegisterNamespace", { namespace, workflowExecutionRetentionPeriod: "86400s" });
    await t.callWhen(
      "StartWorkflowExecution",
      {
        namespace,
        workflowId: t.id("workflow"),
        workflowType: { name: "Workflow" },
        taskQueue: { name: t.id("queue") },
        requestId: t.id("start"),
      },
      (reply) => reply.error === undefined,
    );
    const task = await t.call("PollWorkflowTaskQueue", { namespace, taskQueue: { name: t.id("queue") } });
    await t.call("RespondWorkflowTaskCompleted", {
      namespace,
      taskToken: task.taskToken,
      commands: [completeWorkflow()],
    });
    await t.call(
      "DescribeWorkflowExecution",
      { namespace: t.namespace, execution: { workflowId: t.id("workflow") } },
      { note: "not in the other one" },
    );
    await t.call("DescribeWorkflowExecution", { namespace, execution: { workflowId: t.id("workflow") } });
  }),
];

const queues: Scenario[] = [
  scenario("task queues/validation", async (t) => {
    const describe = async (note: string, fields: Plain): Promise<void> => {
      await t.call(
        "DescribeTaskQueue",
        { namespace: t.namespace, taskQueue: { name: t.id("queue") }, taskQueueType: "WORKFLOW", ...fields },
        { note },
      );
    };
    await describe("no queue", { taskQueue: undefined });
    await describe("no name", { taskQueue: {} });
    await describe("name too long", { taskQueue: { name: "x".repeat(1001) } });
    await describe("unknown namespace", { namespace: "no-such-namespace" });
    await describe("no type", { taskQueueType: "UNSPECIFIED" });
  }),

  scenario("task queues/pollers", async (t) => {
    const request = (taskQueueType: string): Plain => ({
      namespace: t.namespace,
      taskQueue: { name: t.id("queue") },
      taskQueueType,
    });
    await t.call("DescribeTaskQueue", request("WORKFLOW"));
    await beginWorkflowTaskPoll(t, { deadlineMs: 2500 }).reply;
    await beginActivityPoll(t, {
      deadlineMs: 2500,
      fields: { taskQueueMetadata: { maxTasksPerSecond: { value: 100 } } },
    }).reply;
    await t.call("DescribeTaskQueue", request("WORKFLOW"));
    await t.call("DescribeTaskQueue", request("ACTIVITY"));
  }),

  scenario("task queues/backlog", async (t) => {
    t.mask("taskIdBlock", "approximateBacklogAge", "tasksAddRate", "tasksDispatchRate", "readLevel", "ackLevel");
    await startWorkflow(t);
    const request: Plain = {
      namespace: t.namespace,
      taskQueue: { name: t.id("queue") },
      taskQueueType: "WORKFLOW",
      reportStats: true,
    };
    await t.callWhen("DescribeTaskQueue", request, (reply) => reply.stats?.approximateBacklogCount === "1");
  }),

  scenario("task queues/backlog of activities", async (t) => {
    t.mask("taskIdBlock", "approximateBacklogAge", "tasksAddRate", "tasksDispatchRate", "readLevel", "ackLevel");
    await startWorkflow(t);
    await doTask(
      t,
      [1, 2, 3].map((key) => activityCommand(t, { activityId: `${key}`, priority: { priorityKey: key } })),
    );
    const request: Plain = {
      namespace: t.namespace,
      taskQueue: { name: t.id("queue") },
      taskQueueType: "ACTIVITY",
      reportStats: true,
    };
    await t.callWhen("DescribeTaskQueue", request, (reply) => reply.stats?.approximateBacklogCount === "3");
    await t.call(
      "DescribeTaskQueue",
      { ...request, reportStats: false, reportConfig: true },
      { note: "its configuration" },
    );
    await t.call("DescribeTaskQueue", { ...request, includeTaskQueueStatus: true, reportStats: false });
    await t.call("DescribeTaskQueue", { ...request, taskQueue: { name: t.id("empty") } }, { note: "an empty queue" });
  }),

  scenario("task queues/partitions", async (t) => {
    t.mask("ownerHostName");
    const list = async (fields: Plain): Promise<void> => {
      await t.call("ListTaskQueuePartitions", { namespace: t.namespace, ...fields });
    };
    await list({ taskQueue: { name: t.id("queue") } });
    await list({ taskQueue: { name: t.id("queue"), kind: "NORMAL" } });
    await list({ taskQueue: { name: t.id("sticky"), kind: "STICKY", normalName: t.id("queue") } });
    await list({ taskQueue: { name: "" } });
    await list({ taskQueue: { name: "x".repeat(1001) } });
    await list({ taskQueue: { name: "/_sys/queue/1" } });
    await list({});
    await list({ namespace: "no-such-namespace", taskQueue: { name: t.id("queue") } });
  }),

  scenario("task queues/shutdown of a worker", async (t) => {
    await t.call("ShutdownWorker", {
      namespace: t.namespace,
      stickyTaskQueue: t.id("sticky"),
      identity: "worker@test",
      reason: "stop",
    });
    await t.call("ShutdownWorker", { namespace: t.namespace });
    await t.call("ShutdownWorker", { namespace: "no-such-namespace", stickyTaskQueue: t.id("sticky") });
  }),
];

const describing: Scenario[] = [
  scenario("describe/validation", async (t) => {
    await describeWorkflow(t, { workflowId: "" });
    await describeWorkflow(t, { workflowId: t.id("unknown") });
    await describeWorkflow(t, { workflowId: t.id("unknown"), runId: "nonsense" });
    await describeWorkflow(t, { workflowId: t.id("unknown"), runId: "11111111-1111-4111-8111-111111111111" });
    await t.call("DescribeWorkflowExecution", { namespace: t.namespace });
    await t.call("DescribeWorkflowExecution", { namespace: "no-such-namespace", execution: { workflowId: "w" } });
    await t.call("DescribeWorkflowExecution", { execution: { workflowId: "w" } });
  }),

  scenario("describe/memo and search attributes change", async (t) => {
    await startWorkflow(t, {
      memo: { fields: { a: payload(1), b: payload(2) } },
      searchAttributes: { indexedFields: { BatcherUser: payload("someone") } },
    });
    await doTask(t, [
      modifyProperties({ b: payload(3), c: payload(4), a: payload(null) }),
      upsertSearchAttributes({ BatcherUser: payload("other"), BuildIds: attribute("KeywordList", ["x"]) }),
    ]);
    await describeWorkflow(t);
    await terminateWorkflow(t);
    await readHistory(t);
    await describeWorkflow(t);
  }),

  scenario("describe/search attribute is removed", async (t) => {
    await startWorkflow(t, { searchAttributes: { indexedFields: { BatcherUser: payload("someone") } } });
    await doTask(t, [upsertSearchAttributes({ BatcherUser: payload(null) })]);
    await describeWorkflow(t);
    const task = beginWorkflowTaskPoll(t, { deadlineMs: 2500 });
    await task.reply;
    await readHistory(t);
  }),
];

function listRequest(t: Conversation, query: string, fields: Plain = {}): Plain {
  return { namespace: t.namespace, query, ...fields };
}

function lists(reply: Plain, count: number): boolean {
  return reply.error === undefined && ((reply.executions ?? []) as Plain[]).length === count;
}

const visibility: Scenario[] = [
  scenario("visibility/lists open and closed", async (t) => {
    const type = t.identifier("Type");
    const of = (status: string): Plain => ({
      workflowId: t.id(status),
      workflowType: { name: type },
      taskQueue: { name: t.id(status) },
      requestId: t.id(status),
    });
    await startWorkflow(t, of("completed"));
    await doTask(t, [completeWorkflow()], {}, { queue: "completed" });
    await startWorkflow(t, of("failed"));
    await doTask(t, [failWorkflow()], {}, { queue: "failed" });
    await startWorkflow(t, of("running"));
    const all = `WorkflowType = '${type}'`;
    const count = async (query: string, wanted: number): Promise<void> => {
      await t.callWhen("ListWorkflowExecutions", listRequest(t, query), (reply) => lists(reply, wanted));
    };
    await count(`${all} AND ExecutionStatus = 'Completed'`, 1);
    await count(`${all} AND ExecutionStatus IN ('Completed', 'Failed')`, 2);
    await count(`${all} AND ExecutionStatus != 'Running'`, 2);
    await count(`${all} AND CloseTime IS NULL`, 1);
    await count(all, 3);
    await t.call("ListWorkflowExecutions", listRequest(t, `${all} AND WorkflowId STARTS_WITH 'runn'`));
    await t.call("ListWorkflowExecutions", listRequest(t, `${all} AND WorkflowId BETWEEN 'c' AND 'e'`));
    await t.call("ListWorkflowExecutions", listRequest(t, `${all} AND NOT ExecutionStatus = 'Failed'`));
    await t.call(
      "ListWorkflowExecutions",
      listRequest(t, `${all} AND (ExecutionStatus = 'Failed' OR ExecutionStatus = 'Running')`),
    );
    await t.call("CountWorkflowExecutions", listRequest(t, all));
    await t.call("ScanWorkflowExecutions", listRequest(t, `${all} AND ExecutionStatus = 'Failed'`));
    const first = await t.call("ListWorkflowExecutions", listRequest(t, all, { pageSize: 2 }));
    await t.call("ListWorkflowExecutions", listRequest(t, all, { pageSize: 2, nextPageToken: first.nextPageToken }));
    await t.call("ListOpenWorkflowExecutions", { namespace: t.namespace, typeFilter: { name: type } });
    await t.call("ListClosedWorkflowExecutions", { namespace: t.namespace, typeFilter: { name: type } });
  }),

  scenario("visibility/queries that are refused", async (t) => {
    const queries = [
      "nonsense",
      "WorkflowId =",
      "WorkflowId = 'a' AND",
      "NoSuchAttribute = 1",
      "WorkflowId = 'a' LIMIT 3",
      'ExecutionStatus = "Nonsense"',
      'StartTime > "yesterday"',
      "WorkflowId = WorkflowType",
      "WorkflowId LIKE 'a%'",
      'HistoryLength = "many"',
      "SELECT 1",
      "StartTime STARTS_WITH '2026'",
      "WorkflowId = 'a' GROUP BY ExecutionStatus",
    ];
    for (const query of queries) await t.call("ListWorkflowExecutions", listRequest(t, query), { note: query });
    await t.call("CountWorkflowExecutions", listRequest(t, "nonsense"));
    await t.call("CountWorkflowExecutions", listRequest(t, "GROUP BY WorkflowId"));
    await t.call("ListWorkflowExecutions", { namespace: "no-such-namespace" });
    await t.call("ListWorkflowExecutions", {});
    await t.call("ListWorkflowExecutions", listRequest(t, `WorkflowId = '${t.id("nobody")}'`, { pageSize: -1 }), {
      note: "negative page size",
    });
  }),

  scenario("visibility/custom search attributes", async (t) => {
    const name = t.identifier("Colour");
    await t.operator("AddSearchAttributes", { namespace: t.namespace, searchAttributes: { [name]: "KEYWORD" } });
    await t.silently(
      "ListSearchAttributes",
      { namespace: t.namespace },
      { service: "temporal.api.operatorservice.v1.OperatorService" },
    );
    let started: Plain = {};
    for (let attempt = 0; attempt < 100; attempt++) {
      started = await t.silently("StartWorkflowExecution", {
        namespace: t.namespace,
        workflowId: t.id("workflow"),
        workflowType: { name: "Workflow" },
        taskQueue: { name: t.id("queue") },
        requestId: t.id("start"),
        searchAttributes: { indexedFields: { [name]: attribute("Keyword", "green") } },
      });
      if (started.error === undefined) break;
      await t.sleep(100);
    }
    await describeWorkflow(t);
    await t.callWhen("ListWorkflowExecutions", listRequest(t, `${name} = 'green'`), (reply) => lists(reply, 1));
    const task = await pollWorkflowTask(t);
    await completeTask(t, task, [upsertSearchAttributes({ [name]: payload("blue") })]);
    await t.callWhen("ListWorkflowExecutions", listRequest(t, `${name} = 'blue'`), (reply) => lists(reply, 1));
    await readHistory(t);
    await t.operator("RemoveSearchAttributes", { namespace: t.namespace, searchAttributes: [name] });
  }),

  scenario("visibility/operator, validation", async (t) => {
    await t.operator("AddSearchAttributes", { namespace: t.namespace });
    await t.operator("AddSearchAttributes", { namespace: t.namespace, searchAttributes: { Odd: "UNSPECIFIED" } });
    await t.operator("AddSearchAttributes", { namespace: t.namespace, searchAttributes: { WorkflowId: "KEYWORD" } });
    await t.operator("AddSearchAttributes", { namespace: "no-such-namespace", searchAttributes: { Fine: "KEYWORD" } });
    await t.operator("RemoveSearchAttributes", { namespace: t.namespace });
    await t.operator("RemoveSearchAttributes", { namespace: t.namespace, searchAttributes: ["NoSuchAttribute"] });
    await t.operator("RemoveSearchAttributes", { namespace: t.namespace, searchAttributes: ["WorkflowId"] });
    await t.operator("ListSearchAttributes", { namespace: "no-such-namespace" });
  }),
];

export const services: Scenario[] = [...cluster, ...namespaces, ...queues, ...describing, ...visibility];
