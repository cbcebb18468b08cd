/**
 * The heartbeats of one activity: however often it beats, the server hears of it once per interval, and of the last one
 * always.
 */
import type { Timers, TimerHandle } from "../../../base/index.ts";

export interface HeartbeatsOptions {
  readonly timers: Timers;
  readonly intervalMs: number;
  /** Sends the details; must not reject. */
  readonly send: (details: unknown) => Promise<void>;
}

export class Heartbeats {
  readonly #options: HeartbeatsOptions;
  #timer: TimerHandle | undefined;
  #latest: { readonly details: unknown } | undefined;
  #unsent: { readonly details: unknown } | undefined;
  #isClosed = false;

  constructor(options: HeartbeatsOptions) {
    this.#options = options;
  }

  /** The details of the last beat, sent or not. */
  get latest(): { readonly details: unknown } | undefined {
    return this.#latest;
  }

  beat(details: unknown): void {
    if (this.#isClosed) return;
    this.#latest = { details };
    this.#unsent = this.#latest;
    if (this.#timer === undefined) this.#send();
  }

  close(): void {
    this.#isClosed = true;
    if (this.#timer !== undefined) this.#options.timers.clear(this.#timer);
  }

  #send(): void {
    const { timers, intervalMs, send } = this.#options;
    const beat = this.#unsent;
    if (beat === undefined || this.#isClosed) {
      this.#timer = undefined;
      return;
    }
    this.#unsent = undefined;
    this.#timer = timers.set(intervalMs, () => this.#send());
    void send(beat.details);
  }
}

const THROTTLE = 0.8;

/** How often the server is told, of an activity with this heartbeat time-out. */
export function heartbeatIntervalMs(
  heartbeatTimeoutMs: number | undefined,
  limits: { readonly mostMs: number; readonly withoutTimeoutMs: number },
): number {
  const wanted = heartbeatTimeoutMs === undefined ? limits.withoutTimeoutMs : heartbeatTimeoutMs * THROTTLE;
  return Math.min(wanted, limits.mostMs);
}
