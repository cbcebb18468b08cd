import {
  WithStartWorkflowOperation,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateStage,
} from "@temporalio/client";
import type { ApplicationFailure } from "@temporalio/common";
import { expect } from "vitest";
import { rejectionOf } from "../harness/rejection.ts";
import { countOf, expectInOrder, milestones } from "../harness/history-events.ts";
import type { Shape, World } from "../harness/world.ts";
import * as workflows from "../workflows/index.ts";

function startSum(world: World, name: string, taskQueue = world.taskQueue) {
  return world.client.workflow.start(workflows.sum, { workflowId: world.id(name), taskQueue, args: [0] });
}

async function updateFailure(promise: Promise<unknown>): Promise<ApplicationFailure> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(WorkflowUpdateFailedError);
  return (error as WorkflowUpdateFailedError).cause as ApplicationFailure;
}

export const updates: Shape[] = [
  {
    name: "an update changes the workflow and returns a value",
    async run(world) {
      const handle = await startSum(world, "update");
      expect(await handle.executeUpdate(workflows.addUpdate, { args: [3] })).toBe(3);
      expect(await handle.executeUpdate(workflows.addUpdate, { args: [4] })).toBe(7);
      await handle.signal(workflows.finishSignal);
      expect(await handle.result()).toEqual([0, 3, 4]);
      expect(milestones(await world.history(handle))).toEqual([
        "WorkflowExecutionStarted",
        "WorkflowExecutionUpdateAccepted",
        "WorkflowExecutionUpdateCompleted",
        "WorkflowExecutionUpdateAccepted",
        "WorkflowExecutionUpdateCompleted",
        "WorkflowExecutionSignaled",
        "WorkflowExecutionCompleted",
      ]);
    },
  },
  {
    name: "a rejected update leaves no trace in the history of an idle workflow",
    async run(world) {
      const handle = await startSum(world, "reject");
      expect(await handle.query(workflows.totalQuery)).toBe(0);
      const before = await world.history(handle);
      const failure = await updateFailure(handle.executeUpdate(workflows.addUpdate, { args: [-1] }));
      expect([failure.type, failure.message]).toEqual(["Negative", "only what is positive"]);
      expect(await world.history(handle)).toEqual(before);
      expect(await handle.executeUpdate(workflows.addUpdate, { args: [1] })).toBe(1);
      await handle.signal(workflows.finishSignal);
      expect(await handle.result()).toEqual([0, 1]);
    },
  },
  {
    name: "an accepted update gives a handle whose result is awaited later",
    async run(world) {
      const handle = await startSum(world, "accepted");
      const update = await handle.startUpdate(workflows.slowUpdate, {
        args: [400],
        waitForStage: WorkflowUpdateStage.ACCEPTED,
        updateId: "slow",
      });
      expect(countOf(await world.history(handle), "WorkflowExecutionUpdateAccepted")).toBe(1);
      const again = handle.getUpdateHandle<string>("slow");
      expect(await Promise.all([update.result(), again.result()])).toEqual(["after 400", "after 400"]);
      await handle.terminate();
    },
  },
  {
    name: "an update sent twice with one id runs once, also after the workflow has closed",
    async run(world) {
      const handle = await startSum(world, "dedupe");
      const options = { args: [5] as [number], updateId: "five" };
      expect(
        await Promise.all([
          handle.executeUpdate(workflows.addUpdate, options),
          handle.executeUpdate(workflows.addUpdate, options),
        ]),
      ).toEqual([5, 5]);
      await handle.signal(workflows.finishSignal);
      expect(await handle.result()).toEqual([0, 5]);
      expect(await handle.getUpdateHandle<number>("five").result()).toBe(5);
      expect(countOf(await world.history(handle), "WorkflowExecutionUpdateAccepted")).toBe(1);
    },
  },
  {
    name: "an update fails after it was accepted",
    async run(world) {
      const handle = await startSum(world, "fails");
      expect((await updateFailure(handle.executeUpdate(workflows.brokenUpdate))).type).toBe("BrokenUpdate");
      const events = await world.history(handle);
      expectInOrder(events, [
        "WorkflowExecutionUpdateAccepted",
        "TimerStarted",
        "TimerFired",
        "WorkflowExecutionUpdateCompleted",
      ]);
      await handle.terminate();
    },
  },
  {
    name: "an update waits for an activity",
    async run(world) {
      const handle = await startSum(world, "through-activity");
      expect(await handle.executeUpdate(workflows.greetUpdate, { args: ["update"] })).toBe("hello update");
      expectInOrder(await world.history(handle), [
        "WorkflowExecutionUpdateAccepted",
        "ActivityTaskScheduled",
        "ActivityTaskCompleted",
        "WorkflowExecutionUpdateCompleted",
      ]);
      await handle.terminate();
    },
  },
  {
    name: "many updates at once are each applied once",
    async run(world) {
      const count = 40;
      const handle = await startSum(world, "many");
      const totals = await Promise.all(
        Array.from({ length: count }, () => handle.executeUpdate(workflows.addUpdate, { args: [1] })),
      );
      expect(totals.toSorted((left, right) => left - right)).toEqual(
        Array.from({ length: count }, (_, index) => index + 1),
      );
      await handle.signal(workflows.finishSignal);
      expect(await handle.result()).toHaveLength(count + 1);
    },
  },
  {
    name: "updates reach a worker that caches nothing",
    async run(world) {
      const handle = await startSum(world, "uncached", world.uncachedTaskQueue);
      expect(await handle.executeUpdate(workflows.addUpdate, { args: [2] })).toBe(2);
      await updateFailure(handle.executeUpdate(workflows.addUpdate, { args: [-2] }));
      expect(await handle.executeUpdate(workflows.addUpdate, { args: [3] })).toBe(5);
      await handle.signal(workflows.finishSignal);
      expect(await handle.result()).toEqual([0, 2, 3]);
    },
  },
  {
    name: "an update-with-start starts the workflow, and then meets the running one",
    async run(world) {
      const workflowId = world.id("update-with-start");
      const operation = () =>
        new WithStartWorkflowOperation(workflows.sum, {
          workflowId,
          taskQueue: world.taskQueue,
          args: [10],
          workflowIdConflictPolicy: "USE_EXISTING",
        });
      const starting = operation();
      expect(
        await world.client.workflow.executeUpdateWithStart(workflows.addUpdate, {
          args: [1],
          startWorkflowOperation: starting,
        }),
      ).toBe(11);
      const meeting = operation();
      const update = await world.client.workflow.startUpdateWithStart(workflows.slowUpdate, {
        args: [50],
        waitForStage: WorkflowUpdateStage.ACCEPTED,
        startWorkflowOperation: meeting,
      });
      expect(await update.result()).toBe("after 50");
      const [first, second] = await Promise.all([starting.workflowHandle(), meeting.workflowHandle()]);
      expect(first.workflowId).toBe(second.workflowId);
      await first.signal(workflows.finishSignal);
      expect(await first.result()).toEqual([10, 1]);
      expectInOrder(await world.history(first), [
        "WorkflowExecutionStarted",
        "WorkflowExecutionUpdateAccepted",
        "WorkflowExecutionCompleted",
      ]);
    },
  },
  {
    name: "an update-with-start fails as a whole when the id is taken",
    async run(world) {
      const handle = await startSum(world, "update-conflict");
      const operation = new WithStartWorkflowOperation(workflows.sum, {
        workflowId: handle.workflowId,
        taskQueue: world.taskQueue,
        args: [0],
        workflowIdConflictPolicy: "FAIL",
      });
      operation.workflowHandle().catch(() => {});
      const refused = world.client.workflow.executeUpdateWithStart(workflows.addUpdate, {
        args: [1],
        startWorkflowOperation: operation,
      });
      expect(await rejectionOf(refused)).toMatchObject({ name: "WorkflowExecutionAlreadyStartedError" });
      expect(await handle.query(workflows.totalQuery)).toBe(0);
      await handle.terminate();
    },
  },
  {
    name: "updates follow a workflow through its continue-as-new runs",
    async run(world) {
      const handle = await world.client.workflow.start(workflows.entity, {
        workflowId: world.id("entity"),
        taskQueue: world.taskQueue,
        args: [{ total: 0, runs: 0, runsMax: 4 }],
      });
      const sent = Array.from({ length: 12 }, (_, index) => index + 1);
      const current = world.client.workflow.getHandle<typeof workflows.entity>(handle.workflowId);
      const totals: number[] = [];
      for (const number of sent) {
        try {
          totals.push(await current.executeUpdate(workflows.addUpdate, { args: [number] }));
        } catch (error) {
          expect(error).toBeInstanceOf(WorkflowNotFoundError);
          break;
        }
      }
      const { total, runs } = await handle.result();
      expect(runs).toBe(4);
      expect(totals.at(-1)).toBe(total);
      expect(
        countOf(
          await world.historyOf(handle.workflowId, handle.firstExecutionRunId),
          "WorkflowExecutionContinuedAsNew",
        ),
      ).toBe(1);
    },
  },
  {
    name: "an update that the workflow leaves behind fails when the workflow completes",
    async run(world) {
      const handle = await startSum(world, "left-behind");
      const update = await handle.startUpdate(workflows.stuckUpdate, { waitForStage: WorkflowUpdateStage.ACCEPTED });
      await handle.signal(workflows.finishSignal);
      await handle.result();
      expect((await updateFailure(update.result())).type).toBe("AcceptedUpdateCompletedWorkflow");
    },
  },
  {
    name: "a closed workflow and an unknown update are not found",
    async run(world) {
      const handle = await startSum(world, "not-found");
      expect(await rejectionOf(handle.getUpdateHandle("never-sent").result())).toBeInstanceOf(WorkflowNotFoundError);
      await handle.terminate();
      expect(await rejectionOf(handle.executeUpdate(workflows.addUpdate, { args: [1] }))).toBeInstanceOf(
        WorkflowNotFoundError,
      );
    },
  },
  {
    name: "an update that the workflow does not know is rejected",
    async run(world) {
      const handle = await startSum(world, "unknown-update");
      const failure = await updateFailure(handle.executeUpdate("noSuchUpdate"));
      expect(failure.message).toContain("noSuchUpdate");
      await handle.terminate();
    },
  },
];
