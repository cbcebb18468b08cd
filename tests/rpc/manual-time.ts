import { systemTimers, type Clock, type TimerHandle, type Timers } from "../../base/index.ts";

interface Waiting {
  readonly dueAt: number;
  readonly fire: () => void;
}

/**
 * A clock that tests move. Timers fire only by `advance`, in the order of their times; `immediate` stays real, because
 * the sockets of these tests are.
 */
export class ManualTime implements Clock, Timers {
  #now = 1_800_000_000_000;
  readonly #waiting = new Set<Waiting>();

  now(): number {
    return this.#now;
  }

  set(delayMs: number, fire: () => void): TimerHandle {
    const waiting: Waiting = { dueAt: this.#now + delayMs, fire };
    this.#waiting.add(waiting);
    return waiting;
  }

  clear(handle: TimerHandle): void {
    this.#waiting.delete(handle as Waiting);
  }

  immediate(fn: () => void): void {
    systemTimers.immediate(fn);
  }

  /** Fires what becomes due on the way, including what that sets in turn. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      let next: Waiting | undefined;
      for (const one of this.#waiting) if (next === undefined || one.dueAt < next.dueAt) next = one;
      if (next === undefined || next.dueAt > end) break;
      this.#waiting.delete(next);
      this.#now = Math.max(this.#now, next.dueAt);
      next.fire();
    }
    this.#now = end;
  }

  get pendingTimers(): number {
    return this.#waiting.size;
  }
}
