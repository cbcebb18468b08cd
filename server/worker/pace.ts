import type { Clock, Timers } from "../../base/index.ts";

/** The longest pause between two pieces of work, however long the last one took. */
const PAUSE_MS_MAX = 5_000;

/** Gives a background duty its share of the time: after work of 10 ms and a share of 5 % it pauses for 190 ms. */
export class Pace {
  readonly #clock: Clock;
  readonly #timers: Timers;
  #pause: { readonly handle: object; readonly end: () => void } | undefined;
  #isStopped = false;

  constructor(options: { clock: Clock; timers: Timers }) {
    this.#clock = options.clock;
    this.#timers = options.timers;
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** Does a piece of work, then pauses so that work has no more than the share of both. */
  async run<T>(share: number, work: () => Promise<T>): Promise<T> {
    const began = this.#clock.now();
    const result = await work();
    const tookMs = Math.max(1, this.#clock.now() - began);
    await this.wait(Math.min(PAUSE_MS_MAX, (tookMs * (1 - share)) / Math.max(share, 0.001)));
    return result;
  }

  /** Ends early when the duty is stopped. */
  wait(ms: number): Promise<void> {
    if (this.#isStopped) return Promise.resolve();
    return new Promise((resolve) => {
      const end = (): void => {
        this.#pause = undefined;
        resolve();
      };
      this.#pause = { handle: this.#timers.set(ms, end), end };
    });
  }

  /** Ends a pause now: there is something to do. */
  wake(): void {
    if (this.#pause === undefined) return;
    this.#timers.clear(this.#pause.handle);
    this.#pause.end();
  }

  stop(): void {
    this.#isStopped = true;
    this.wake();
  }
}
