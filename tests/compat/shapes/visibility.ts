import { status } from "@grpc/grpc-js";
import { temporal } from "@temporalio/proto";
import type { History } from "@temporalio/worker";
import { expect } from "vitest";
import { rejectionOf } from "../harness/rejection.ts";
import { eventually } from "../harness/eventually.ts";
import { expectInOrder } from "../harness/history-events.ts";
import { keys } from "../harness/search-attributes.ts";
import type { Shape, World } from "../harness/world.ts";
import * as workflows from "../workflows/index.ts";

const { WorkflowExecutionStatus } = temporal.api.enums.v1;

/** Ours answers with what it has acknowledged; Temporal some time later, so there the question is repeated. */
async function answered<T>(world: World, check: () => Promise<T>): Promise<T> {
  return world.target.kind === "ours" ? check() : eventually(check);
}

async function idsOf(world: World, query: string): Promise<string[]> {
  const ids: string[] = [];
  for await (const { workflowId } of world.client.workflow.list({ query, pageSize: 3 })) ids.push(workflowId);
  return ids;
}

export const visibility: Shape[] = [
  {
    name: "a started workflow is found by search attributes of every type",
    async run(world) {
      await world.searchAttributesReady();
      const tag = world.id("tag");
      const at = new Date("2026-03-04T05:06:07.891Z");
      const handle = await world.client.workflow.start(workflows.waitForever, {
        workflowId: world.id("typed"),
        taskQueue: world.taskQueue,
        typedSearchAttributes: [
          { key: keys.keyword, value: tag },
          { key: keys.text, value: "several words here" },
          { key: keys.int, value: 41 },
          { key: keys.double, value: 2.5 },
          { key: keys.bool, value: true },
          { key: keys.datetime, value: at },
          { key: keys.keywordList, value: ["one", "two"] },
        ],
      });
      const conditions = [
        `WorkflowType = 'waitForever'`,
        `ExecutionStatus = 'Running'`,
        `CompatText = 'words'`,
        `CompatInt > 40 AND CompatInt <= 41`,
        `CompatInt BETWEEN 40 AND 42`,
        `CompatDouble = 2.5`,
        `CompatBool = true`,
        `CompatDatetime = '2026-03-04T05:06:07.891Z'`,
        `CompatKeywordList = 'two'`,
        `CompatKeywordList IN ('two', 'three')`,
        `CompatKeyword STARTS_WITH '${world.prefix}'`,
        `CloseTime IS NULL`,
        `NOT (CompatInt < 41) AND (CompatBool = false OR TaskQueue = '${world.taskQueue}')`,
        `StartTime > '2020-01-01T00:00:00Z'`,
      ];
      await answered(world, async () =>
        expect(await idsOf(world, `CompatKeyword = '${tag}'`)).toEqual([handle.workflowId]),
      );
      for (const condition of conditions) {
        const found = await idsOf(world, `CompatKeyword = '${tag}' AND ${condition}`);
        expect({ condition, found }).toEqual({ condition, found: [handle.workflowId] });
      }
      for (const condition of [
        `CompatInt != 41`,
        `CompatKeywordList = 'three'`,
        `CloseTime IS NOT NULL`,
        `CompatText = 'absent'`,
      ]) {
        const found = await idsOf(world, `CompatKeyword = '${tag}' AND ${condition}`);
        expect({ condition, found }).toEqual({ condition, found: [] });
      }
      const { typedSearchAttributes: typed } = await handle.describe();
      expect([typed.get(keys.int), typed.get(keys.datetime), typed.get(keys.keywordList)]).toEqual([
        41,
        at,
        ["one", "two"],
      ]);
      await handle.terminate();
      await answered(world, async () =>
        expect(await idsOf(world, `CompatKeyword = '${tag}' AND ExecutionStatus = 'Terminated'`)).toEqual([
          handle.workflowId,
        ]),
      );
    },
  },
  {
    name: "a workflow changes its search attributes and memo, and takes them away",
    async run(world) {
      await world.searchAttributesReady();
      const [before, after] = [world.id("before"), world.id("after")];
      const handle = await world.client.workflow.start(workflows.relabel, {
        workflowId: world.id("relabel"),
        taskQueue: world.taskQueue,
        memo: { removed: "soon" },
        typedSearchAttributes: [{ key: keys.keyword, value: before }],
      });
      await answered(world, async () =>
        expect(await idsOf(world, `CompatKeyword = '${before}'`)).toEqual([handle.workflowId]),
      );
      await handle.signal(workflows.relabelSignal, after);
      await handle.query("__stack_trace");
      await answered(world, async () =>
        expect(await idsOf(world, `CompatKeyword = '${after}'`)).toEqual([handle.workflowId]),
      );
      expect(await idsOf(world, `CompatKeyword = '${before}'`)).toEqual([]);
      expect((await handle.describe()).memo).toEqual({ label: after });
      await handle.signal(workflows.relabelSignal, null);
      await handle.signal(workflows.stopSignal);
      expect((await handle.result()).keyword ?? null).toBeNull();
      await answered(world, async () => expect(await idsOf(world, `CompatKeyword = '${after}'`)).toEqual([]));
      expectInOrder(await world.history(handle), [
        "UpsertWorkflowSearchAttributes",
        "WorkflowPropertiesModified",
        "WorkflowExecutionCompleted",
      ]);
    },
  },
  {
    name: "lists page through, counts agree, and scans find the same",
    async run(world) {
      await world.searchAttributesReady();
      const tag = world.id("batch");
      const ids = Array.from({ length: 8 }, (_, index) => `${tag}-${index}`);
      await Promise.all(
        ids.map((workflowId) =>
          world.client.workflow.execute(workflows.echo, {
            workflowId,
            taskQueue: world.taskQueue,
            args: [1],
            typedSearchAttributes: [{ key: keys.keyword, value: tag }],
          }),
        ),
      );
      const query = `CompatKeyword = '${tag}' AND ExecutionStatus = 'Completed'`;
      await answered(world, async () => expect((await world.client.workflow.count(query)).count).toBe(8));
      expect((await idsOf(world, query)).toSorted()).toEqual(ids);
      const { groups } = await world.client.workflow
        .count(`CompatKeyword = '${tag}' GROUP BY ExecutionStatus`)
        .catch(() => ({ groups: [] }));
      if (groups.length > 0) expect(groups.map(({ count }) => count)).toEqual([8]);
      const service = world.client.workflowService;
      const scanned = await service.scanWorkflowExecutions({ namespace: world.namespace, query, pageSize: 100 });
      expect(scanned.executions).toHaveLength(8);
      const archived = service.listArchivedWorkflowExecutions({ namespace: world.namespace, pageSize: 10 });
      expect(await rejectionOf(archived)).toMatchObject({ code: status.INVALID_ARGUMENT });
      const closed = await service.listClosedWorkflowExecutions({
        namespace: world.namespace,
        maximumPageSize: 10,
        executionFilter: { workflowId: ids[0]! },
      });
      expect(closed.executions.map(({ status }) => status)).toEqual([
        WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_COMPLETED,
      ]);
      const running = await world.client.workflow.start(workflows.waitForever, {
        workflowId: `${tag}-open`,
        taskQueue: world.taskQueue,
      });
      await answered(world, async () => {
        const open = await service.listOpenWorkflowExecutions({
          namespace: world.namespace,
          maximumPageSize: 10,
          executionFilter: { workflowId: running.workflowId },
        });
        expect(open.executions).toHaveLength(1);
      });
      await running.terminate();
    },
  },
  {
    name: "histories of a list are fetched one after the other",
    async run(world) {
      await world.searchAttributesReady();
      const tag = world.id("histories");
      const ids = [`${tag}-a`, `${tag}-b`, `${tag}-c`];
      for (const workflowId of ids) {
        await world.client.workflow.execute(workflows.greetOnce, {
          workflowId,
          taskQueue: world.taskQueue,
          args: ["h"],
          typedSearchAttributes: [{ key: keys.keyword, value: tag }],
        });
      }
      const query = `CompatKeyword = '${tag}' AND ExecutionStatus = 'Completed'`;
      await answered(world, async () => expect(await idsOf(world, query)).toHaveLength(3));
      const found: string[] = [];
      for await (const { workflowId, history } of world.client.workflow.list({ query }).intoHistories()) {
        expect((history as History).events?.length).toBe(11);
        found.push(workflowId);
      }
      expect(found.toSorted()).toEqual(ids);
    },
  },
  {
    name: "a broken query and an unknown attribute are refused",
    async run(world) {
      await world.searchAttributesReady();
      expect(String(await rejectionOf(idsOf(world, `WorkflowId = `)))).toMatch(/invalid query|Failed to list/i);
      expect(await rejectionOf(idsOf(world, `NoSuchAttribute = 1`))).toBeInstanceOf(Error);
      const unknown = world.client.workflow.start(workflows.echo, {
        workflowId: world.id("unknown-attribute"),
        taskQueue: world.taskQueue,
        args: [1],
        searchAttributes: { NoSuchAttribute: ["x"] },
      });
      expect(await rejectionOf(unknown)).toBeInstanceOf(Error);
    },
  },
];
