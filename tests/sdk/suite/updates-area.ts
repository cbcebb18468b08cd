import { expect } from "vitest";
import { WithStartWorkflowOperation, WorkflowUpdateRPCTimeoutOrCancelledError } from "../../../sdk/client/index.ts";
import { failureOf } from "./chain.ts";
import type { Area } from "./define.ts";
import { countEvents } from "./histories.ts";
import * as w from "./workflows/index.ts";

export const updates: Area = ({ it, both }) => {
  both("an update changes the workflow and has a result", async (scene) => {
    const handle = await scene.start(w.updates);
    expect(await handle.executeUpdate(w.increase, { args: [2] })).toBe(2);
    expect(await handle.executeUpdate(w.increase, { args: [3] })).toBe(5);
    await handle.signal(w.finish, 0);
    expect(await handle.result()).toBe(5);
  });

  both("a validator rejects, and nothing is recorded", async (scene) => {
    const handle = await scene.start(w.updates);
    const chain = await failureOf(handle.executeUpdate(w.increase, { args: [-1] }));
    expect(chain).toMatchObject([
      { name: "WorkflowUpdateFailedError" },
      { name: "ApplicationFailure", message: "only upwards", type: "RangeError" },
    ]);
    expect(await countEvents(handle, "EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED")).toBe(0);
    await handle.terminate();
  });

  both("a handler that throws a failure fails the update, not the workflow", async (scene) => {
    const handle = await scene.start(w.updates);
    const chain = await failureOf(handle.executeUpdate(w.increase, { args: [13] }));
    expect(chain).toMatchObject([
      { name: "WorkflowUpdateFailedError" },
      { name: "ApplicationFailure", message: "unlucky", type: "Unlucky", details: [{ by: 13 }] },
    ]);
    expect(await handle.executeUpdate(w.increase, { args: [1] })).toBe(1);
    await handle.terminate();
  });

  it("an update that nobody handles is rejected and told which there are", async (scene) => {
    const handle = await scene.start(w.updates);
    const chain = await failureOf(handle.executeUpdate("nonsense"));
    expect(chain?.[1]?.message).toContain("nonsense");
    expect(chain?.[1]?.message).toContain("increase");
    await handle.terminate();
  });

  both("a handler that waits", async (scene) => {
    const handle = await scene.start(w.updates);
    expect(await handle.executeUpdate(w.slowly, { args: [20] })).toBe("slept 20");
    await handle.terminate();
  });

  it("startUpdate returns when it is accepted, result() when it is done", async (scene) => {
    const handle = await scene.start(w.updates);
    const update = await handle.startUpdate(w.slowly, { args: [300], waitForStage: "ACCEPTED" });
    expect(await countEvents(handle, "EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED")).toBe(0);
    expect(await update.result()).toBe("slept 300");
    await handle.terminate();
  });

  it("a handle of an update by its id", async (scene) => {
    const handle = await scene.start(w.updates);
    await handle.executeUpdate(w.increase, { args: [4], updateId: "four" });
    expect(await handle.getUpdateHandle("four").result()).toBe(4);
    await handle.terminate();
  });

  both("the same id twice is one update", async (scene) => {
    const handle = await scene.start(w.updates);
    const results = [1, 2].map(() => handle.executeUpdate(w.increase, { args: [4], updateId: "four" }));
    expect(await Promise.all(results)).toEqual([4, 4]);
    expect(await handle.query(w.value)).toBe(4);
    await handle.terminate();
  });

  both("a handler knows the update's id and name", async (scene) => {
    const handle = await scene.start(w.updates);
    expect(await handle.executeUpdate(w.who, { updateId: "the-id" })).toEqual({ id: "the-id", name: "who" });
    await handle.terminate();
  });

  it("an update that ends the workflow still has its result", async (scene) => {
    const handle = await scene.start(w.updateThenReturn);
    expect(await handle.executeUpdate(w.stop)).toBe("stopped in its last task");
    expect(await handle.result()).toBe("over");
  });

  it("a handler calls activities", async (scene) => {
    const handle = await scene.start(w.updateWithActivity);
    expect(await handle.executeUpdate(w.increase, { args: [21] })).toBe(42);
    expect(await handle.result()).toEqual([21]);
  });

  both("a default handler gets names and arguments", async (scene) => {
    const handle = await scene.start(w.dynamicUpdates);
    expect(await handle.executeUpdate("anything", { args: [1, "b"] })).toBe("did anything");
    expect(await handle.result()).toEqual([["anything", 1, "b"]]);
  });

  it("twenty updates at once are applied one after the other", async (scene) => {
    const handle = await scene.start(w.updates);
    const results = await Promise.all(
      Array.from({ length: 10 }, () => handle.executeUpdate(w.increase, { args: [1] })),
    );
    expect(results.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    await handle.signal(w.finish, 0);
    expect(await handle.result()).toBe(10);
  });

  it("allHandlersFinished waits for the slow ones", async (scene) => {
    const handle = await scene.start(w.updates);
    const update = await handle.startUpdate(w.slowly, { args: [100], waitForStage: "ACCEPTED" });
    await handle.signal(w.finish, 0);
    expect(await handle.result()).toBe(1);
    expect(await update.result()).toBe("slept 100");
  });

  it("an update of a workflow that has ended is refused", async (scene) => {
    const handle = await scene.start(w.returns, { args: [1] });
    await handle.result();
    const chain = await failureOf(handle.executeUpdate(w.increase, { args: [1] }));
    expect(chain?.[0]?.name).toBe("WorkflowNotFoundError");
  });

  it("waiting for an update past the deadline is a time-out of the call", async (scene) => {
    const handle = await scene.start(w.updates);
    const waiting = scene.stage.connection.withDeadline(Date.now() + 700, () =>
      handle.executeUpdate(w.slowly, { args: [20_000] }),
    );
    await expect(waiting).rejects.toBeInstanceOf(WorkflowUpdateRPCTimeoutOrCancelledError);
    await handle.terminate();
  });

  it("waiting for an update ends when it is aborted", async (scene) => {
    const handle = await scene.start(w.updates);
    const abort = new AbortController();
    const waiting = scene.stage.connection.withAbortSignal(abort.signal, () =>
      handle.executeUpdate(w.slowly, { args: [20_000] }),
    );
    setTimeout(() => abort.abort(), 100);
    await expect(waiting).rejects.toBeInstanceOf(WorkflowUpdateRPCTimeoutOrCancelledError);
    await handle.terminate();
  });

  it("update with start starts the workflow", async (scene) => {
    const startWorkflowOperation = new WithStartWorkflowOperation(w.updates, {
      ...scene.options(),
      workflowIdConflictPolicy: "USE_EXISTING",
    } as never);
    const result = await scene.client.workflow.executeUpdateWithStart(w.increase, {
      args: [6],
      startWorkflowOperation,
    });
    expect(result).toBe(6);
    const handle = await startWorkflowOperation.workflowHandle();
    await handle.signal(w.finish, 0);
    expect(await handle.result()).toBe(6);
  });

  it("update with start uses what runs", async (scene) => {
    const handle = await scene.start(w.updates);
    await handle.executeUpdate(w.increase, { args: [1] });
    const startWorkflowOperation = new WithStartWorkflowOperation(w.updates, {
      ...scene.options(),
      workflowIdConflictPolicy: "USE_EXISTING",
    } as never);
    const update = await scene.client.workflow.startUpdateWithStart(w.increase, {
      args: [6],
      startWorkflowOperation,
      waitForStage: "ACCEPTED",
    });
    expect(await update.result()).toBe(7);
    await handle.terminate();
  });

  it("update with start fails where the id is taken and must not be", async (scene) => {
    const handle = await scene.start(w.updates);
    const startWorkflowOperation = new WithStartWorkflowOperation(w.updates, {
      ...scene.options(),
      workflowIdConflictPolicy: "FAIL",
    } as never);
    const chain = await failureOf(
      scene.client.workflow.executeUpdateWithStart(w.increase, { args: [6], startWorkflowOperation }),
    );
    expect(chain?.[0]?.name).toBe("WorkflowExecutionAlreadyStartedError");
    await handle.terminate();
  });
};
