import type { Random } from "./random.ts";

export interface Backoff {
  readonly initialMs: number;
  readonly maxMs: number;
  readonly factor: number;
}

/** Delay before try `attempt` (1 = first retry), with up to 20 % jitter downwards. */
export function backoffMs(backoff: Backoff, attempt: number, random: Random): number {
  const full = Math.min(backoff.maxMs, backoff.initialMs * backoff.factor ** (attempt - 1));
  return full * (1 - 0.2 * random.next());
}
