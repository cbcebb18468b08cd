import { expect } from "vitest";
import type { Area } from "./define.ts";
import { countOf } from "./gates.ts";
import { countEvents, eventsOf, untilEvents } from "./histories.ts";
import * as w from "./workflows/index.ts";

/** Values that go to an activity and come back as they were. */
const VALUES: readonly [string, unknown][] = [
  ["a number", 42.5],
  ["a string", "grüße 🦊"],
  ["an empty string", ""],
  ["null", null],
  ["nothing", undefined],
  ["a nested object", { a: [1, { b: null }], c: "d" }],
  ["false", false],
  ["bytes", new Uint8Array([0, 1, 254, 255])],
];

export const activities: Area = ({ it, both }) => {
  for (const [name, value] of VALUES) {
    both(`an activity gives back ${name}`, async (scene) => {
      expect(await scene.execute(w.passesOn, { args: [value] })).toEqual(value);
    });
  }

  it("a function that is not async is an activity too", async (scene) => {
    expect(await scene.execute(w.calls, { args: ["echoSync", ["x"]] })).toBe("x");
  });

  it("an activity without a result gives undefined", async (scene) => {
    expect(await scene.execute(w.calls, { args: ["nothing"] })).toBeUndefined();
  });

  it("all arguments arrive in order", async (scene) => {
    expect(await scene.execute(w.calls, { args: ["joinsAll", ["a", "b", "c", "d"]] })).toBe("a|b|c|d");
  });

  both("a hundred activities at once all end", async (scene) => {
    const results = await scene.execute(w.callsMany, { args: [100] });
    expect(results).toEqual(Array.from({ length: 100 }, (_, index) => index));
  });

  both("activities one after the other", async (scene) => {
    expect(await scene.execute(w.callsInSequence, { args: [10] })).toBe(45);
  });

  it("an activity scheduled by name", async (scene) => {
    expect(await scene.execute(w.schedules, { args: ["by name"] })).toBe("by name");
  });

  it("executeWithOptions changes the options of one call", async (scene) => {
    const handle = await scene.start(w.callsByOptions, { args: ["mine"] });
    expect(await handle.result()).toBe("mine");
    const [scheduled] = await eventsOf(handle, "EVENT_TYPE_ACTIVITY_TASK_SCHEDULED");
    expect(scheduled?.activityTaskScheduledEventAttributes?.activityId).toBe("mine");
  });

  both("an activity without a time-out is refused before it is scheduled", async (scene) => {
    const handle = await scene.start(w.callsWithoutTimeout);
    await untilEvents(handle, "EVENT_TYPE_WORKFLOW_TASK_FAILED");
    await handle.terminate();
    expect(await countEvents(handle, "EVENT_TYPE_ACTIVITY_TASK_SCHEDULED")).toBe(0);
  });

  it("activity ids count from 1", async (scene) => {
    const handle = await scene.start(w.callsMany, { args: [3] });
    await handle.result();
    const scheduled = await eventsOf(handle, "EVENT_TYPE_ACTIVITY_TASK_SCHEDULED");
    expect(scheduled.map((event) => event.activityTaskScheduledEventAttributes?.activityId)).toEqual(["1", "2", "3"]);
  });

  it("an activity knows who called it and how", async (scene) => {
    const info = await scene.execute(w.calls, {
      args: ["infoOf", [], { heartbeatTimeout: 5_000, startToCloseTimeout: 6_000, scheduleToCloseTimeout: 60_000 }],
    });
    expect(info).toMatchObject({
      activityId: "1",
      activityType: "infoOf",
      attempt: 1,
      isLocal: false,
      inWorkflow: true,
      workflowType: "calls",
      workflowExecution: { workflowId: scene.id },
      taskQueue: scene.taskQueue,
      namespace: scene.stage.namespace,
      workflowNamespace: scene.stage.namespace,
      heartbeatTimeoutMs: 5_000,
      startToCloseTimeoutMs: 6_000,
      scheduleToCloseTimeoutMs: 60_000,
    });
  });

  for (const times of [0, 1, 3]) {
    it(`an activity that fails ${times} times is tried ${times + 1} times`, async (scene) => {
      expect(await scene.execute(w.calls, { args: ["failsTimes", [times]] })).toBe(times + 1);
    });
  }

  it("attempts end at maximumAttempts", async (scene) => {
    const chain = await scene.execute(w.callFailure, {
      args: ["failsTimes", [9], { retry: { maximumAttempts: 3, initialInterval: 1 } }],
    });
    expect(chain).toMatchObject([
      { name: "ActivityFailure", retryState: "MAXIMUM_ATTEMPTS_REACHED", activityType: "failsTimes", activityId: "1" },
      { name: "ApplicationFailure", message: "attempt 3", type: "Flaky" },
    ]);
  });

  it("an error type that the policy names is not retried", async (scene) => {
    const chain = await scene.execute(w.callFailure, {
      args: ["failsTimes", [9, "Fatal"], { retry: { nonRetryableErrorTypes: ["Fatal"] } }],
    });
    expect(chain).toMatchObject([
      { name: "ActivityFailure", retryState: "NON_RETRYABLE_FAILURE" },
      { name: "ApplicationFailure", message: "attempt 1", type: "Fatal" },
    ]);
  });

  it("an error type that the policy does not name is retried", async (scene) => {
    const result = await scene.execute(w.calls, {
      args: ["failsTimes", [1, "Other"], { retry: { nonRetryableErrorTypes: ["Fatal"], initialInterval: 1 } }],
    });
    expect(result).toBe(2);
  });

  both("a non-retryable failure runs once and keeps its details", async (scene) => {
    const chain = await scene.execute(w.callFailure, { args: ["throwsNonRetryable", [{ a: 1 }, "two"]] });
    expect(chain).toMatchObject([
      { name: "ActivityFailure", retryState: "NON_RETRYABLE_FAILURE" },
      {
        name: "ApplicationFailure",
        message: "not again",
        type: "Final",
        nonRetryable: true,
        details: [{ a: 1 }, "two"],
      },
    ]);
    expect(countOf(`nonRetryable-${scene.id}`)).toBe(1);
  });

  it("a failure may ask for the delay before its next attempt", async (scene) => {
    const delay = await scene.execute(w.calls, {
      args: ["asksForDelay", [150], { retry: { initialInterval: 1 } }],
    });
    expect(delay).toBeGreaterThanOrEqual(140);
  });

  it("retries wait longer by the coefficient, up to the maximum", async (scene) => {
    const handle = await scene.start(w.calls, {
      args: ["failsTimes", [4], { retry: { initialInterval: 10, backoffCoefficient: 2, maximumInterval: 40 } }],
    });
    expect(await handle.result()).toBe(5);
    const [scheduled] = await eventsOf(handle, "EVENT_TYPE_ACTIVITY_TASK_SCHEDULED");
    const policy = scheduled?.activityTaskScheduledEventAttributes?.retryPolicy;
    expect(policy).toMatchObject({ backoffCoefficient: 2, maximumInterval: { seconds: 0, nanos: 40_000_000 } });
  });

  it("the last failure is told in the history of a retried activity", async (scene) => {
    const handle = await scene.start(w.calls, { args: ["failsTimes", [1]] });
    await handle.result();
    const [started] = await eventsOf(handle, "EVENT_TYPE_ACTIVITY_TASK_STARTED");
    expect(started?.activityTaskStartedEventAttributes?.attempt).toBe(2);
    expect(started?.activityTaskStartedEventAttributes?.lastFailure?.length).toBeGreaterThan(0);
  });

  it("heartbeat details reach the next attempt", async (scene) => {
    const result = await scene.execute(w.calls, { args: ["resumes", [], { heartbeatTimeout: 5_000 }] });
    expect(result).toEqual([3, { done: 2 }]);
  });

  it("an activity that nobody has fails with the names of those there are", async (scene) => {
    const chain = await scene.execute(w.callFailure, {
      args: ["noSuchActivity", [], { retry: { maximumAttempts: 1 } }],
    });
    expect(chain).toMatchObject([{ name: "ActivityFailure" }, { name: "ApplicationFailure", type: "NotFoundError" }]);
    expect(chain[1]?.message).toContain("noSuchActivity");
    expect(chain[1]?.message).toContain("echo");
  });

  it("a result beyond the server's limit fails the activity", async (scene) => {
    const chain = await scene.execute(w.callFailure, {
      args: ["bytes", [3 * 1024 * 1024], { retry: { maximumAttempts: 1 } }],
    });
    expect(chain[0]).toMatchObject({ name: "ActivityFailure" });
    expect(chain[1]?.message).toMatch(/limit/);
  });

  it("a result of a megabyte arrives", async (scene) => {
    const result = await scene.execute(w.calls, { args: ["bytes", [1024 * 1024]] });
    expect((result as Uint8Array).length).toBe(1024 * 1024);
  });

  it("an activity has a client of its worker's namespace", async (scene) => {
    expect(await scene.execute(w.calls, { args: ["describesItsWorkflow"] })).toBe("RUNNING");
  });

  both("a failure that is caught too late does not end the workflow", async (scene) => {
    expect(await scene.execute(w.ignoresFailure)).toBe("went on");
  });

  it("an activity scheduled and cancelled in one task never reaches the server", async (scene) => {
    const handle = await scene.start(w.cancelsInTheSameTask);
    expect(await handle.result()).toMatchObject([{ name: "ActivityFailure" }, { name: "CancelledFailure" }]);
    expect(await countEvents(handle, "EVENT_TYPE_ACTIVITY_TASK_SCHEDULED")).toBe(0);
  });

  it("an activity called in a cancelled scope is cancelled", async (scene) => {
    const chain = await scene.execute(w.cancelsBeforeScheduling);
    expect(chain.at(-1)).toMatchObject({ name: "CancelledFailure" });
  });
};
