import { expect } from "vitest";
import type { Area } from "./define.ts";
import { countEvents } from "./histories.ts";
import * as w from "./workflows/index.ts";

export const time: Area = ({ it, both }) => {
  for (const duration of [0, 1, 20, "10ms", "0.02s"]) {
    both(`sleep(${JSON.stringify(duration)}) ends`, async (scene) => {
      expect(await scene.execute(w.sleeps, { args: [duration] })).toBe("awake");
    });
  }

  it("sleep of a negative time is the least there is", async (scene) => {
    expect(await scene.execute(w.sleeps, { args: [-5] })).toBe("awake");
  });

  both("setTimeout is a timer of the workflow", async (scene) => {
    const handle = await scene.start(w.sleepsByTimeout, { args: [5] });
    expect(await handle.result()).toBe("awake");
    expect(await countEvents(handle, "EVENT_TYPE_TIMER_FIRED")).toBe(1);
  });

  both("a cleared timeout does not fire", async (scene) => {
    expect(await scene.execute(w.clearsTimeout)).toEqual([]);
  });

  both("timers fire in the order of their times", async (scene) => {
    expect(await scene.execute(w.sleepsInOrder, { args: [[1500, 1, 700]] })).toEqual([1, 700, 1500]);
  });

  both("the clock moves by at least the time slept", async (scene) => {
    expect(await scene.execute(w.timePassesBySleep, { args: [40] })).toBeGreaterThanOrEqual(40);
  });

  both("the clock stands still within a task", async (scene) => {
    expect(await scene.execute(w.timeStandsStill)).toBe(0);
  });

  it("the first of two timers wins, and the workflow does not wait for the other", async (scene) => {
    const handle = await scene.start(w.racesTimers);
    expect(await handle.result()).toBe("short");
    expect(await countEvents(handle, "EVENT_TYPE_TIMER_FIRED")).toBe(1);
  });

  both("a timer in a cancelled scope is cancelled", async (scene) => {
    const handle = await scene.start(w.cancelsTimer);
    expect(await handle.result()).toBe("cancelled");
    expect(await countEvents(handle, "EVENT_TYPE_TIMER_CANCELED")).toBe(1);
  });

  both("a timer in a scope that was cancelled before never starts", async (scene) => {
    const handle = await scene.start(w.cancelsTimerAtOnce);
    expect(await handle.result()).toBe("cancelled");
    expect(await countEvents(handle, "EVENT_TYPE_TIMER_STARTED")).toBe(0);
  });

  it("cancelling a scope after its timer has fired does nothing", async (scene) => {
    const handle = await scene.start(w.firesThenCancels);
    expect(await handle.result()).toBe("fired");
    expect(await countEvents(handle, "EVENT_TYPE_TIMER_CANCELED")).toBe(0);
  });

  both("condition waits until a signal makes it true", async (scene) => {
    const handle = await scene.start(w.waitsForCondition, { args: [3] });
    for (const value of [1, 2, 3]) await handle.signal(w.setSignal, value);
    expect(await handle.result()).toBe(3);
  });

  both("condition with a time-out is false when it passes", async (scene) => {
    expect(await scene.execute(w.waitsWithTimeout, { args: [10] })).toBe(false);
  });

  both("condition with a time-out is true when the signal comes first", async (scene) => {
    const handle = await scene.start(w.waitsWithTimeout, { args: ["1 hour"] });
    await handle.signal(w.setSignal, 1);
    expect(await handle.result()).toBe(true);
  });

  it("condition with time-out 0 gives its value without a timer", async (scene) => {
    const handle = await scene.start(w.waitsWithTimeout, { args: [0] });
    expect(await handle.result()).toBe(false);
  });

  both("a condition that is true already does not wait", async (scene) => {
    const handle = await scene.start(w.conditionAlreadyTrue);
    expect(await handle.result()).toEqual([true]);
    expect(await countEvents(handle, "EVENT_TYPE_TIMER_FIRED")).toBe(0);
  });

  both("conditions that make each other true are all seen in one task", async (scene) => {
    expect(await scene.execute(w.conditionChain)).toEqual(["stage 1", "stage 2", "stage 3"]);
  });

  both("a condition in a cancelled scope is cancelled", async (scene) => {
    expect(await scene.execute(w.conditionIsCancelled)).toBe("cancelled");
  });

  both("a hundred timers fire once each", async (scene) => {
    expect(await scene.execute(w.manyTimers, { args: [100] })).toBe(100);
  });

  it("a loop of sleeps makes as many timers", async (scene) => {
    const handle = await scene.start(w.intervalOfSleeps, { args: [10] });
    expect(await handle.result()).toBe(10);
    expect(await countEvents(handle, "EVENT_TYPE_TIMER_FIRED")).toBe(10);
  });
};
