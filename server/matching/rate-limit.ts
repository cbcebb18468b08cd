/** How far tasks may come before their time, so that a timer's tick need not be as fine as the rate. */
const AHEAD_MS = 100;

/**
 * Lets a number of tasks through per second, evenly: each is due one interval after the one before, and may go at most
 * AHEAD_MS before it is due. The rate is told at each call, so that a new one holds at once.
 */
export class RateLimit {
  /** When the next task is due; what was not used before is not made up for. */
  #dueAt = -Infinity;

  /** When the next task may go, `now` or later; Infinity at a rate of zero. */
  readyAt(now: number, perSecond: number): number {
    const interval = intervalOf(perSecond);
    if (interval === Infinity) return Infinity;
    // Further away it was put by a slower rate, or by a clock that has been set back since.
    this.#dueAt = Math.min(this.#dueAt, now + AHEAD_MS + interval);
    return Math.max(now, this.#dueAt - AHEAD_MS);
  }

  /** A task goes. */
  take(now: number, perSecond: number): void {
    this.#dueAt = Math.max(this.#dueAt, now) + intervalOf(perSecond);
  }

  /** A task that went has come back. */
  giveBack(perSecond: number): void {
    const interval = intervalOf(perSecond);
    if (interval !== Infinity) this.#dueAt -= interval;
  }

  isIdle(now: number): boolean {
    return this.#dueAt <= now;
  }
}

function intervalOf(perSecond: number): number {
  return perSecond > 0 ? 1000 / perSecond : Infinity;
}
