import { expect } from "vitest";
import type { Area } from "./define.ts";
import { countOf } from "./gates.ts";
import { countEvents, untilEvents } from "./histories.ts";
import * as w from "./workflows/index.ts";

export const localActivities: Area = ({ it, both }) => {
  for (const [name, value] of [
    ["a number", 1],
    ["an object", { a: [1, 2] }],
    ["nothing", undefined],
    ["null", null],
  ] as const) {
    both(`a local activity gives back ${name}`, async (scene) => {
      expect(await scene.execute(w.passesOnLocally, { args: [value] })).toEqual(value);
    });
  }

  both("it leaves one marker and no activity events", async (scene) => {
    const handle = await scene.start(w.localCalls, { args: ["echo", [1]] });
    await handle.result();
    expect(await countEvents(handle, "EVENT_TYPE_MARKER_RECORDED")).toBe(1);
    expect(await countEvents(handle, "EVENT_TYPE_ACTIVITY_TASK_SCHEDULED")).toBe(0);
  });

  it("fifty at once", async (scene) => {
    expect((await scene.execute(w.localCallsMany, { args: [50] })).length).toBe(50);
  });

  both("ten in sequence run within one workflow task", async (scene) => {
    const handle = await scene.start(w.localCallsInSequence, { args: [10] });
    expect(await handle.result()).toBe(45);
    expect(await countEvents(handle, "EVENT_TYPE_MARKER_RECORDED")).toBe(10);
  });

  it("it runs once, whatever comes after it", async (scene) => {
    expect(await scene.execute(w.localThenTimer, { args: [scene.id] })).toBe(countOf(scene.id));
  });

  it("a failing one is retried", async (scene) => {
    expect(await scene.execute(w.localCalls, { args: ["failsTimes", [2]] })).toBe(3);
  });

  both("attempts end at maximumAttempts", async (scene) => {
    const options = { retry: { maximumAttempts: 2, initialInterval: 1 } };
    const chain = await scene.execute(w.localCallFailure, { args: ["failsTimes", [9], options] });
    // Unlike that of a remote activity, the failure comes without an ActivityFailure around it.
    expect(chain).toMatchObject([{ name: "ApplicationFailure", message: "attempt 2", type: "Flaky" }]);
  });

  both("a non-retryable failure runs once", async (scene) => {
    const chain = await scene.execute(w.localCallFailure, { args: ["throwsNonRetryable", ["detail"]] });
    expect(chain).toMatchObject([
      { name: "ApplicationFailure", type: "Final", nonRetryable: true, details: ["detail"] },
    ]);
    expect(countOf(`nonRetryable-${scene.id}`)).toBe(1);
  });

  it("an error type that the policy names is not retried", async (scene) => {
    const options = { retry: { nonRetryableErrorTypes: ["Fatal"], initialInterval: 1 } };
    const chain = await scene.execute(w.localCallFailure, { args: ["failsTimes", [9, "Fatal"], options] });
    expect(chain).toMatchObject([{ message: "attempt 1" }]);
  });

  it("a backoff above the threshold becomes a timer of the server", async (scene) => {
    const options = { retry: { initialInterval: 300, backoffCoefficient: 1 }, localRetryThreshold: 100 };
    const handle = await scene.start(w.localCalls, { args: ["failsTimes", [2], options] });
    expect(await handle.result()).toBe(3);
    expect(await countEvents(handle, "EVENT_TYPE_TIMER_FIRED")).toBe(2);
  });

  it("an attempt that takes too long times out", async (scene) => {
    const options = { startToCloseTimeout: 60, retry: { maximumAttempts: 1 } };
    const chain = await scene.execute(w.localCallFailure, { args: ["hangsUntilAttempt", [9], options] });
    expect(chain).toMatchObject([
      { name: "ActivityFailure" },
      { name: "TimeoutFailure", timeoutType: "START_TO_CLOSE" },
    ]);
  });

  it("all attempts together end at the schedule-to-close time-out", async (scene) => {
    const options = { scheduleToCloseTimeout: 150, retry: { initialInterval: 20, backoffCoefficient: 1 } };
    const chain = await scene.execute(w.localCallFailure, { args: ["failsTimes", [1_000], options] });
    expect(chain.length).toBeGreaterThan(0);
  });

  both("a cancelled scope cancels it", async (scene) => {
    const result = await scene.execute(w.cancelsLocal, { args: ["untilCancelled"] });
    expect(result).toMatchObject([{ name: "ActivityFailure" }, { name: "CancelledFailure" }]);
  });

  it("one that returns although it is cancelled has its result", async (scene) => {
    expect(await scene.execute(w.cancelsLocal, { args: ["returnsWhenCancelled"] })).toBe("stopped: true");
  });

  it("one longer than the workflow task keeps the task alive", async (scene) => {
    const handle = await scene.start(w.localCalls, {
      args: ["sleepsFor", [3_500]],
      workflowTaskTimeout: 3_000,
    });
    expect(await handle.result()).toBe("slept");
    expect(await countEvents(handle, "EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT")).toBe(0);
  });

  it("it knows that it is local", async (scene) => {
    expect(await scene.execute(w.localCalls, { args: ["infoOf"] })).toMatchObject({
      isLocal: true,
      activityType: "infoOf",
      attempt: 1,
      workflowExecution: { workflowId: scene.id },
    });
  });

  it("one that nobody has fails the workflow task and says so", async (scene) => {
    const handle = await scene.start(w.localCalls, { args: ["noSuchActivity"] });
    await untilEvents(handle, "EVENT_TYPE_WORKFLOW_TASK_FAILED");
    await handle.terminate();
    expect(await countEvents(handle, "EVENT_TYPE_MARKER_RECORDED")).toBe(0);
  });
};
