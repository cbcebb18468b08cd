import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { silentLog } from "../../../base/index.ts";
import { SLOTS } from "../../store/store.ts";
import { openMemoryStore } from "../../store/index.ts";
import type { DueEntry } from "./due-queue.ts";
import { DueScanner, HORIZON_MS } from "./due-scanner.ts";

const DAY_MS = 86_400_000;

/** Timers run on a time that only grows; the clock shows it with a shift, which can be changed. */
class SteppedTime {
  #elapsedMs = 0;
  #timers: { readonly at: number; readonly fn: () => void }[] = [];
  shiftMs = DAY_MS;

  readonly clock = { now: () => this.#elapsedMs + this.shiftMs };
  readonly timers = {
    set: (delayMs: number, fn: () => void) => {
      const timer = { at: this.#elapsedMs + delayMs, fn };
      this.#timers.push(timer);
      return timer;
    },
    clear: (handle: object) => void (this.#timers = this.#timers.filter((timer) => timer !== handle)),
    immediate: (fn: () => void) => fn(),
  };

  pass(ms: number): void {
    const until = this.#elapsedMs + ms;
    for (;;) {
      const next = this.#timers.toSorted((a, b) => a.at - b.at)[0];
      if (next === undefined || next.at > until) break;
      this.timers.clear(next);
      this.#elapsedMs = next.at;
      next.fn();
    }
    this.#elapsedMs = until;
  }
}

/** A scanner of an empty store, and when it fired the entity with id 1. */
function startScanner(): { scanner: DueScanner; time: SteppedTime; firedAt: number[] } {
  const time = new SteppedTime();
  const { clock, timers } = time;
  const firedAt: number[] = [];
  const scanner = new DueScanner({
    horizonMs: HORIZON_MS,
    store: openMemoryStore(),
    slotFrom: 0,
    slotTo: SLOTS,
    clock,
    timers,
    log: silentLog,
    fire: ({ id }: DueEntry) => void (id === 1 && firedAt.push(clock.now())),
    pending: () => [],
  });
  scanner.start();
  return { scanner, time, firedAt };
}

interface Row {
  readonly what: string;
  /** Steps of the clock, each followed by a second. */
  readonly steps: readonly number[];
  readonly firesWithinMs: number;
}

/** Due half a minute ahead of the first moment. */
const DUE_MS = 30_000;
const HOUR_MS = 3_600_000;

const rows: readonly Row[] = [
  { what: "that is left alone", steps: [], firesWithinMs: DUE_MS },
  { what: "that is stepped forwards", steps: [HOUR_MS], firesWithinMs: 1_000 },
  { what: "that is stepped backwards and forwards again", steps: [-HOUR_MS, HOUR_MS], firesWithinMs: DUE_MS },
  { what: "that is stepped backwards", steps: [-10_000], firesWithinMs: DUE_MS + 10_000 },
];

test.each(rows)(
  "an entity fires at its time of day under a clock $what, and not before",
  async ({ steps, firesWithinMs }) => {
    const { scanner, time, firedAt } = startScanner();
    const { clock } = time;
    const dueAt = clock.now() + DUE_MS;
    scanner.add({ slot: 1, id: 1 }, dueAt);
    for (const step of steps) {
      time.shiftMs += step;
      if (step < 0) scanner.add({ slot: 1, id: 2 }, clock.now() + 500); // Wakes the scanner, which then sleeps by this time.
      time.pass(1_000);
    }
    time.pass(firesWithinMs - 1_000 * steps.length);
    expect(firedAt).toHaveLength(1);
    expect(firedAt.every((at) => at >= dueAt)).toBe(true);
    scanner.stop();
  },
);

test.each([
  { what: "that is held fires when the horizon has reached it", isHeld: true, isReleased: false },
  { what: "that is not held is left to the scan", isHeld: false, isReleased: false },
  { what: "that was held and released does not fire", isHeld: true, isReleased: true },
])("an entity due beyond the horizon $what", async ({ isHeld, isReleased }) => {
  const { scanner, time, firedAt } = startScanner();
  const key = { slot: 1, id: 1 };
  const dueAt = time.clock.now() + HORIZON_MS * 5;
  expect(scanner.add(key, dueAt)).toBeUndefined();
  if (isHeld) scanner.hold(key, dueAt);
  if (isReleased) scanner.release(key);
  for (let passed = 0; passed < HORIZON_MS * 6; passed += 1_000) {
    time.pass(1_000);
    await setImmediate();
  }
  expect(firedAt).toEqual(isHeld && !isReleased ? [dueAt] : []);
  scanner.stop();
});
