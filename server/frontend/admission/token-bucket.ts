import { RANKS } from "./api-class.ts";

/** So much of a burst is kept for each rank that has precedence. */
const RESERVE_PER_RANK = 0.5 / RANKS;

/**
 * Calls a second, with bursts. Those with precedence may use all that has gathered, the others leave some: a flood of lists
 * never takes the last calls from workers that finish something.
 */
export class TokenBucket {
  #perSecond = 0;
  #burst = 0;
  #tokens = 0;
  #at = 0;

  /** Takes one; false when there is none for this rank. Rate and burst may differ from call to call. */
  take(now: number, { perSecond, burst }: { perSecond: number; burst: number }, rank: number): boolean {
    this.#adjust(now, perSecond, Math.max(1, burst));
    const left = this.#tokens - 1;
    // A bucket that is full serves anybody: a reserve must not shut out what comes alone.
    if (left < 0 || (left < this.#burst * RESERVE_PER_RANK * rank && this.#tokens < this.#burst)) return false;
    this.#tokens = left;
    return true;
  }

  #adjust(now: number, perSecond: number, burst: number): void {
    if (perSecond !== this.#perSecond || burst !== this.#burst) {
      // One that is new, or changed, begins full.
      this.#perSecond = perSecond;
      this.#burst = burst;
      this.#tokens = burst;
    } else if (now > this.#at) {
      this.#tokens = Math.min(burst, this.#tokens + ((now - this.#at) * perSecond) / 1_000);
    }
    this.#at = now;
  }
}
