import { expect, test } from "vitest";

import { ExpiryWheel } from "./expiry-wheel.ts";
import type { Expiring } from "./expiry-wheel.ts";
import { ManualTime } from "../../base/manual-time.fixture.ts";

const NOW = 1_900_000_000_000;
const TICK_MS = 50;
const SLOTS = 16;
const TURN_MS = TICK_MS * SLOTS;

interface Entry extends Expiring {
  expiredAt: number | undefined;
}

function setup() {
  const time = new ManualTime(NOW);
  const wheel = new ExpiryWheel<Entry>({
    clock: time,
    timers: time,
    tickMs: TICK_MS,
    slots: SLOTS,
    onExpire: (entry, now) => {
      entry.expiredAt = now;
    },
  });
  const add = (inMs: number): Entry => {
    const entry = {
      expiresAt: time.now() + inMs,
      wheelPrevious: undefined,
      wheelNext: undefined,
      expiredAt: undefined,
    };
    wheel.add(entry);
    return entry;
  };
  return { time, wheel, add };
}

test.each([
  ["at once", -1],
  ["now", 0],
  ["within a tick", 1],
  ["at a tick", TICK_MS],
  ["just after a tick", TICK_MS + 1],
  ["just before a turn", TURN_MS - 1],
  ["after exactly a turn", TURN_MS],
  ["after several turns", 7 * TURN_MS + 13],
])("an entry that is due %s (%i ms) expires not before and at most a tick later", (_name, inMs) => {
  const { time, add } = setup();
  const other = add(100 * TURN_MS);
  const entry = add(inMs);
  time.advance(Math.max(0, inMs - 1));
  if (inMs > 0) expect(entry.expiredAt).toBeUndefined();
  time.advance(TICK_MS + 1);
  expect(entry.expiredAt).toBeDefined();
  expect(other.expiredAt).toBeUndefined();
});

test("an entry that is added later but due earlier moves the timer forward", () => {
  const { time, add } = setup();
  add(10 * TICK_MS);
  const sooner = add(2 * TICK_MS);
  time.advance(3 * TICK_MS);
  expect(sooner.expiredAt).toBe(NOW + 2 * TICK_MS);
});

test("entries of one slot leave it in any order", () => {
  for (const gone of [0, 1, 2]) {
    const { time, wheel, add } = setup();
    const entries = [add(60), add(61), add(62)];
    wheel.remove(entries[gone] as Entry);
    time.advance(2 * TICK_MS);
    expect(entries.map((entry) => entry.expiredAt !== undefined)).toEqual([0, 1, 2].map((at) => at !== gone));
    expect(wheel.count).toBe(0);
  }
});

test("any number of entries needs one timer, and none needs no timer", () => {
  const { time, add } = setup();
  for (let i = 0; i < 1_000; i++) add(i * 3);
  expect(time.timerCount).toBe(1);
  time.advance(10_000);
  expect(time.timerCount).toBe(0);
});

test("after the clock was stepped back new entries still expire on time", () => {
  const { time, add } = setup();
  add(TICK_MS);
  time.advance(10 * TURN_MS);
  time.jump(-5 * TURN_MS);
  const entry = add(3 * TICK_MS);
  time.advance(4 * TICK_MS);
  expect(entry.expiredAt).toBeDefined();
});

test("after a stall longer than a turn every due entry expires and no other", () => {
  const { time, add } = setup();
  const due = Array.from({ length: 40 }, (_, i) => add(i * 37));
  const later = add(50 * TURN_MS);
  time.jump(20 * TURN_MS);
  time.advance(0);
  expect(due.every((entry) => entry.expiredAt !== undefined)).toBe(true);
  expect(later.expiredAt).toBeUndefined();
});
