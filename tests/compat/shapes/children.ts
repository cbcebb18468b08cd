import { temporal } from "@temporalio/proto";
import { expect } from "vitest";
import { countOf, expectInOrder, firstOf, milestones } from "../harness/history-events.ts";
import type { Shape, World } from "../harness/world.ts";
import * as workflows from "../workflows/index.ts";

const { WorkflowExecutionStatus } = temporal.api.enums.v1;

type ChildCall = Parameters<typeof workflows.runChild>[0];

function startParent(world: World, name: string, call: ChildCall) {
  return world.client.workflow.start(workflows.runChild, {
    workflowId: world.id(name),
    taskQueue: world.taskQueue,
    args: [call],
  });
}

async function untilChildStarted(world: World, parentId: string): Promise<string> {
  const events = await world.untilEvent(parentId, (seen) => countOf(seen, "ChildWorkflowExecutionStarted") > 0);
  return firstOf(events, "ChildWorkflowExecutionStarted").childWorkflowExecutionStartedEventAttributes!
    .workflowExecution!.workflowId!;
}

async function statusOf(world: World, workflowId: string): Promise<string> {
  return (await world.client.workflow.getHandle(workflowId).describe()).status.name;
}

const policyRows = [
  { policy: "TERMINATE", status: "TERMINATED", last: "WorkflowExecutionTerminated" },
  { policy: "REQUEST_CANCEL", status: "CANCELLED", last: "WorkflowExecutionCanceled" },
  { policy: "ABANDON", status: "RUNNING", last: "WorkflowExecutionStarted" },
] as const;

