import { status } from "@grpc/grpc-js";
import { temporal } from "@temporalio/proto";
import { expect } from "vitest";
import { eventually } from "../harness/eventually.ts";
import { countOf, expectInOrder, firstOf } from "../harness/history-events.ts";
import { rejectionOf } from "../harness/rejection.ts";
import type { Shape } from "../harness/world.ts";
import * as workflows from "../workflows/index.ts";

const { WorkflowTaskFailedCause } = temporal.api.enums.v1;

/** How long the workflow task of these shapes lasts: enough to send something while it runs. */
const TASK_MS = 1_500;

const isTaskRunning = (events: Parameters<typeof countOf>[0]): boolean => countOf(events, "WorkflowTaskStarted") > 0;

export const races: Shape[] = [
  {
    name: "a signal that comes while the workflow completes is not lost",
    async run(world) {
      const handle = await world.client.workflow.start(workflows.endAfter, {
        workflowId: world.id("signal-at-the-end"),
        taskQueue: world.taskQueue,
        args: [TASK_MS, 0],
      });
      await world.untilEvent(handle.workflowId, isTaskRunning);
      await handle.signal(workflows.addSignal, 7);
      expect(await handle.result()).toEqual([7]);
      const events = await world.history(handle);
      expectInOrder(events, ["WorkflowTaskFailed", "WorkflowExecutionSignaled", "WorkflowExecutionCompleted"]);
      expect(firstOf(events, "WorkflowTaskFailed").workflowTaskFailedEventAttributes?.cause).toBe(
        WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND,
      );
    },
  },
  {
    name: "a signal that comes while the workflow continues as new is not lost",
    async run(world) {
      const handle = await world.client.workflow.start(workflows.continueAfter, {
        workflowId: world.id("signal-at-the-turn"),
        taskQueue: world.taskQueue,
        args: [TASK_MS, []],
      });
      await world.untilEvent(handle.workflowId, isTaskRunning);
      await handle.signal(workflows.addSignal, 7);
      expect((await handle.result()).toSorted()).toEqual([-1, 7]);
    },
  },
  {
    name: "queries and updates that come while a workflow task runs are answered",
    async run(world) {
      const handle = await world.client.workflow.start(workflows.endAfter, {
        workflowId: world.id("asked-during-task"),
        taskQueue: world.taskQueue,
        args: [TASK_MS, 1],
      });
      await world.untilEvent(handle.workflowId, isTaskRunning);
      const [total, length] = await Promise.all([
        handle.query(workflows.totalQuery),
        handle.executeUpdate(workflows.addUpdate, { args: [8] }),
      ]);
      expect([total <= 1, length]).toEqual([true, 1]);
      expect(await handle.result()).toEqual([8]);
    },
  },
  {
    name: "a cancellation that comes while a workflow task runs is seen by the next",
    async run(world) {
      const handle = await world.client.workflow.start(workflows.cancelledDuringTask, {
        workflowId: world.id("cancelled-during-task"),
        taskQueue: world.taskQueue,
        args: [TASK_MS],
      });
      await world.untilEvent(handle.workflowId, isTaskRunning);
      await handle.cancel();
      expect(await handle.result()).toBe("cancelled");
      expectInOrder(await world.history(handle), ["WorkflowTaskCompleted", "WorkflowExecutionCancelRequested"]);
    },
  },
  {
    name: "a workflow is terminated while its task runs, and the worker's late answer changes nothing",
    async run(world) {
      const handle = await world.client.workflow.start(workflows.endAfter, {
        workflowId: world.id("terminated-during-task"),
        taskQueue: world.taskQueue,
        args: [TASK_MS, 0],
      });
      await world.untilEvent(handle.workflowId, isTaskRunning);
      await handle.terminate("in the middle");
      expect(await rejectionOf(handle.result())).toBeInstanceOf(Error);
      expectInOrder(await world.history(handle), [
        "WorkflowTaskStarted",
        "WorkflowTaskFailed",
        "WorkflowExecutionTerminated",
      ]);
    },
  },
  {
    name: "a workflow whose tasks fail refuses updates and queries instead of keeping them",
    async run(world) {
      const handle = await world.client.workflow.start(workflows.failsItsTasks, {
        workflowId: world.id("never-ready"),
        taskQueue: world.uncachedTaskQueue,
        workflowTaskTimeout: "1s",
      });
      // The first attempts may be mended by a retry; from the third on the server does not let a caller wait.
      await eventually(async () => {
        const { raw } = await handle.describe();
        expect(raw.pendingWorkflowTask?.attempt).toBeGreaterThanOrEqual(3);
      });
      const refused = { cause: { code: status.FAILED_PRECONDITION } };
      expect(await rejectionOf(handle.query("anything"))).toMatchObject(refused);
      expect(await rejectionOf(handle.executeUpdate("anything"))).toMatchObject(refused);
      await handle.terminate();
    },
  },
];
