import { temporal } from "@temporalio/proto";
import { expect } from "vitest";
import { permissionOf } from "../activities.ts";
import { countOf, eventName, expectInOrder } from "../harness/history-events.ts";
import { rejectionOf } from "../harness/rejection.ts";
import type { Shape, World } from "../harness/world.ts";
import * as workflows from "../workflows/index.ts";

const { PendingActivityState, ResetReapplyExcludeType } = temporal.api.enums.v1;

/** Resets a workflow to its first task; answers a handle of the run that goes on. */
async function resetToFirstTask(
  world: World,
  workflowId: string,
  request: temporal.api.workflowservice.v1.IResetWorkflowExecutionRequest = {},
) {
  const events = await world.historyOf(workflowId);
  const first = events.find((event) => eventName(event) === "WorkflowTaskCompleted");
  const { runId } = await world.client.workflowService.resetWorkflowExecution({
    namespace: world.namespace,
    workflowExecution: { workflowId },
    reason: "compat",
    workflowTaskFinishEventId: first!.eventId!,
    requestId: crypto.randomUUID(),
    ...request,
  });
  return world.client.workflow.getHandle(workflowId, runId);
}

async function startSum(world: World, name: string) {
  const workflowId = world.id(name);
  return world.client.workflow.start(workflows.sum, { workflowId, taskQueue: world.taskQueue, args: [0] });
}

/** An activity that waits until the test lets it go on. */
async function startWaiting(world: World, name: string) {
  const handle = await world.client.workflow.start(workflows.runActivity, {
    workflowId: world.id(name),
    taskQueue: world.taskQueue,
    args: [
      {
        name: "waitForTest",
        options: { activityId: "waiting", startToCloseTimeout: "40s", heartbeatTimeout: "20s" },
      },
    ],
  });
  const named = {
    namespace: world.namespace,
    execution: { workflowId: handle.workflowId },
    identity: "operator",
  };
  await pendingUntil(
    world,
    handle.workflowId,
    ({ state }) => state === PendingActivityState.PENDING_ACTIVITY_STATE_STARTED,
  );
  return { handle, named };
}

type Pending = temporal.api.workflow.v1.IPendingActivityInfo;

async function pendingUntil(
  world: World,
  workflowId: string,
  wanted: (activity: Pending) => boolean,
): Promise<Pending> {
  for (;;) {
    const { raw } = await world.client.workflow.getHandle(workflowId).describe();
    const activity = raw.pendingActivities?.[0];
    if (activity !== undefined && wanted(activity)) return activity;
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}

export const operations: Shape[] = [
  {
    name: "a reset run hears again what came after the point of the reset",
    async run(world) {
      const handle = await startSum(world, "reset");
      await handle.signal(workflows.addSignal, 1);
      expect(await handle.executeUpdate(workflows.addUpdate, { args: [2], updateId: "two" })).toBe(3);
      await handle.signal(workflows.addSignal, 3);
      const again = await resetToFirstTask(world, handle.workflowId);
      expect(await again.getUpdateHandle<number>("two").result()).toBeGreaterThan(0);
      await again.signal(workflows.finishSignal);
      expect((await again.result()).toSorted()).toEqual([0, 1, 2, 3]);
      const events = await world.history(again);
      expectInOrder(events, ["WorkflowTaskFailed", "WorkflowExecutionSignaled", "WorkflowExecutionUpdateAdmitted"]);
      const base = await world.historyOf(handle.workflowId, handle.firstExecutionRunId);
      expect(eventName(base.at(-1)!)).toBe("WorkflowExecutionTerminated");
    },
  },
  {
    name: "a reset run does not hear what is excluded",
    async run(world) {
      const handle = await startSum(world, "reset-excluding");
      await handle.signal(workflows.addSignal, 1);
      await handle.executeUpdate(workflows.addUpdate, { args: [2] });
      const again = await resetToFirstTask(world, handle.workflowId, {
        resetReapplyExcludeTypes: [
          ResetReapplyExcludeType.RESET_REAPPLY_EXCLUDE_TYPE_SIGNAL,
          ResetReapplyExcludeType.RESET_REAPPLY_EXCLUDE_TYPE_UPDATE,
        ],
      });
      await again.signal(workflows.finishSignal);
      expect(await again.result()).toEqual([0]);
    },
  },
  {
    name: "a workflow that failed goes on from before its failure",
    async run(world) {
      const handle = await world.client.workflow.start(workflows.runActivity, {
        workflowId: world.id("reset-failed"),
        taskQueue: world.taskQueue,
        args: [
          {
            name: "failWith",
            args: [{ message: "once", nonRetryable: true }],
            options: { startToCloseTimeout: "10s" },
          },
        ],
      });
      await rejectionOf(handle.result());
      const again = await resetToFirstTask(world, handle.workflowId);
      await rejectionOf(again.result());
      expect(countOf(await world.history(again), "ActivityTaskFailed")).toBe(1);
    },
  },
  {
    name: "an activity is paused, given other options, reset and unpaused",
    async run(world) {
      const { handle, named } = await startWaiting(world, "operated");
      const { workflowService } = world.client;
      await workflowService.pauseActivity({ ...named, id: "waiting", reason: "compat" });
      const paused = await pendingUntil(world, handle.workflowId, ({ paused: isPaused }) => isPaused === true);
      expect(paused.state).toBe(PendingActivityState.PENDING_ACTIVITY_STATE_PAUSE_REQUESTED);
      expect(paused.pauseInfo?.manual?.reason).toBe("compat");
      const { activityOptions } = await workflowService.updateActivityOptions({
        ...named,
        type: "waitForTest",
        activityOptions: { retryPolicy: { maximumAttempts: 7 } },
        updateMask: { paths: ["retry_policy.maximum_attempts"] },
      });
      expect(activityOptions?.retryPolicy?.maximumAttempts).toBe(7);
      await workflowService.unpauseActivity({ ...named, unpauseAll: true });
      await workflowService.resetActivity({ ...named, matchAll: true });
      permissionOf(handle.workflowId).resolve();
      await handle.result();
      expect(countOf(await world.history(handle), "ActivityTaskCompleted")).toBe(1);
    },
  },
  {
    name: "pausing a workflow is refused unless it is enabled",
    async run(world) {
      const handle = await startSum(world, "paused");
      const request = { namespace: world.namespace, workflowId: handle.workflowId, reason: "compat" };
      const { workflowService } = world.client;
      const refused = await rejectionOf(workflowService.pauseWorkflowExecution(request));
      expect(String(refused)).toContain("workflow pause is not enabled for namespace");
      expect(String(await rejectionOf(workflowService.unpauseWorkflowExecution(request)))).toContain("not paused");
      await handle.signal(workflows.finishSignal);
      await handle.result();
    },
  },
];
