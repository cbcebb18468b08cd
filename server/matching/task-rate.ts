const WINDOW_MS = 30_000;

/**
 * About how many tasks a second there were in the last half minute, for descriptions only. It counts in whole windows and
 * takes the last one by the part that is still young, so that a queue pays for three numbers and no timer.
 */
export class TaskRate {
  /** Number of the window that is counted into, since the epoch. */
  #window = 0;
  #current = 0;
  #previous = 0;

  count(now: number): void {
    this.#goTo(now);
    this.#current++;
  }

  perSecond(now: number): number {
    this.#goTo(now);
    const youngPart = 1 - (now % WINDOW_MS) / WINDOW_MS;
    return (this.#previous * youngPart + this.#current) / (WINDOW_MS / 1000);
  }

  #goTo(now: number): void {
    const window = Math.floor(now / WINDOW_MS);
    if (window <= this.#window) return; // A clock that is set back counts into the window it was in.
    this.#previous = window === this.#window + 1 ? this.#current : 0;
    this.#current = 0;
    this.#window = window;
  }
}