export const children: Shape[] = [
  {
    name: "a child workflow completes",
    async run(world) {
      const parent = await startParent(world, "child", {
        type: "echo",
        args: ["from child"],
        options: { staticSummary: "the child" },
      });
      expect(await parent.result()).toBe("from child");
      const events = await world.history(parent);
      expect(milestones(events)).toEqual([
        "WorkflowExecutionStarted",
        "StartChildWorkflowExecutionInitiated",
        "ChildWorkflowExecutionStarted",
        "ChildWorkflowExecutionCompleted",
        "WorkflowExecutionCompleted",
      ]);
      const { workflowExecution } = firstOf(
        events,
        "ChildWorkflowExecutionStarted",
      ).childWorkflowExecutionStartedEventAttributes!;
      const child = await world.historyOf(workflowExecution!.workflowId!, workflowExecution!.runId!);
      const { parentWorkflowExecution } = child[0]!.workflowExecutionStartedEventAttributes!;
      expect(parentWorkflowExecution?.workflowId).toBe(parent.workflowId);
    },
  },
  {
    name: "a child workflow fails, and is retried as its policy says",
    async run(world) {
      const failing = await startParent(world, "child-fails", { type: "failPlainly", args: ["Broken"] });
      expect(await failing.result()).toBe("child failed: ApplicationFailure: the workflow fails");
      expectInOrder(await world.history(failing), [
        "ChildWorkflowExecutionStarted",
        "ChildWorkflowExecutionFailed",
        "WorkflowExecutionCompleted",
      ]);
      const retried = await startParent(world, "child-retries", {
        type: "failUntilWorkflowAttempt",
        args: [3],
        options: { retry: { initialInterval: 20, maximumAttempts: 5 } },
      });
      expect(await retried.result()).toBe(3);
      expect(countOf(await world.history(retried), "ChildWorkflowExecutionFailed")).toBe(0);
    },
  },
  {
    name: "a child workflow runs into its time-out",
    async run(world) {
      const parent = await startParent(world, "child-timeout", {
        type: "waitForever",
        options: { workflowRunTimeout: "1s" },
      });
      expect(await parent.result()).toMatch(/^child failed: TimeoutFailure/);
      expectInOrder(await world.history(parent), [
        "ChildWorkflowExecutionStarted",
        "ChildWorkflowExecutionTimedOut",
        "WorkflowExecutionCompleted",
      ]);
    },
  },
  {
    name: "a child workflow is terminated by others",
    async run(world) {
      const parent = await startParent(world, "child-terminated", { type: "waitForever" });
      await world.client.workflow.getHandle(await untilChildStarted(world, parent.workflowId)).terminate("by others");
      expect(await parent.result()).toMatch(/^child failed: TerminatedFailure/);
      expectInOrder(await world.history(parent), [
        "ChildWorkflowExecutionStarted",
        "ChildWorkflowExecutionTerminated",
        "WorkflowExecutionCompleted",
      ]);
    },
  },
  {
    name: "a child workflow continues as new, and its parent sees one child",
    async run(world) {
      const parent = await startParent(world, "child-continues", { type: "countDown", args: [2] });
      const result = (await parent.result()) as { runId: string; firstRunId: string };
      expect(result.runId).not.toBe(result.firstRunId);
      expect(milestones(await world.history(parent))).toEqual([
        "WorkflowExecutionStarted",
        "StartChildWorkflowExecutionInitiated",
        "ChildWorkflowExecutionStarted",
        "ChildWorkflowExecutionCompleted",
        "WorkflowExecutionCompleted",
      ]);
    },
  },
  {
    name: "a second child of one id is refused",
    async run(world) {
      const childId = world.id("twin");
      const parent = await world.client.workflow.start(workflows.startTwins, {
        workflowId: world.id("twins"),
        taskQueue: world.taskQueue,
        args: [childId],
      });
      expect(await parent.result()).toBe("WorkflowExecutionAlreadyStartedError");
      expectInOrder(await world.history(parent), [
        "ChildWorkflowExecutionStarted",
        "StartChildWorkflowExecutionFailed",
        "WorkflowExecutionCompleted",
      ]);
    },
  },
  ...(["WAIT_CANCELLATION_COMPLETED", "TRY_CANCEL", "WAIT_CANCELLATION_REQUESTED", "ABANDON"] as const).map(
    (type): Shape => ({
      name: `a child workflow is cancelled by ${type}`,
      async run(world) {
        const childId = world.id(`cancelled-${type}`);
        const parent = await world.client.workflow.start(workflows.cancelChild, {
          workflowId: world.id(`cancels-${type}`),
          taskQueue: world.taskQueue,
          args: [{ workflowId: childId, type }],
        });
        expect(await parent.result()).toBe("cancelled");
        const events = await world.history(parent);
        if (type === "WAIT_CANCELLATION_COMPLETED") {
          expectInOrder(events, [
            "RequestCancelExternalWorkflowExecutionInitiated",
            "ExternalWorkflowExecutionCancelRequested",
            "ChildWorkflowExecutionCanceled",
            "WorkflowExecutionCompleted",
          ]);
        } else {
          expect(countOf(events, "RequestCancelExternalWorkflowExecutionInitiated")).toBe(type === "ABANDON" ? 0 : 1);
        }
      },
    }),
  ),
  ...policyRows.map(({ policy, status, last }): Shape => ({
    name: `an open child is left to the parent close policy ${policy}`,
    async run(world) {
      const childId = world.id(`left-${policy}`);
      const parent = await world.client.workflow.start(workflows.leaveChildren, {
        workflowId: world.id(`leaves-${policy}`),
        taskQueue: world.taskQueue,
        args: [[{ workflowId: childId, policy }]],
      });
      expect(await parent.result()).toBe("left");
      const child = world.client.workflow.getHandle(childId);
      if (policy === "ABANDON") await child.query("__stack_trace");
      else await child.result().catch(() => {});
      expect(await statusOf(world, childId)).toBe(status);
      expect(milestones(await world.history(child)).at(-1)).toBe(last);
      if (policy === "ABANDON") await child.terminate();
    },
  })),
  {
    name: "twelve open children all learn that their parent closed",
    async run(world) {
      const ids = Array.from({ length: 12 }, (_, index) => world.id(`orphan-${index}`));
      const parent = await world.client.workflow.start(workflows.leaveChildren, {
        workflowId: world.id("leaves-many"),
        taskQueue: world.taskQueue,
        args: [ids.map((workflowId) => ({ workflowId, policy: "TERMINATE" as const }))],
      });
      await parent.result();
      const ends = await Promise.allSettled(ids.map((id) => world.client.workflow.getHandle(id).result()));
      expect(ends.map(({ status }) => status)).toEqual(ids.map(() => "rejected"));
    },
  },
  {
    name: "a parent signals its child",
    async run(world) {
      const childId = world.id("signalled-child");
      const parent = await world.client.workflow.start(workflows.signalChild, {
        workflowId: world.id("signals-child"),
        taskQueue: world.taskQueue,
        args: [childId],
      });
      expect(await parent.result()).toMatchObject({ workflowType: "describeWorkflow" });
      expectInOrder(await world.history(parent), [
        "ChildWorkflowExecutionStarted",
        "SignalExternalWorkflowExecutionInitiated",
        "ExternalWorkflowExecutionSignaled",
        "ChildWorkflowExecutionCompleted",
      ]);
      const signalled = firstOf(
        await world.historyOf(childId),
        "WorkflowExecutionSignaled",
      ).workflowExecutionSignaledEventAttributes;
      expect(signalled?.externalWorkflowExecution?.workflowId).toBe(parent.workflowId);
    },
  },
  {
    name: "a child inherits priority, and its options are its own",
    async run(world) {
      const childId = world.id("child-options");
      const parent = await world.client.workflow.start(workflows.runChild, {
        workflowId: world.id("parent-options"),
        taskQueue: world.taskQueue,
        priority: { priorityKey: 1 },
        args: [
          {
            type: "describeWorkflow",
            options: { workflowId: childId, memo: { kept: "by child" }, workflowRunTimeout: "55s" },
          },
        ],
      });
      await untilChildStarted(world, parent.workflowId);
      const described = await parent.describe();
      expect(described.raw.pendingChildren?.[0]?.workflowId).toBe(childId);
      await world.client.workflow.getHandle(childId).signal("release");
      expect(await parent.result()).toMatchObject({
        memo: { kept: "by child" },
        runTimeoutMs: 55_000,
        priority: { priorityKey: 1 },
      });
    },
  },
  {
    name: "three generations know their parent and their root",
    async run(world) {
      const handle = await world.client.workflow.start(workflows.tellAncestors, {
        workflowId: world.id("family"),
        taskQueue: world.taskQueue,
        args: [2],
      });
      expect(await handle.result()).toEqual({ parent: `${handle.workflowId}-2`, root: handle.workflowId });
    },
  },
  {
    name: "thirty children run side by side",
    async run(world) {
      const handle = await world.client.workflow.start(workflows.runManyChildren, {
        workflowId: world.id("many-children"),
        taskQueue: world.taskQueue,
        args: [30],
      });
      expect(await handle.result()).toBe(30);
      const events = await world.history(handle);
      expect(countOf(events, "ChildWorkflowExecutionCompleted")).toBe(30);
    },
  },
  {
    name: "a workflow signals and cancels another that is not its child",
    async run(world) {
      const other = await world.client.workflow.start(workflows.sum, {
        workflowId: world.id("other"),
        taskQueue: world.taskQueue,
        args: [1],
      });
      const options = { taskQueue: world.taskQueue };
      const signaller = await world.client.workflow.start(workflows.signalElsewhere, {
        ...options,
        workflowId: world.id("signaller"),
        args: [{ workflowId: other.workflowId, signal: "add", args: [2] }],
      });
      expect(await signaller.result()).toBe("signalled");
      expect(await other.query(workflows.totalQuery)).toBe(3);
      expectInOrder(await world.history(signaller), [
        "SignalExternalWorkflowExecutionInitiated",
        "ExternalWorkflowExecutionSignaled",
      ]);
      const canceller = await world.client.workflow.start(workflows.cancelElsewhere, {
        ...options,
        workflowId: world.id("canceller"),
        args: [other.workflowId],
      });
      expect(await canceller.result()).toBe("cancel requested");
      await other.result().catch(() => {});
      expect((await other.describe()).raw.workflowExecutionInfo?.status).toBe(
        WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_CANCELED,
      );
    },
  },
  {
    name: "a signal and a cancel to a workflow that does not exist fail",
    async run(world) {
      const signaller = await world.client.workflow.start(workflows.signalElsewhere, {
        workflowId: world.id("signals-nobody"),
        taskQueue: world.taskQueue,
        args: [{ workflowId: world.id("nobody"), signal: "add", args: [2] }],
      });
      expect(await signaller.result()).toMatch(/^failed: /);
      expectInOrder(await world.history(signaller), [
        "SignalExternalWorkflowExecutionInitiated",
        "SignalExternalWorkflowExecutionFailed",
      ]);
      const canceller = await world.client.workflow.start(workflows.cancelElsewhere, {
        workflowId: world.id("cancels-nobody"),
        taskQueue: world.taskQueue,
        args: [world.id("nobody")],
      });
      expect(await canceller.result()).toMatch(/^failed: /);
      expectInOrder(await world.history(canceller), [
        "RequestCancelExternalWorkflowExecutionInitiated",
        "RequestCancelExternalWorkflowExecutionFailed",
      ]);
    },
  },
];
