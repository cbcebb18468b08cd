/** Workers: caches, eager tasks, shutdown, slots, polls, limits, status. */
import { expect } from "vitest";
import { CombinedWorkerRunError, PromiseCompletionTimeoutError } from "../../../sdk/worker/index.ts";
import type { WorkerOptions } from "../../../sdk/worker/worker-options.ts";
import type { Area } from "./define.ts";
import { openGate, passed } from "./gates.ts";
import { countEvents } from "./histories.ts";
import * as workflows from "./workflows/index.ts";

const w = workflows;

/** Workers made otherwise, which do the same. */
const SHAPES: Readonly<Record<string, Partial<WorkerOptions>>> = {
  "no cache": { maxCachedWorkflows: 0 },
  "a cache of one": { maxCachedWorkflows: 1 },
  "a cache of three, inline": { maxCachedWorkflows: 3, workflows },
  "no cache, inline": { maxCachedWorkflows: 0, workflows },
  "one slot of each kind": {
    maxConcurrentActivityTaskExecutions: 1,
    maxConcurrentLocalActivityExecutions: 1,
    maxConcurrentWorkflowTaskExecutions: 2,
  },
  "one poll of each kind": { maxConcurrentWorkflowTaskPolls: 2, maxConcurrentActivityTaskPolls: 1 },
  "autoscaling polls": {
    workflowTaskPollerBehavior: { type: "autoscaling", minimum: 2, maximum: 10, initial: 2 },
    activityTaskPollerBehavior: { type: "autoscaling", minimum: 1, maximum: 10, initial: 1 },
  },
  "slots by resources": { tuner: { tunerOptions: { targetMemoryUsage: 0.99, targetCpuUsage: 0.99 } } },
  "fixed slots by a tuner": {
    tuner: {
      workflowTaskSlotSupplier: { type: "fixed-size", numSlots: 4 },
      activityTaskSlotSupplier: { type: "fixed-size", numSlots: 2 },
      localActivityTaskSlotSupplier: { type: "fixed-size", numSlots: 2 },
      nexusTaskSlotSupplier: { type: "fixed-size", numSlots: 1 },
    },
  },
  "no eager activities": { maxEagerActivityReservationsPerWorkflowTask: 0 },
  "a limit of activities per second": { maxActivitiesPerSecond: 500 },
  "a limit of the task queue": { maxTaskQueueActivitiesPerSecond: 500 },
  "a realm for every run": { reuseV8Context: false, maxCachedWorkflows: 3 },
  "everything sticky": { nonStickyToStickyPollRatio: 0.1, stickyQueueScheduleToStartTimeout: 1_000 },
};

function customTuner(counts: { reserved: number; used: number; released: number }): WorkerOptions["tuner"] {
  const supplier = {
    type: "custom" as const,
    reserveSlot: async () => (counts.reserved++, {}),
    tryReserveSlot: () => (counts.reserved++, {}),
    markSlotUsed: () => void counts.used++,
    releaseSlot: () => void counts.released++,
  };
  return {
    workflowTaskSlotSupplier: { type: "fixed-size", numSlots: 10 },
    activityTaskSlotSupplier: supplier,
    localActivityTaskSlotSupplier: supplier,
    nexusTaskSlotSupplier: { type: "fixed-size", numSlots: 1 },
  };
}

