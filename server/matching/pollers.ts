import type { PollerInfo } from "./matching.ts";

/** How long a poller is described after its last poll. */
const POLLER_TTL_MS = 5 * 60_000;

/** Pollers remembered per queue; beyond it the one known longest is forgotten, which only shortens descriptions. */
const POLLERS_MAX = 1_000;

export interface Poller {
  readonly identity: string;
  lastAccessAt: number;
  ratePerSecond: number | undefined;
}

/** Who polled a queue lately. */
export class Pollers {
  readonly #byIdentity = new Map<string, Poller>();

  get count(): number {
    return this.#byIdentity.size;
  }

  touch(seen: Poller): void {
    const known = this.#byIdentity.get(seen.identity);
    if (known !== undefined) {
      known.lastAccessAt = seen.lastAccessAt;
      known.ratePerSecond = seen.ratePerSecond;
      return;
    }
    if (this.#byIdentity.size >= POLLERS_MAX) {
      for (const longestKnown of this.#byIdentity.keys()) {
        this.#byIdentity.delete(longestKnown);
        break;
      }
    }
    this.#byIdentity.set(seen.identity, seen);
  }

  forget(identity: string): void {
    this.#byIdentity.delete(identity);
  }

  clear(): void {
    this.#byIdentity.clear();
  }

  forgetOld(now: number): void {
    for (const [identity, poller] of this.#byIdentity) {
      if (now - poller.lastAccessAt > POLLER_TTL_MS) this.#byIdentity.delete(identity);
    }
  }

  /** Most recently seen first. */
  describe(now: number): PollerInfo[] {
    this.forgetOld(now);
    return Array.from(this.#byIdentity.values(), (poller) => ({ ...poller })).sort(
      (a, b) => b.lastAccessAt - a.lastAccessAt,
    );
  }

  /** When any poller was last seen; -Infinity without one. */
  lastAccessAt(): number {
    let last = -Infinity;
    for (const poller of this.#byIdentity.values()) last = Math.max(last, poller.lastAccessAt);
    return last;
  }
}
