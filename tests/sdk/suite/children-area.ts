import { expect } from "vitest";
import type { Area } from "./define.ts";
import { countEvents, eventsOf, until, untilEvents } from "./histories.ts";
import * as w from "./workflows/index.ts";

export const children: Area = ({ it, both }) => {
  both("a child's result is the call's", async (scene) => {
    expect(await scene.execute(w.executesChild, { args: ["returns", [{ a: 1 }]] })).toEqual({ a: 1 });
  });

  it("a child by its function", async (scene) => {
    expect(await scene.execute(w.executesChildByFunction, { args: ["x"] })).toBe("x");
  });

  both("ten children at once", async (scene) => {
    const handle = await scene.start(w.childrenInParallel, { args: [10] });
    expect(await handle.result()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(await countEvents(handle, "EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_COMPLETED")).toBe(10);
  });

  both("a handle of a child: its ids, a signal, its result", async (scene) => {
    const child = `${scene.id}-child`;
    expect(await scene.execute(w.startsChild, { args: [child] })).toEqual([child, 36, "from the parent"]);
  });

  both("a child knows its parent and the root", async (scene) => {
    const told = (await scene.execute(w.grandchild)) as { id: string; parent: string; root: string };
    expect(told.root).toBe(scene.id);
    expect(told.parent).not.toBe(scene.id);
    expect(new Set([told.id, told.parent, told.root]).size).toBe(3);
  });

  both("a child's failure has its type, ids and cause", async (scene) => {
    const child = `${scene.id}-child`;
    const chain = await scene.execute(w.childFailure, { args: ["failsWith", ["broken"], { workflowId: child }] });
    expect(chain).toMatchObject([
      { name: "ChildWorkflowFailure", workflowType: "failsWith", retryState: "RETRY_POLICY_NOT_SET" },
      { name: "ApplicationFailure", message: "broken", type: "Custom", details: ["detail"] },
    ]);
  });

  it("a child that times out", async (scene) => {
    const chain = await scene.execute(w.childFailure, { args: ["waitsLong", [], { workflowRunTimeout: 1_000 }] });
    expect(chain).toMatchObject([{ name: "ChildWorkflowFailure" }, { name: "TimeoutFailure" }]);
  });

  it("a child that is terminated", async (scene) => {
    const child = `${scene.id}-child`;
    const handle = await scene.start(w.childFailure, { args: ["waitsLong", [], { workflowId: child }] });
    await untilEvents(handle, "EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED");
    await scene.client.workflow.getHandle(child).terminate("enough");
    expect(await handle.result()).toMatchObject([{ name: "ChildWorkflowFailure" }, { name: "TerminatedFailure" }]);
  });

  it("a child that is cancelled by a client", async (scene) => {
    const child = `${scene.id}-child`;
    const handle = await scene.start(w.childFailure, { args: ["waitsLong", [], { workflowId: child }] });
    await untilEvents(handle, "EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED");
    await scene.client.workflow.getHandle(child).cancel();
    expect(await handle.result()).toMatchObject([{ name: "ChildWorkflowFailure" }, { name: "CancelledFailure" }]);
  });

  it("a child that is retried by its policy", async (scene) => {
    const chain = await scene.execute(w.childFailure, {
      args: ["failsAnAttempt", [3], { retry: { initialInterval: 1, maximumAttempts: 2 } }],
    });
    expect(chain).toMatchObject([
      { name: "ChildWorkflowFailure", retryState: "MAXIMUM_ATTEMPTS_REACHED" },
      { name: "ApplicationFailure", message: "attempt 2" },
    ]);
  });

  it("a child of an id that runs already is refused", async (scene) => {
    const other = await scene.start(w.waitsForFinish, { workflowId: `${scene.id}-other` });
    const chain = await scene.execute(w.childFailure, { args: ["returns", [1], { workflowId: other.workflowId }] });
    expect(chain[0]).toMatchObject({ name: "WorkflowExecutionAlreadyStartedError", workflowType: "returns" });
    await other.signal(w.finish, 1);
  });

  it("a child of an id that has run is refused by the reuse policy", async (scene) => {
    const workflowId = `${scene.id}-other`;
    await scene.execute(w.returns, { workflowId, args: [1] });
    const options = { workflowId, workflowIdReusePolicy: "REJECT_DUPLICATE" as const };
    const chain = await scene.execute(w.childFailure, { args: ["returns", [1], options] });
    expect(chain[0]).toMatchObject({ name: "WorkflowExecutionAlreadyStartedError" });
  });

  for (const [policy, status] of [
    ["TERMINATE", "TERMINATED"],
    ["ABANDON", "RUNNING"],
    ["REQUEST_CANCEL", "CANCELLED"],
  ] as const) {
    both(`a child of a parent that closes, with ${policy}, is ${status}`, async (scene) => {
      const child = scene.client.workflow.getHandle(`${scene.id}-child`);
      await scene.execute(w.startsAndEnds, { args: [child.workflowId, policy] });
      await until(
        async () => (await child.describe()).status.name,
        (value) => value === status,
      );
      if (status === "RUNNING") await child.signal(w.finish, 1);
    });
  }

  for (const [type, workflow, expected] of [
    ["WAIT_CANCELLATION_COMPLETED", "waitsLong", [{ name: "ChildWorkflowFailure" }, { name: "CancelledFailure" }]],
    ["WAIT_CANCELLATION_COMPLETED", "cleansUpWhenCancelled", "cleaned up"],
    ["WAIT_CANCELLATION_REQUESTED", "waitsLong", [{ name: "ChildWorkflowFailure" }, { name: "CancelledFailure" }]],
    ["TRY_CANCEL", "cleansUpWhenCancelled", [{ name: "ChildWorkflowFailure" }, { name: "CancelledFailure" }]],
    ["ABANDON", "waitsLong", [{ name: "ChildWorkflowFailure" }, { name: "CancelledFailure" }]],
  ] as const) {
    both(`${type} of a child that ${workflow}`, async (scene) => {
      const handle = await scene.start(w.cancelsChild, { args: [workflow, type] });
      const result = await handle.result();
      if (typeof expected === "string") expect(result).toBe(expected);
      else expect(result).toMatchObject(expected);
    });
  }

  it("a child cancelled in the task that starts it never starts", async (scene) => {
    const handle = await scene.start(w.cancelsChildAtOnce);
    expect((await handle.result()).at(-1)).toMatchObject({ name: "CancelledFailure" });
    expect(await countEvents(handle, "EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED")).toBe(0);
  });

  it("cancelling a workflow cancels its children", async (scene) => {
    const child = `${scene.id}-child`;
    const handle = await scene.start(w.executesChild, { args: ["waitsLong", [], { workflowId: child }] });
    await untilEvents(handle, "EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED");
    await handle.cancel();
    await expect(handle.result()).rejects.toMatchObject({ cause: { name: "CancelledFailure" } });
    expect((await scene.client.workflow.getHandle(child).describe()).status.name).toBe("CANCELLED");
  });

  it("memo, task queue and time-outs of a child are in its start", async (scene) => {
    const handle = await scene.start(w.executesChild, {
      args: ["returns", [1], { memo: { a: "b" }, workflowRunTimeout: 60_000, workflowTaskTimeout: 5_000 }],
    });
    await handle.result();
    const [initiated] = await eventsOf(handle, "EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED");
    const attributes = initiated?.startChildWorkflowExecutionInitiatedEventAttributes;
    expect(attributes).toMatchObject({
      workflowRunTimeout: { seconds: 60 },
      workflowTaskTimeout: { seconds: 5 },
      taskQueue: { name: scene.taskQueue },
    });
  });
};

export const external: Area = ({ it, both }) => {
  both("a signal to another workflow", async (scene) => {
    const other = await scene.start(w.waitsForFinish, { workflowId: `${scene.id}-other` });
    expect(await scene.execute(w.signalsExternal, { args: [other.workflowId, { x: 1 }] })).toBe("sent");
    expect(await other.result()).toEqual({ x: 1 });
  });

  it("a signal to one run of another workflow", async (scene) => {
    const other = await scene.start(w.waitsForFinish, { workflowId: `${scene.id}-other` });
    const args: [string, unknown, string] = [other.workflowId, 1, other.firstExecutionRunId];
    expect(await scene.execute(w.signalsExternal, { args })).toBe("sent");
  });

  both("a signal to a workflow that does not exist fails", async (scene) => {
    const chain = await scene.execute(w.signalsExternal, { args: ["no-such-workflow", 1] });
    expect(chain[0]).toMatchObject({ name: expect.stringMatching(/Error|Failure/) });
  });

  both("the cancellation of another workflow", async (scene) => {
    const other = await scene.start(w.waitsLong, { workflowId: `${scene.id}-other` });
    expect(await scene.execute(w.cancelsExternal, { args: [other.workflowId] })).toBe("sent");
    await expect(other.result()).rejects.toMatchObject({ cause: { name: "CancelledFailure" } });
  });

  it("the cancellation of a workflow that does not exist fails", async (scene) => {
    const chain = await scene.execute(w.cancelsExternal, { args: ["no-such-workflow"] });
    expect(chain[0]).toMatchObject({ name: expect.stringMatching(/Error|Failure/) });
  });

  it("a signal to a child that has ended fails", async (scene) => {
    const chain = await scene.execute(w.signalsFinishedChild);
    expect(chain[0]).toMatchObject({ name: expect.stringMatching(/Error|Failure/) });
  });

  it("a signal from a cancelled scope is not sent", async (scene) => {
    const handle = await scene.start(w.cancelledBeforeSignal, { args: ["anybody"] });
    expect((await handle.result())[0]).toMatchObject({ name: "CancelledFailure" });
    expect(await countEvents(handle, "EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED")).toBe(0);
  });
};
