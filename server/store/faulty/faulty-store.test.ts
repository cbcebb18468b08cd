import { describe, expect, test } from "vitest";
import { seededRandom } from "../../../base/index.ts";
import type { Timers } from "../../../base/index.ts";
import { entity, TestLane } from "../conformance/store-under-test.fixture.ts";
import { StoreUnavailableError } from "../errors.ts";
import { openMemoryStore } from "../memory/memory-store.ts";
import { randomFaults, scriptedFaults } from "./fault-plan.ts";
import type { CommitFault, ReadFault } from "./fault-plan.ts";
import { faultyStore } from "./faulty-store.ts";

/** Timers that fire when told to. */
function manualTimers(): Timers & { readonly pending: { delayMs: number; fire: () => void }[] } {
  const pending: { delayMs: number; fire: () => void }[] = [];
  return {
    pending,
    set(delayMs, fire) {
      const timer = { delayMs, fire };
      pending.push(timer);
      return timer;
    },
    clear: () => {},
    immediate: (fire) => queueMicrotask(fire),
  };
}

describe("a faulty store", () => {
  const OUTCOMES = [
    { fault: "none", answer: "committed", written: true },
    { fault: "failed", answer: "failed", written: false },
    { fault: "fenced", answer: "fenced", written: false },
    { fault: "unknown-written", answer: "unknown", written: true },
    { fault: "unknown-not-written", answer: "unknown", written: false },
  ] as const;

  test.each(OUTCOMES)("answers $answer for $fault", async ({ fault, answer, written }) => {
    const commits: CommitFault[] = [{ kind: fault }];
    const store = faultyStore(openMemoryStore(), scriptedFaults({ timers: manualTimers(), commits }));
    const lane = await TestLane.open(store);
    expect(await lane.commit({ creates: [entity({ slot: 1, id: 1 })] })).toBe(answer);
    expect(await store.lastBatch(0, lane.epoch)).toBe(written ? 1 : 0);
    expect((await store.loadEntity({ slot: 1, id: 1 })) !== undefined).toBe(written);
  });

  test("fails a read once and then not", async () => {
    const reads: ReadFault[] = [{ kind: "none" }, { kind: "unavailable" }];
    const store = faultyStore(openMemoryStore(), scriptedFaults({ timers: manualTimers(), reads }));
    await TestLane.open(store);
    await expect(store.readMeta("")).rejects.toBeInstanceOf(StoreUnavailableError);
    expect(await store.readMeta("")).toEqual([]);
  });

  test("delays keep the order of a lane's commits", async () => {
    const timers = manualTimers();
    const commits: CommitFault[] = [
      { kind: "none", beforeMs: 50 },
      { kind: "none", beforeMs: 5, afterMs: 7 },
    ];
    const store = faultyStore(openMemoryStore(), scriptedFaults({ timers, commits }));
    const lane = await TestLane.open(store);
    const first = store.commit({ ...lane.request({}), batchNo: 1 });
    const second = store.commit({ ...lane.request({}), batchNo: 2 });
    expect(timers.pending.map((timer) => timer.delayMs)).toEqual([50, 5]);
    timers.pending[1]?.fire();
    await Promise.resolve();
    timers.pending[0]?.fire();
    expect((await first).kind).toBe("committed");
    while (timers.pending.length < 3) await Promise.resolve();
    timers.pending[2]?.fire();
    expect((await second).kind).toBe("committed");
  });

  test("one seed gives one sequence of faults, and every kind occurs", () => {
    const sequence = (): string[] => {
      const rates = {
        failed: 0.1,
        fenced: 0.1,
        unknownWritten: 0.1,
        unknownNotWritten: 0.1,
        slow: 0.5,
        slowMsMax: 100,
      };
      const plan = randomFaults({ random: seededRandom(7), timers: manualTimers(), ...rates });
      return Array.from({ length: 500 }, () => JSON.stringify(plan.commit(undefined as never)));
    };
    expect(sequence()).toEqual(sequence());
    expect(new Set(sequence().map((fault) => (JSON.parse(fault) as CommitFault).kind)).size).toBe(5);
  });
});
