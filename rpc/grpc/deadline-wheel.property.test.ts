import * as fc from "fast-check";
import { expect, test } from "vitest";
import { ManualTime } from "../../base/manual-time.fixture.ts";
import { DeadlineWheel, type Expirable } from "./deadline-wheel.ts";

class Call implements Expirable {
  readonly deadline: number;
  expiredAt: number | undefined;
  wheelSlot: Expirable["wheelSlot"] = undefined;
  wheelNext: Expirable | undefined = undefined;
  wheelPrevious: Expirable | undefined = undefined;
  readonly #time: ManualTime;

  constructor(time: ManualTime, delayMs: number) {
    this.#time = time;
    this.deadline = time.now() + delayMs;
  }

  expire(): void {
    expect(this.expiredAt).toBeUndefined();
    this.expiredAt = this.#time.now();
  }
}

const step = fc.oneof(
  fc.record({ add: fc.integer({ min: -5, max: 2_000 }) }),
  fc.record({ remove: fc.nat() }),
  fc.record({ advance: fc.integer({ min: 0, max: 500 }) }),
);

test("what is not removed expires once, never early and at most a slot late; an empty wheel has no timer", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const time = new ManualTime(undefined, "run");
      const wheel = new DeadlineWheel(time, time);
      const open: Call[] = [];
      const removed = new Set<Call>();
      for (const one of steps) {
        if ("add" in one) {
          const call = new Call(time, one.add);
          open.push(call);
          wheel.add(call);
        } else if ("remove" in one && open.length > 0) {
          const call = open[one.remove % open.length]!;
          wheel.remove(call);
          if (call.expiredAt === undefined) removed.add(call);
        } else if ("advance" in one) time.advance(one.advance);
      }
      time.advance(3_000);
      for (const call of open) {
        if (removed.has(call)) expect(call.expiredAt).toBeUndefined();
        else {
          expect(call.expiredAt).toBeGreaterThanOrEqual(call.deadline);
          expect(call.expiredAt! - call.deadline).toBeLessThanOrEqual(16 + 5);
        }
      }
      expect(time.timerCount).toBe(0);
    }),
  );
});
