/** Clocks that tests move. */
import { systemTimers } from "./clock.ts";
import type { Clock, TimerHandle, Timers } from "./clock.ts";

interface ManualTimer {
  readonly at: number;
  readonly fn: () => void;
}

/** Time that stands still until the test moves it; timers fire in order of their time on the way. */
export class ManualTime implements Clock, Timers {
  #now: number;
  readonly #timers = new Set<ManualTimer>();
  readonly #immediates: "wait" | "run";

  /** Immediates wait for the clock, or run as they do anywhere: what has sockets needs the latter. */
  constructor(now = 1_800_000_000_000, immediates: "wait" | "run" = "wait") {
    this.#now = now;
    this.#immediates = immediates;
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
    if (this.#immediates === "run") systemTimers.immediate(fn);
    else this.set(0, fn);
  }

  get timerCount(): number {
    return this.#timers.size;
  }

  /** Also fires what is set on the way. */
  advance(ms: number): void {
    const until = this.#now + ms;
    while (this.fireNext(until));
    this.#now = until;
  }

  /** Moves to the next timer that is due until then, and fires it; says whether there was one. */
  fireNext(until: number): boolean {
    let next: ManualTimer | undefined;
    for (const timer of this.#timers) {
      if (timer.at <= until && (next === undefined || timer.at < next.at)) next = timer;
    }
    if (next === undefined) return false;
    this.#timers.delete(next);
    this.#now = Math.max(this.#now, next.at);
    next.fn();
    return true;
  }

  /** Moves the clock without firing anything, as a stall of the process or a step of the wall clock does. */
  jump(ms: number): void {
    this.#now += ms;
  }
}

/** The same for whole servers: all that follows from a timer happens before the next one fires. */
export class SettlingTime implements Clock, Timers {
  readonly #time: ManualTime;

  constructor(now: number) {
    this.#time = new ManualTime(now, "run");
  }

  now(): number {
    return this.#time.now();
  }

  set(delayMs: number, fn: () => void): TimerHandle {
    return this.#time.set(delayMs, fn);
  }

  clear(handle: TimerHandle): void {
    this.#time.clear(handle);
  }

  immediate(fn: () => void): void {
    this.#time.immediate(fn);
  }

  async advance(ms: number): Promise<void> {
    const until = this.now() + ms;
    await settle();
    while (this.#time.fireNext(until)) await settle();
    this.#time.jump(until - this.now());
  }

  /** As if the process had slept: everything that fell due meanwhile is late. */
  async jump(ms: number): Promise<void> {
    await settle();
    this.#time.jump(ms);
    await this.advance(0);
  }
}

/** Turns of the event loop after which everything that does not wait for the clock has happened. */
const SETTLE_TURNS = 30;

export async function settle(): Promise<void> {
  for (let turn = 0; turn < SETTLE_TURNS; turn++) await new Promise<void>((resolve) => systemTimers.immediate(resolve));
}
