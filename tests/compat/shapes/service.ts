import { Client, Connection } from "@temporalio/client";
import { temporal } from "@temporalio/proto";
import { randomUUID } from "node:crypto";
import { expect } from "vitest";
import { rejectionOf } from "../harness/rejection.ts";
import { eventually } from "../harness/eventually.ts";
import { countOf } from "../harness/history-events.ts";
import { typeByName } from "../harness/search-attributes.ts";
import type { Shape } from "../harness/world.ts";
import * as workflows from "../workflows/index.ts";

const { IndexedValueType, NamespaceState, HistoryEventFilterType, TaskQueueType, TaskQueueKind } =
  temporal.api.enums.v1;

export const service: Shape[] = [
  {
    name: "system, cluster and health answer",
    async run(world) {
      const { workflowService, healthService } = world.connection;
      const system = await workflowService.getSystemInfo({});
      expect(system.capabilities).toMatchObject({
        signalAndQueryHeader: true,
        upsertMemo: true,
        eagerWorkflowStart: true,
        sdkMetadata: true,
      });
      const cluster = await workflowService.getClusterInfo({});
      expect(cluster.serverVersion).toMatch(/^\d+\.\d+\.\d+/);
      expect(cluster.clusterId).not.toBe("");
      const health = await healthService.check({ service: "temporal.api.workflowservice.v1.WorkflowService" });
      expect(health.status).toBe(1);
    },
  },
  {
    name: "a namespace is deleted, and its name may be used again",
    async run(world) {
      const namespace = world.id("doomed");
      const { workflowService, operatorService } = world.connection;
      const retention = { seconds: 24 * 3600 } as never;
      await workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: retention });
      const { namespaceInfo } = await workflowService.describeNamespace({ namespace });
      const client = new Client({ connection: world.connection, namespace });
      const options = { workflowId: "left-behind", taskQueue: world.taskQueue, args: ["there"] as [string] };
      await eventually(() => client.workflow.start(workflows.greetOnce, options));
      const { deletedNamespace } = await operatorService.deleteNamespace({ namespace });
      expect(deletedNamespace).toBe(`${namespace}-deleted-${namespaceInfo?.id?.slice(0, 5)}`);
      expect(await rejectionOf(workflowService.describeNamespace({ namespace }))).toMatchObject({ code: 5 });
      await workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: retention });
      const again = await workflowService.describeNamespace({ namespace });
      expect(again.namespaceInfo?.id).not.toBe(namespaceInfo?.id);
      expect(again.namespaceInfo?.state).toBe(NamespaceState.NAMESPACE_STATE_REGISTERED);
      expect(await rejectionOf(operatorService.deleteNamespace({ namespace: "no-such-namespace" }))).toMatchObject({
        code: 5,
      });
    },
  },
  {
    name: "a namespace is registered, described, updated, listed and worked in",
    async run(world) {
      const namespace = world.id("namespace");
      const { workflowService } = world.connection;
      const retention = { seconds: 3 * 24 * 3600 };
      await workflowService.registerNamespace({
        namespace,
        description: "for a test",
        workflowExecutionRetentionPeriod: retention as never,
      });
      const registeredTwice = workflowService.registerNamespace({
        namespace,
        workflowExecutionRetentionPeriod: retention as never,
      });
      expect(await rejectionOf(registeredTwice)).toMatchObject({ code: 6 });
      await workflowService.updateNamespace({ namespace, updateInfo: { description: "changed" } });
      const described = await workflowService.describeNamespace({ namespace });
      expect([
        described.namespaceInfo?.name,
        described.namespaceInfo?.description,
        described.namespaceInfo?.state,
      ]).toEqual([namespace, "changed", NamespaceState.NAMESPACE_STATE_REGISTERED]);
      expect(Number(described.config?.workflowExecutionRetentionTtl?.seconds)).toBe(3 * 24 * 3600);
      const listed = await workflowService.listNamespaces({ pageSize: 200 });
      expect(listed.namespaces.map(({ namespaceInfo }) => namespaceInfo?.name)).toContain(namespace);

      const client = new Client({ connection: world.connection, namespace });
      const options = { workflowId: "same-id-in-both", taskQueue: world.taskQueue };
      const handle = await eventually(() =>
        client.workflow.start(workflows.greetOnce, { ...options, args: ["there"] }),
      );
      await world.withWorker({ namespace, taskQueue: world.taskQueue }, async () =>
        expect(await handle.result()).toBe("hello there"),
      );
      expect(await rejectionOf(world.client.workflow.getHandle("same-id-in-both").describe())).toMatchObject({
        name: "WorkflowNotFoundError",
      });
      await workflowService.deprecateNamespace({ namespace });
      const deprecated = await workflowService.describeNamespace({ namespace });
      expect(deprecated.namespaceInfo?.state).toBe(NamespaceState.NAMESPACE_STATE_DEPRECATED);
      expect(await rejectionOf(workflowService.describeNamespace({ namespace: "no-such-namespace" }))).toMatchObject({
        code: 5,
      });
    },
  },
  {
    name: "custom search attributes are added, listed and removed",
    async run(world) {
      await world.searchAttributesReady();
      const { operatorService, workflowService } = world.connection;
      const name = `CompatShortLived${randomUUID().slice(0, 8)}`;
      const { namespace } = world;
      await operatorService.addSearchAttributes({
        namespace,
        searchAttributes: { [name]: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD },
      });
      await eventually(async () => {
        const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
        expect(customAttributes).toMatchObject({ ...typeByName, [name]: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD });
      });
      const { clusters } = await operatorService.listClusters({});
      expect(clusters).toMatchObject([{ clusterName: "active", isConnectionEnabled: true }]);
      const { systemAttributes } = await operatorService.listSearchAttributes({ namespace });
      expect(Object.keys(systemAttributes)).toEqual(
        expect.arrayContaining(["WorkflowId", "RunId", "WorkflowType", "StartTime", "ExecutionStatus"]),
      );
      const { keys } = await workflowService.getSearchAttributes({});
      expect(Object.keys(keys)).toEqual(expect.arrayContaining(["WorkflowId", "StartTime"]));
      await operatorService.removeSearchAttributes({ namespace, searchAttributes: [name] });
      await eventually(async () => {
        const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
        expect(customAttributes).not.toHaveProperty(name);
      });
    },
  },
  {
    name: "a history is followed by long polls until the workflow closes",
    async run(world) {
      const handle = await world.client.workflow.start(workflows.sum, {
        workflowId: world.id("follow"),
        taskQueue: world.taskQueue,
        args: [0],
      });
      const { workflowService } = world.client;
      const waiting = workflowService.getWorkflowExecutionHistory({
        namespace: world.namespace,
        execution: { workflowId: handle.workflowId },
        waitNewEvent: true,
        historyEventFilterType: HistoryEventFilterType.HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT,
      });
      await world.untilEvent(handle.workflowId, (events) => countOf(events, "WorkflowTaskCompleted") > 0);
      await handle.signal(workflows.addSignal, 1);
      await handle.signal(workflows.finishSignal);
      const { history } = await waiting;
      expect(history?.events).toHaveLength(1);
      expect(history?.events?.[0]?.workflowExecutionCompletedEventAttributes).toBeTruthy();
    },
  },
  {
    name: "a long poll that nobody answers ends empty when its client gives up",
    async run(world) {
      const poll = { namespace: world.namespace, taskQueue: { name: world.id("empty") }, identity: "compat" };
      const [workflowTask, activityTask] = await Promise.all([
        world.connection.withDeadline(Date.now() + 3000, () =>
          world.client.workflowService.pollWorkflowTaskQueue(poll),
        ),
        world.connection.withDeadline(Date.now() + 3000, () =>
          world.client.workflowService.pollActivityTaskQueue(poll),
        ),
      ]);
      expect([workflowTask.taskToken.length, activityTask.taskToken.length]).toEqual([0, 0]);
    },
  },
  {
    name: "a sticky queue is reset, and its workflow goes on",
    async run(world) {
      const handle = await world.client.workflow.start(workflows.sum, {
        workflowId: world.id("reset-sticky"),
        taskQueue: world.taskQueue,
        args: [1],
      });
      expect(await handle.query(workflows.totalQuery)).toBe(1);
      await world.client.workflowService.resetStickyTaskQueue({
        namespace: world.namespace,
        execution: { workflowId: handle.workflowId },
      });
      await handle.signal(workflows.addSignal, 2);
      await handle.signal(workflows.finishSignal);
      expect(await handle.result()).toEqual([1, 2]);
    },
  },
  {
    name: "a task queue tells who polls it",
    async run(world) {
      const description = await world.client.workflowService.describeTaskQueue({
        namespace: world.namespace,
        taskQueue: { name: world.taskQueue, kind: TaskQueueKind.TASK_QUEUE_KIND_NORMAL },
        taskQueueType: TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
      });
      expect(description.pollers.length).toBeGreaterThan(0);
    },
  },
  {
    name: "a task queue's partitions are listed, the first under the queue's own name",
    async run(world) {
      const { activityTaskQueuePartitions, workflowTaskQueuePartitions } =
        await world.client.workflowService.listTaskQueuePartitions({
          namespace: world.namespace,
          taskQueue: { name: world.taskQueue, kind: TaskQueueKind.TASK_QUEUE_KIND_NORMAL },
        });
      for (const partitions of [activityTaskQueuePartitions, workflowTaskQueuePartitions])
        expect(partitions[0]?.key).toBe(world.taskQueue);
    },
  },
  {
    name: "a method that exists but is not served answers UNIMPLEMENTED, and a wrong namespace NOT_FOUND",
    async run(world) {
      const elsewhere = new Client({ connection: world.connection, namespace: "no-such-namespace" });
      expect(
        String(
          await rejectionOf(elsewhere.workflow.start(workflows.echo, { workflowId: "x", taskQueue: "x", args: [1] })),
        ),
      ).toMatch(/namespace/i);
      expect(
        await rejectionOf(world.connection.workflowService.updateWorkerConfig({ namespace: world.namespace })),
      ).toMatchObject({ code: 12 });
    },
  },
  {
    name: "a client connects lazily, and calls of several connections mix",
    async run(world) {
      const connections = Array.from({ length: 4 }, () => Connection.lazy({ address: world.target.address }));
      const results = await Promise.all(
        connections.map((connection, index) =>
          new Client({ connection, namespace: world.namespace }).workflow.execute(workflows.echo, {
            workflowId: world.id("lazy"),
            taskQueue: world.taskQueue,
            args: [index],
          }),
        ),
      );
      expect(results).toEqual([0, 1, 2, 3]);
      await Promise.all(connections.map((connection) => connection.close()));
    },
  },
  {
    name: "options of a run are changed, and a fast-forward that it does not have is not waited for",
    async run(world) {
      const { workflowService } = world.connection;
      const { namespace } = world;
      const workflowId = world.id("options");
      const taskQueue = world.id("nobody");
      const handle = await world.client.workflow.start("unserved", { taskQueue, workflowId });
      const { workflowExecutionOptions } = await workflowService.updateWorkflowExecutionOptions({
        namespace,
        workflowExecution: { workflowId },
        workflowExecutionOptions: { priority: { priorityKey: 2 } },
        updateMask: { paths: ["priority"] },
      });
      expect(workflowExecutionOptions?.priority?.priorityKey).toBe(2);
      const polled = workflowService.pollWorkflowExecutionTimeSkipping({
        namespace,
        workflowExecution: { workflowId },
        fastForwardId: "none",
      });
      const { FAST_FORWARD_POLLING_RESULT_FAST_FORWARD_FAILED: failed } =
        temporal.api.enums.v1.FastForwardPollingResult;
      // A server may have time skipping turned off, as Temporal's has unless told otherwise.
      if (world.target.kind === "ours") expect((await polled).fastForwardPollingResult).toBe(failed);
      else await polled.catch((error: { code?: number }) => expect(error.code).toBe(12));
      await handle.terminate();
    },
  },
];
