import { expect } from "vitest";
import { failureOf } from "./chain.ts";
import type { Area } from "./define.ts";
import { untilEvents } from "./histories.ts";
import * as w from "./workflows/index.ts";

/** The programs of `scope-workflows.ts`, and what they come to. */
const EXPECTED: Readonly<Record<string, unknown>> = {
  "a cancelled scope cancels what runs in it": "cancelled",
  "cancelling a scope cancels the scopes in it": "cancelled",
  "cancelling an inner scope leaves the outer one alone": ["cancelled", "resolved undefined"],
  "nonCancellable shields from the scope around it": "resolved done",
  "a shielded scope is never considered cancelled": [false, false, true],
  "withTimeout cancels what takes too long": "cancelled",
  "withTimeout gives the result of what is quick": "resolved quick",
  "withTimeout shields nothing from the scope around it": "cancelled",
  "cancelRequested rejects when the scope is cancelled": "cancelled",
  "a scope that is cancelled twice is cancelled once": ["cancelled", 1],
  "cancelling from within": "cancelled",
  "an error in a scope does not cancel it": ["failed broken", false],
  "current() is the scope in which code runs, also after an await": [true, true],
  "after a scope the one around it is current": true,
  "a promise made in another scope is not cancelled": "resolved fired",
  "all of Promise.all in a scope are cancelled": ["1 cancelled", "2 cancelled", "3 cancelled"],
  "a trigger in a cancelled scope": "cancelled",
  "a trigger resolves": "resolved pulled",
  "an activity in a scope with a time-out": "cancelled",
  "a condition in a scope with a time-out": "cancelled",
  "cancelled failures are cancellations, others are not": [true, false, false, false],
  "work begun in a scope that is cancelled later begins no more": "cancelled",
  "clean up in a shielded scope after cancellation": "cleaned",
};

export const scopes: Area = ({ it, both }) => {
  for (const [name, expected] of Object.entries(EXPECTED)) {
    both(name, async (scene) => {
      expect(await scene.execute(w.runsScopes, { args: [name] })).toEqual(expected);
    });
  }

  both("cancelling the workflow cancels its root scope", async (scene) => {
    const handle = await scene.start(w.rootScopeCancels);
    await untilEvents(handle, "EVENT_TYPE_TIMER_STARTED");
    await handle.cancel();
    expect(await handle.result()).toEqual([false, true]);
  });

  it("a workflow that swallows its cancellation completes", async (scene) => {
    const handle = await scene.start(w.swallowsCancellation);
    await untilEvents(handle, "EVENT_TYPE_TIMER_STARTED");
    await handle.cancel();
    expect(await handle.result()).toBe("went on");
    expect((await handle.describe()).status.name).toBe("COMPLETED");
  });

  it("a workflow that cleans up when it is cancelled", async (scene) => {
    const handle = await scene.start(w.cleansUpWhenCancelled);
    await untilEvents(handle, "EVENT_TYPE_TIMER_STARTED");
    await handle.cancel();
    expect(await handle.result()).toBe("cleaned up");
  });

  it("a CancelledFailure without a request fails the workflow", async (scene) => {
    const handle = await scene.start(w.throwsOwnCancellation);
    expect(await failureOf(handle.result())).toMatchObject([
      { name: "WorkflowFailedError" },
      { name: "CancelledFailure", message: "of my own" },
    ]);
    expect((await handle.describe()).status.name).toBe("FAILED");
  });

  it("a workflow cancelled before its first task", async (scene) => {
    const taskQueue = `later-${scene.id}`;
    const handle = await scene.start(w.waitsLong, { taskQueue });
    await handle.cancel();
    await scene.withWorker({ taskQueue }, async () => {
      await expect(handle.result()).rejects.toMatchObject({ cause: { name: "CancelledFailure" } });
    });
  });
};
