import { Client, QueryNotRegisteredError, QueryRejectedError } from "@temporalio/client";
import type { QueryRejectCondition } from "@temporalio/client";
import { expect } from "vitest";
import { rejectionOf } from "../harness/rejection.ts";
import { countOf } from "../harness/history-events.ts";
import type { Shape } from "../harness/world.ts";
import * as workflows from "../workflows/index.ts";

export const queries: Shape[] = [
  {
    name: "a query sees every signal that was acknowledged before it, and writes no event",
    async run(world) {
      const handle = await world.client.workflow.start(workflows.sum, {
        workflowId: world.id("query"),
        taskQueue: world.taskQueue,
        args: [1],
      });
      for (let number = 1; number <= 10; number++) {
        await handle.signal(workflows.addSignal, number);
        expect(await handle.query(workflows.totalQuery)).toBe(1 + (number * (number + 1)) / 2);
      }
      const { length } = await world.history(handle);
      expect(await handle.query(workflows.totalQuery)).toBe(56);
      expect(await world.history(handle)).toHaveLength(length);
      await handle.terminate();
    },
  },
  {
    name: "a query answers after the workflow has closed",
    async run(world) {
      const handle = await world.client.workflow.start(workflows.sum, {
        workflowId: world.id("query-closed"),
        taskQueue: world.taskQueue,
        args: [3],
      });
      await handle.signal(workflows.finishSignal);
      await handle.result();
      expect(await handle.query(workflows.totalQuery)).toBe(3);
    },
  },
  {
    name: "a query answers on a worker that caches nothing",
    async run(world) {
      const handle = await world.client.workflow.start(workflows.sum, {
        workflowId: world.id("query-uncached"),
        taskQueue: world.uncachedTaskQueue,
        args: [4],
      });
      await handle.signal(workflows.addSignal, 5);
      expect(await handle.query(workflows.totalQuery)).toBe(9);
      await handle.signal(workflows.finishSignal);
      expect(await handle.result()).toEqual([4, 5]);
      expect(await handle.query(workflows.totalQuery)).toBe(9);
    },
  },
  {
    name: "a failing query and an unknown query say so",
    async run(world) {
      const handle = await world.client.workflow.start(workflows.sum, {
        workflowId: world.id("query-fails"),
        taskQueue: world.taskQueue,
        args: [0],
      });
      expect(String(await rejectionOf(handle.query(workflows.brokenQuery, "broken on purpose")))).toContain(
        "broken on purpose",
      );
      expect(await rejectionOf(handle.query("noSuchQuery"))).toBeInstanceOf(QueryNotRegisteredError);
      await handle.terminate();
    },
  },
  {
    name: "a query is rejected when the workflow is not open, or did not complete cleanly",
    async run(world) {
      const clientThat = (queryRejectCondition: QueryRejectCondition) =>
        new Client({ connection: world.connection, namespace: world.namespace, workflow: { queryRejectCondition } });
      const handle = await world.client.workflow.start(workflows.sum, {
        workflowId: world.id("query-rejected"),
        taskQueue: world.taskQueue,
        args: [0],
      });
      const onlyOpen = clientThat("NOT_OPEN").workflow.getHandle(handle.workflowId);
      const onlyClean = clientThat("NOT_COMPLETED_CLEANLY").workflow.getHandle(handle.workflowId);
      expect(await onlyOpen.query(workflows.totalQuery)).toBe(0);
      await handle.signal(workflows.finishSignal);
      await handle.result();
      expect(await rejectionOf(onlyOpen.query(workflows.totalQuery))).toBeInstanceOf(QueryRejectedError);
      expect(await onlyClean.query(workflows.totalQuery)).toBe(0);
      const failed = await world.client.workflow.start(workflows.failPlainly, {
        workflowId: handle.workflowId,
        taskQueue: world.taskQueue,
        args: ["x"],
      });
      await failed.result().catch(() => {});
      expect(await rejectionOf(onlyClean.query(workflows.totalQuery))).toBeInstanceOf(QueryRejectedError);
    },
  },
  {
    name: "the SDK answers the built-in queries",
    async run(world) {
      const handle = await world.client.workflow.start(workflows.sum, {
        workflowId: world.id("built-in"),
        taskQueue: world.taskQueue,
        args: [0],
      });
      expect(await handle.query<string>("__stack_trace")).toContain("sum");
      const metadata = await handle.query<{ definition: { queryDefinitions: { name: string }[] } }>(
        "__temporal_workflow_metadata",
      );
      expect(metadata.definition.queryDefinitions.map(({ name }) => name)).toContain("total");
      await handle.terminate();
    },
  },
  {
    name: "queries, signals and updates sent at once are all answered",
    async run(world) {
      const handle = await world.client.workflow.start(workflows.sum, {
        workflowId: world.id("mixed"),
        taskQueue: world.taskQueue,
        args: [0],
      });
      const totals = await Promise.all(
        Array.from({ length: 8 }, async (_, index) => {
          await handle.signal(workflows.addSignal, 1);
          const total = await handle.query(workflows.totalQuery);
          await handle.executeUpdate(workflows.addUpdate, { args: [index] });
          return total;
        }),
      );
      expect(totals.every((total) => total > 0)).toBe(true);
      expect(await handle.query(workflows.totalQuery)).toBe(8 + 28);
      await handle.signal(workflows.finishSignal);
      await handle.result();
      expect(countOf(await world.history(handle), "WorkflowExecutionUpdateCompleted")).toBe(8);
    },
  },
];