export const workers: Area = ({ it, both }) => {
  for (const [name, options] of Object.entries(SHAPES)) {
    it(`a worker with ${name} runs everything`, async (scene) => {
      await scene.withWorker(options, async (own) => {
        const id = (each: string): { workflowId: string } => ({ workflowId: `${own.id}-${each}` });
        const other = await own.start(w.collects, id("signals"));
        const results = await Promise.all([
          own.execute(w.callsInSequence, { args: [3], ...id("sequence") }),
          own.execute(w.callsMany, { args: [5], ...id("parallel") }),
          own.execute(w.localCallsInSequence, { args: [3], ...id("local") }),
          own.execute(w.intervalOfSleeps, { args: [3], ...id("timers") }),
          own.execute(w.executesChild, { args: ["returns", ["child"]], ...id("parent") }),
          own.execute(w.continues, { args: [2], ...id("continues") }),
          other.signal(w.add, 1).then(() => other.query(w.items)),
        ]);
        await other.signal(w.finish, 0);
        expect(results).toEqual([3, [0, 1, 2, 3, 4], 3, 3, "child", 0, [1]]);
        expect(await other.result()).toEqual([1]);
      });
    });
  }

  it("a custom slot supplier is asked, told and given back", async (scene) => {
    const counts = { reserved: 0, used: 0, released: 0 };
    await scene.withWorker({ tuner: customTuner(counts) as NonNullable<WorkerOptions["tuner"]> }, (own) =>
      own.execute(w.callsInSequence, { args: [3] }),
    );
    expect(counts.used).toBeGreaterThanOrEqual(3);
    expect(counts.released).toBe(counts.reserved);
  });

  it("one activity slot runs one activity at a time", async (scene) => {
    await scene.withWorker({ maxConcurrentActivityTaskExecutions: 1 }, async (own) => {
      const parallel = await own.execute(w.parallelism, { args: [own.id, 5] });
      expect(Math.max(...parallel)).toBe(1);
    });
  });

  it("ten activity slots run several at a time", async (scene) => {
    await scene.withWorker({ maxConcurrentActivityTaskExecutions: 10 }, async (own) => {
      const parallel = await own.execute(w.parallelism, { args: [own.id, 20] });
      expect(Math.max(...parallel)).toBeLessThanOrEqual(10);
    });
  });

  it("eager activities start without a poll, and count as attempts do", async (scene) => {
    const handle = await scene.start(w.callsInSequence, { args: [2] });
    await handle.result();
    expect(await countEvents(handle, "EVENT_TYPE_ACTIVITY_TASK_COMPLETED")).toBe(2);
  });

  it("an eager start gives the first task to the worker of this connection, or falls back", async (scene) => {
    const handle = await scene.start(w.returns, { args: ["eager"], requestEagerStart: true });
    expect(await handle.result()).toBe("eager");
    expect(typeof handle.eagerlyStarted).toBe("boolean");
  });

  it("shutdown waits for what runs", async (scene) => {
    const taskQueue = `own-${scene.id}`;
    const handle = await scene.start(w.calls, { taskQueue, args: ["waitsForGate", [scene.id]] });
    const stage = scene.stage;
    const worker = await stage.createWorker({ taskQueue, workflows, shutdownGraceTime: "20s" });
    const running = worker.run();
    await passed(`running-${scene.id}`);
    worker.shutdown();
    expect(["STOPPING", "DRAINING"]).toContain(worker.getState());
    openGate(scene.id, "in time");
    await running;
    expect(worker.getState()).toBe("STOPPED");
    expect(await countEvents(handle, "EVENT_TYPE_WORKFLOW_TASK_COMPLETED")).toBeGreaterThanOrEqual(1);
    await scene.withWorker({ taskQueue }, async () => expect(await handle.result()).toBe("in time"));
  });

  it("shutdown cancels activities after the grace time", async (scene) => {
    const taskQueue = `own-${scene.id}`;
    const handle = await scene.start(w.callFailure, {
      taskQueue,
      args: ["untilCancelled", [], { retry: { maximumAttempts: 1 } }],
    });
    await scene.withWorker({ taskQueue, shutdownGraceTime: 10 }, () => passed(`running-${scene.id}`));
    await scene.withWorker({ taskQueue }, async () => {
      expect((await handle.result())[0]).toMatchObject({ name: "ActivityFailure" });
    });
  });

  it("shutdown is forced after the force time", async (scene) => {
    const taskQueue = `own-${scene.id}`;
    const handle = await scene.start(w.calls, { taskQueue, args: ["waitsForGate", [scene.id]] });
    const worker = await scene.stage.createWorker({ taskQueue, workflows, shutdownForceTime: 100 });
    const running = worker.run();
    await passed(`running-${scene.id}`);
    worker.shutdown();
    await expect(running).rejects.toMatchObject({ name: "GracefulShutdownPeriodExpiredError" });
    expect(worker.getState()).toBe("FAILED");
    openGate(scene.id);
    await handle.terminate();
  });

  it("runUntil gives the promise's result and stops", async (scene) => {
    const worker = await scene.stage.createWorker({ taskQueue: scene.id, workflows });
    expect(await worker.runUntil(async () => "done")).toBe("done");
    expect(worker.getState()).toBe("STOPPED");
  });

  it("runUntil rejects with the promise's error", async (scene) => {
    const worker = await scene.stage.createWorker({ taskQueue: scene.id, workflows });
    await expect(worker.runUntil(Promise.reject(new RangeError("of mine")))).rejects.toThrow("of mine");
  });

  it("runUntil rejects when the worker stops before the promise", async (scene) => {
    const worker = await scene.stage.createWorker({ taskQueue: scene.id, workflows });
    const ending = worker.runUntil(new Promise(() => {}));
    worker.shutdown();
    await expect(ending).rejects.toBeInstanceOf(PromiseCompletionTimeoutError);
    expect(CombinedWorkerRunError.name).toBe("CombinedWorkerRunError");
  });

  it("a worker runs once", async (scene) => {
    const worker = await scene.stage.createWorker({ taskQueue: scene.id, workflows });
    await worker.runUntil(async () => {});
    await expect(worker.run()).rejects.toMatchObject({ name: "IllegalStateError" });
    expect(() => worker.shutdown()).toThrow(/Not running/);
  });

  it("a worker of a namespace that does not exist fails and names it", async (scene) => {
    const worker = await scene.stage.createWorker({ taskQueue: scene.id, workflows, namespace: "no-such-namespace" });
    await expect(worker.run()).rejects.toThrow("no-such-namespace");
    expect(worker.getState()).toBe("FAILED");
  });

  it("the status tells what is going on", async (scene) => {
    await scene.withWorker({}, async (own, worker) => {
      const handle = await own.start(w.calls, { args: ["waitsForGate", [own.id]] });
      await passed(`running-${own.id}`);
      expect(worker.getStatus()).toMatchObject({
        runState: "RUNNING",
        workflowPollerState: "POLLING",
        activityPollerState: "POLLING",
        numInFlightActivities: 1,
        numCachedWorkflows: 1,
      });
      openGate(own.id, 1);
      await handle.result();
    });
  });

  both("a workflow goes on in another worker", async (scene) => {
    const taskQueue = `moving-${scene.id}`;
    const handle = await scene.start(w.collects, { taskQueue });
    const first = scene.taskQueue.includes("inline") ? { workflows } : {};
    await scene.withWorker({ taskQueue, ...first, stickyQueueScheduleToStartTimeout: 300 }, async () => {
      await handle.signal(w.add, 1);
      expect(await handle.query(w.items)).toEqual([1]);
    });
    await scene.withWorker({ taskQueue }, async () => {
      await handle.signal(w.add, 2);
      await handle.signal(w.finish, 0);
      expect(await handle.result()).toEqual([1, 2]);
    });
  });

  for (const [options, message] of [
    [{ taskQueue: "" }, /taskQueue|task queue/i],
    [{ taskQueue: "x", maxConcurrentActivityTaskExecutions: 0 }, /maxConcurrentActivityTaskExecutions|slot/i],
    [{ taskQueue: "x", workflowsPath: "/no/such/file.ts" }, /no\/such\/file/],
    [
      { taskQueue: "x", workflowTaskPollerBehavior: { type: "autoscaling", minimum: 5, maximum: 1 } },
      /minimum|maximum/,
    ],
  ] as const) {
    it(`a worker with ${JSON.stringify(options)} is refused`, async (scene) => {
      await expect(
        scene.stage.createWorker({ ...("workflowsPath" in options ? {} : { workflows }), ...options } as never),
      ).rejects.toThrow(message);
    });
  }
};
