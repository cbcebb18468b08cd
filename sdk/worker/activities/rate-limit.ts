import type { Clock, Timers } from "../../../base/index.ts";

/** Lets so many calls through per second, evenly; a call waits until its time. */
export class RateLimit {
  readonly #intervalMs: number;
  readonly #clock: Clock;
  readonly #timers: Timers;
  #nextAt = 0;

  /** Throws RangeError unless `perSecond` is a positive number. */
  constructor(perSecond: number, tools: { readonly clock: Clock; readonly timers: Timers }) {
    if (!(perSecond > 0)) throw new RangeError(`maxActivitiesPerSecond must be a positive number, not ${perSecond}`);
    this.#intervalMs = 1_000 / perSecond;
    this.#clock = tools.clock;
    this.#timers = tools.timers;
  }

  /** Resolves when the call may be made, or `signal` fires. */
  wait(signal: AbortSignal): Promise<void> {
    const now = this.#clock.now();
    const at = Math.max(now, this.#nextAt);
    this.#nextAt = at + this.#intervalMs;
    if (at <= now || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const end = (): void => {
        this.#timers.clear(timer);
        signal.removeEventListener("abort", end);
        resolve();
      };
      const timer = this.#timers.set(at - now, end);
      signal.addEventListener("abort", end, { once: true });
    });
  }
}
