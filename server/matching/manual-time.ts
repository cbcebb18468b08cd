import type { Clock, TimerHandle, Timers } from "../../base/index.ts";

interface ManualTimer {
  readonly at: number;
  readonly fn: () => void;
}

/** Time that stands still until the test moves it; timers fire in order of their time on the way. */
export class ManualTime implements Clock, Timers {
  #now: number;
  readonly #timers = new Set<ManualTimer>();

  constructor(now: number) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  set(delayMs: number, fn: () => void): TimerHandle {
    const timer = { at: this.#now + Math.max(0, delayMs), fn };
    this.#timers.add(timer);
    return timer;
  }

  clear(handle: TimerHandle): void {
    this.#timers.delete(handle as ManualTimer);
  }

  immediate(fn: () => void): void {
    this.set(0, fn);
  }

  get timerCount(): number {
    return this.#timers.size;
  }

  advance(ms: number): void {
    const until = this.#now + ms;
    for (let timer = this.#next(until); timer !== undefined; timer = this.#next(until)) {
      this.#timers.delete(timer);
      this.#now = Math.max(this.#now, timer.at);
      timer.fn();
    }
    this.#now = until;
  }

  /** Moves the clock without firing anything, as a stall of the process or a step of the wall clock does. */
  jump(ms: number): void {
    this.#now += ms;
  }

  #next(until: number): ManualTimer | undefined {
    let next: ManualTimer | undefined;
    for (const timer of this.#timers) {
      if (timer.at <= until && (next === undefined || timer.at < next.at)) next = timer;
    }
    return next;
  }
}
