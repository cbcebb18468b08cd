import type { TimerHandle } from "../../base/index.ts";
import { KEYS_MAX } from "./fair-keys.ts";
import { effectiveWeight } from "./queue-settings.ts";
import type { QueueSettings } from "./queue-settings.ts";
import { RateLimit } from "./rate-limit.ts";

/** Hints to pollers that one queue gives in a second. */
const SCALING_HINTS_PER_SECOND = 10;

/** What holds a queue's tasks back: the operator's settings, and the rate that its worker asks for. */
export class QueueLimits {
  settings: QueueSettings | undefined;
  /** What the worker that polled last allows, tasks per second. */
  workerRate: number | undefined = undefined;
  /** When parked polls are looked at again, because the tasks that wait are held back. */
  wake: { readonly at: number; readonly timer: TimerHandle } | undefined = undefined;
  readonly #queue = new RateLimit();
  #keys: Map<string, RateLimit> | undefined;
  #hints: RateLimit | undefined;

  constructor(settings?: QueueSettings) {
    this.settings = settings;
  }

  /** Tasks per second that may leave; undefined: as many as can. */
  get rate(): number | undefined {
    return this.settings?.ratePerSecond ?? this.workerRate;
  }

  get limitsKeys(): boolean {
    return this.settings?.keyRatePerSecond !== undefined;
  }

  get isLimited(): boolean {
    return this.limitsKeys || this.rate !== undefined;
  }

  configure(settings: QueueSettings | undefined): void {
    this.settings = settings;
    this.#keys = undefined;
  }

  /** When the next task of any key may go. */
  readyAt(now: number): number {
    const { rate } = this;
    return rate === undefined ? now : this.#queue.readyAt(now, rate);
  }

  keyReadyAt(key: string, ownWeight: number | undefined, now: number): number {
    return this.#key(key, now).readyAt(now, this.#keyRate(key, ownWeight));
  }

  /** A task goes, and counts where a rate is set. */
  take(key: string, ownWeight: number | undefined, now: number): void {
    if (this.rate !== undefined) this.#queue.take(now, this.rate);
    if (this.limitsKeys) this.#key(key, now).take(now, this.#keyRate(key, ownWeight));
  }

  /** A task that went was not started: it does not count. */
  giveBack(key: string, ownWeight: number | undefined, now: number): void {
    if (this.rate !== undefined) this.#queue.giveBack(this.rate);
    if (this.limitsKeys) this.#key(key, now).giveBack(this.#keyRate(key, ownWeight));
  }

  /** Whether one more hint may be given to pollers; it counts. */
  mayHint(now: number): boolean {
    const limit = (this.#hints ??= new RateLimit());
    if (limit.readyAt(now, SCALING_HINTS_PER_SECOND) > now) return false;
    limit.take(now, SCALING_HINTS_PER_SECOND);
    return true;
  }

  #keyRate(key: string, ownWeight: number | undefined): number {
    return (this.settings?.keyRatePerSecond ?? Infinity) * effectiveWeight(this.settings, key, ownWeight);
  }

  #key(key: string, now: number): RateLimit {
    const limits = (this.#keys ??= new Map());
    const known = limits.get(key);
    if (known !== undefined) return known;
    if (limits.size >= 2 * KEYS_MAX) for (const [name, limit] of limits) if (limit.isIdle(now)) limits.delete(name);
    const limit = new RateLimit();
    limits.set(key, limit);
    return limit;
  }
}
