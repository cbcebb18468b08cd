/** Time that stands still until a test moves it. */
import type { Clock, TimerHandle, Timers } from "../../../base/index.ts";

export class ManualTime implements Clock, Timers {
  #now = 1_000_000;
  readonly #timers = new Set<{ readonly at: number; readonly fn: () => void }>();

  now(): number {
    return this.#now;
  }

  set(delayMs: number, fn: () => void): TimerHandle {
    const timer = { at: this.#now + delayMs, fn };
    this.#timers.add(timer);
    return timer;
  }

  clear(handle: TimerHandle): void {
    this.#timers.delete(handle as never);
  }

  immediate(fn: () => void): void {
    this.set(0, fn);
  }

  get waiting(): number {
    return this.#timers.size;
  }

  advance(ms: number): void {
    this.#now += ms;
    const due = [...this.#timers].filter(({ at }) => at <= this.#now);
    for (const timer of due.toSorted((one, other) => one.at - other.at)) if (this.#timers.delete(timer)) timer.fn();
  }
}
