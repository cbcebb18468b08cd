import type { Clock } from "../../base/index.ts";

/**
 * Guards a connection against frames that cost us work and bring nothing: floods of SETTINGS, PING, resets, empty DATA,
 * PRIORITY, and streams that are opened only to be reset.
 *
 * A token bucket. Its capacity is generous (a worker that shuts down resets thousands of parked polls in one breath)
 * and completed requests earn credit, so a client that works never meets it. The clock is read only when the bucket
 * runs low.
 */
const capacityTokens = 100_000;
const refillTokensPerMs = 10;
const creditPerRequest = 20;

export const frameCosts = {
  /** 10,000 resets at once, 1,000 per second after. */
  reset: 10,
  settings: 500,
  ping: 100,
  other: 1,
} as const;

export class FrameBudget {
  readonly #clock: Clock;
  #tokens = capacityTokens;
  #refilledAt: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#refilledAt = clock.now();
  }

  /** False when the peer has used up its budget. */
  spend(tokens: number): boolean {
    this.#tokens -= tokens;
    if (this.#tokens >= 0) return true;
    const now = this.#clock.now();
    const refill = Math.max(0, now - this.#refilledAt) * refillTokensPerMs;
    this.#refilledAt = now;
    this.#tokens = Math.min(capacityTokens, this.#tokens + refill);
    return this.#tokens >= 0;
  }

  earn(): void {
    if (this.#tokens < capacityTokens) this.#tokens += creditPerRequest;
  }
}
