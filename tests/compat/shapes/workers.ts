import { WorkflowFailedError } from "@temporalio/client";
import { TestWorkflowEnvironment } from "@temporalio/testing";
import { NativeConnection, Worker } from "@temporalio/worker";
import { temporal } from "@temporalio/proto";
import { expect } from "vitest";
import { rejectionOf } from "../harness/rejection.ts";
import * as activities from "../activities.ts";
import { eventually } from "../harness/eventually.ts";
import { countOf, eventName, expectInOrder, firstOf } from "../harness/history-events.ts";
import type { Shape } from "../harness/world.ts";
import * as workflows from "../workflows/index.ts";

const { WorkflowTaskFailedCause } = temporal.api.enums.v1;

const GENERATION = "@@generation-one@@";
const second = { from: GENERATION, to: "@@generation-two@@" };
const third = { from: GENERATION, to: "@@generation-three@@" };

export const workers: Shape[] = [
  {
    name: "a patch lets new code meet old histories, and can be deprecated",
    async run(world) {
      const taskQueue = world.id("patch-queue");
      const old = await world.client.workflow.start(workflows.patchedWorkflow, {
        workflowId: world.id("patch-old"),
        taskQueue,
      });
      await world.withWorker({ taskQueue }, () =>
        world.untilEvent(old.workflowId, (events) => countOf(events, "TimerFired") === 1),
      );
      const young = await world.client.workflow.start(workflows.patchedWorkflow, {
        workflowId: world.id("patch-young"),
        taskQueue,
      });
      await world.withWorker({ taskQueue, workflowBundle: world.bundleWith(second) }, async () => {
        await old.signal("proceed");
        expect(await old.result()).toBe("slept");
        await world.untilEvent(young.workflowId, (events) => countOf(events, "ActivityTaskCompleted") === 1);
      });
      expectInOrder(await world.history(young), [
        "MarkerRecorded",
        "UpsertWorkflowSearchAttributes",
        "ActivityTaskScheduled",
      ]);
      await world.withWorker({ taskQueue, workflowBundle: world.bundleWith(third) }, async () => {
        await young.signal("proceed");
        // What the activity returned to the second generation stays its result.
        expect(await young.result()).toBe("hello second");
      });
    },
  },
  {
    name: "a change that breaks replay fails workflow tasks until the code is right again",
    async run(world) {
      const taskQueue = world.id("careless-queue");
      const handle = await world.client.workflow.start(workflows.changedCarelessly, {
        workflowId: world.id("careless"),
        taskQueue,
        workflowTaskTimeout: "3s",
      });
      await world.withWorker({ taskQueue }, () =>
        world.untilEvent(handle.workflowId, (events) => countOf(events, "TimerFired") === 1),
      );
      const failed = await world.withWorker({ taskQueue, workflowBundle: world.bundleWith(second) }, async () => {
        await handle.signal("proceed");
        return world.untilEvent(handle.workflowId, (events) => countOf(events, "WorkflowTaskFailed") === 1);
      });
      expect(firstOf(failed, "WorkflowTaskFailed").workflowTaskFailedEventAttributes?.cause).toBe(
        WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR,
      );
      await world.withWorker({ taskQueue, workflowBundle: world.bundleWith(third) }, async () => {
        expect(await handle.result()).toBe("done");
      });
    },
  },
  {
    name: "a bug fails workflow tasks, and the workflow goes on once it is fixed",
    async run(world) {
      const taskQueue = world.id("buggy-queue");
      const handle = await world.client.workflow.start(workflows.fixedLater, {
        workflowId: world.id("buggy"),
        taskQueue,
        workflowTaskTimeout: "3s",
      });
      const failed = await world.withWorker({ taskQueue }, () =>
        world.untilEvent(handle.workflowId, (events) => countOf(events, "WorkflowTaskFailed") === 1),
      );
      const { workflowTaskFailedEventAttributes: failure } = firstOf(failed, "WorkflowTaskFailed");
      expect([failure?.cause, failure?.failure?.message]).toEqual([
        WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_WORKFLOW_WORKER_UNHANDLED_FAILURE,
        "a bug that fails the task",
      ]);
      await world.withWorker({ taskQueue, workflowBundle: world.bundleWith(second) }, async () => {
        expect(await handle.result()).toBe("fixed");
      });
      expectInOrder(await world.history(handle), [
        "WorkflowTaskFailed",
        "WorkflowTaskScheduled",
        "WorkflowTaskCompleted",
        "WorkflowExecutionCompleted",
      ]);
    },
  },
  {
    name: "a workflow goes on with a new worker after the first has stopped",
    async run(world) {
      const taskQueue = world.id("restart-queue");
      const handle = await world.client.workflow.start(workflows.survivesRestart, {
        workflowId: world.id("restart"),
        taskQueue,
      });
      await world.withWorker({ taskQueue }, () =>
        world.untilEvent(handle.workflowId, (events) => countOf(events, "ActivityTaskCompleted") === 1),
      );
      await handle.signal("proceed");
      await world.withWorker({ taskQueue }, async () =>
        expect(await handle.result()).toEqual(["hello before", "hello after"]),
      );
      expect(countOf(await world.history(handle), "ActivityTaskScheduled")).toBe(2);
    },
  },
  {
    name: "workers that stop while their polls are parked swallow no task",
    async run(world) {
      const taskQueue = world.id("parked-queue");
      for (let round = 0; round < 3; round++) {
        await world.withWorker({ taskQueue, maxCachedWorkflows: 2 }, async () => {
          expect(
            await world.client.workflow.execute(workflows.greetLazily, {
              workflowId: world.id("parked"),
              taskQueue,
              args: [`${round}`],
            }),
          ).toBe(`hello ${round}`);
        });
        // Nobody polls now. A task left with a poll that is gone would wait for its time-out.
        const handle = await world.client.workflow.start(workflows.greetLazily, {
          workflowId: world.id("parked-next"),
          taskQueue,
          args: ["next"],
        });
        await world.withWorker({ taskQueue }, async () => expect(await handle.result()).toBe("hello next"));
        expect(countOf(await world.history(handle), "WorkflowTaskTimedOut")).toBe(0);
      }
    },
  },
  ...([0, 1] as const).map((maxCachedWorkflows): Shape => ({
    name: `workflows run interleaved on a worker that caches ${maxCachedWorkflows}`,
    async run(world) {
      const taskQueue = world.id(`cache-${maxCachedWorkflows}`);
      await world.withWorker({ taskQueue, maxCachedWorkflows }, async () => {
        const handles = await Promise.all(
          Array.from({ length: 6 }, () =>
            world.client.workflow.start(workflows.sum, { workflowId: world.id("interleaved"), taskQueue, args: [0] }),
          ),
        );
        for (let number = 1; number <= 4; number++) {
          await Promise.all(handles.map((handle) => handle.signal(workflows.addSignal, number)));
          expect(await handles[number]!.executeUpdate(workflows.addUpdate, { args: [10] })).toBeGreaterThanOrEqual(10);
        }
        expect(await handles[0]!.query(workflows.totalQuery)).toBe(10);
        await Promise.all(handles.map((handle) => handle.signal(workflows.finishSignal)));
        expect((await handles[0]!.result()).toSorted()).toEqual([0, 1, 2, 3, 4]);
        await Promise.all(handles.map((handle) => handle.result()));
      });
    },
  })),
  {
    name: "two workers share a queue, and every workflow runs once",
    async run(world) {
      const taskQueue = world.id("shared-queue");
      const count = 60;
      // The SDK wants one worker per queue and connection.
      const connection = await NativeConnection.connect({ address: world.target.address });
      await world.withWorker({ taskQueue, identity: "left" }, () =>
        world.withWorker({ taskQueue, identity: "right", connection }, async () => {
          const results = await Promise.all(
            Array.from({ length: count }, (_, index) =>
              world.client.workflow.execute(workflows.greetOneByOne, {
                workflowId: world.id("shared"),
                taskQueue,
                args: [[`${index}`, "again"]],
              }),
            ),
          );
          expect(results).toEqual(Array.from({ length: count }, (_, index) => [`hello ${index}`, "hello again"]));
        }),
      );
      await connection.close();
    },
  },
  {
    name: "fetched histories replay in the SDK",
    async run(world) {
      const options = { taskQueue: world.taskQueue };
      const ids = Array.from({ length: 6 }, () => world.id("replayed"));
      await Promise.all([
        world.client.workflow.execute(workflows.greetOneByOne, {
          ...options,
          workflowId: ids[0]!,
          args: [["a", "b", "c"]],
        }),
        world.client.workflow.execute(workflows.cancelTimer, { ...options, workflowId: ids[1]! }),
        world.client.workflow.execute(workflows.tellAncestors, { ...options, workflowId: ids[2]!, args: [1] }),
        world.client.workflow.execute(workflows.manyLocally, { ...options, workflowId: ids[3]!, args: [5] }),
        world.client.workflow.execute(workflows.drawRandomly, { ...options, workflowId: ids[4]! }),
        world.client.workflow
          .start(workflows.sum, { ...options, workflowId: ids[5]!, args: [1] })
          .then(async (handle) => {
            await handle.executeUpdate(workflows.addUpdate, { args: [2] });
            await handle.signal(workflows.finishSignal);
            return handle.result();
          }),
      ]);
      const histories = await Promise.all(
        ids.map(async (workflowId) => ({
          workflowId,
          history: await world.client.workflow.getHandle(workflowId).fetchHistory(),
        })),
      );
      const replayed: string[] = [];
      for await (const result of Worker.runReplayHistories(
        { workflowBundle: world.bundle, interceptors: { activity: [] } },
        histories,
      )) {
        expect(result.error).toBeUndefined();
        replayed.push(result.workflowId);
      }
      expect(replayed.toSorted()).toEqual(ids.toSorted());
    },
  },
  {
    name: "a test environment made from the running server works",
    async run(world) {
      const env = await TestWorkflowEnvironment.createFromExistingServer({
        address: world.target.address,
        namespace: world.namespace,
      });
      try {
        const taskQueue = world.id("environment");
        const worker = await Worker.create({
          connection: env.nativeConnection,
          namespace: world.namespace,
          taskQueue,
          workflowBundle: world.bundle,
          activities,
        });
        await worker.runUntil(async () => {
          const result = await env.client.workflow.execute(workflows.greetOnce, {
            workflowId: world.id("environment"),
            taskQueue,
            args: ["environment"],
          });
          expect(result).toBe("hello environment");
          await env.sleep(10);
        });
        expect(Math.abs((await env.currentTimeMs()) - Date.now())).toBeLessThan(60_000);
      } finally {
        await env.teardown();
      }
    },
  },
  {
    name: "a server lists the workers that report to it",
    async run(world) {
      const taskQueue = world.id("listed");
      await world.withWorker({ taskQueue, identity: "listed-worker" }, async () => {
        await world.client.workflow.execute(workflows.greetOnce, {
          workflowId: world.id("listed"),
          taskQueue,
          args: ["x"],
        });
        const pollers = await eventually(async () => {
          const reply = await world.client.workflowService.describeTaskQueue({
            namespace: world.namespace,
            taskQueue: { name: taskQueue },
            taskQueueType: temporal.api.enums.v1.TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
          });
          expect(reply.pollers.length).toBeGreaterThan(0);
          return reply.pollers;
        });
        expect(pollers.map(({ identity }) => identity)).toContain("listed-worker");
      });
    },
  },
  {
    name: "a workflow that fails at once does not wait for a retry of its task",
    async run(world) {
      const handle = await world.client.workflow.start(workflows.failsAtOnce, {
        workflowId: world.id("fails-at-once"),
        taskQueue: world.taskQueue,
      });
      expect(await rejectionOf(handle.result())).toBeInstanceOf(WorkflowFailedError);
      expect((await world.history(handle)).map(eventName).at(-1)).toBe("WorkflowExecutionFailed");
    },
  },
  {
    name: "a worker for a namespace that does not exist is refused",
    async run(world) {
      expect(
        String(
          await rejectionOf(
            world.createWorker({ taskQueue: "x", namespace: "no-such-namespace" }).then((worker) => worker.run()),
          ),
        ),
      ).toMatch(/namespace/i);
    },
  },
];
