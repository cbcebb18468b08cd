import type { Clock, Log, TimerHandle, Timers } from "../../../base/index.ts";
import type { DueEntity, EntityKey, Store } from "../../store/store.ts";
import { DueQueue } from "./due-queue.ts";
import type { DueEntry } from "./due-queue.ts";
import type { Entity } from "./entity.ts";
import { packKey, unpackKey } from "./entity-cache.ts";

/** How far ahead due entities are held in memory; later ones are found by the next scan, which comes after half of it. */
export const HORIZON_MS = 60_000;
const SCAN_PAGE = 1_000;
/** The largest id that a key can hold: a cursor behind all entities of a due time. */
const ID_MAX = 2 ** 40 - 1;
const SCAN_RETRY_MS = 500;
const FIRE_RETRY_MS = 200;
/** The clock is looked at again after this long, however far the next due time seems: it may have been stepped meanwhile. */
const SLEEP_MS_MAX = 1_000;
/** Entities fired per turn of the event loop, so that requests get their turn. */
const FIRE_MAX = 200;

export interface DueScannerOptions {
  readonly store: Store;
  readonly slotFrom: number;
  readonly slotTo: number;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  /** How far ahead due entities are held in memory; with `Infinity` `nextDueAt` knows of all. */
  readonly horizonMs: number;
  fire(entry: DueEntry): void;
  /** The entities in memory: some may not be committed yet, so that a scan misses them. */
  pending(): Iterable<Entity>;
}

/**
 * Knows which entities are due next.
 *
 * 1. Every entity whose stored due time is at or before the horizon was found by a scan, or was reported by `add`
 *    since: whatever is decided reports its due time, and the horizon moves before the scan that fills it; what is in
 *    memory then, perhaps not yet committed, is added at that moment. What is due beyond the horizon though its row
 *    says something earlier (a task waits for a worker, or the last decision was not stored) no later scan finds:
 *    its time is held in memory until the horizon reaches it, also when the entity is forgotten.
 * 2. A due time is a time of day. When the clock is stepped, everything fires as the new time says, at most a second later.
 * 3. The first scan covers the past: what it finds may have been handed out by a process that is gone (`recover`).
 */
export class DueScanner {
  readonly #options: DueScannerOptions;
  readonly #queue = new DueQueue();
  /** Due times beyond the horizon that no scan will find, by packed key. */
  readonly #held = new Map<number, number>();
  #horizon = 0;
  #timer: TimerHandle | undefined;
  #timerAt = Number.POSITIVE_INFINITY;
  #rescan: TimerHandle | undefined;
  #incarnation = 0;

  constructor(options: DueScannerOptions) {
    this.#options = options;
  }

  start(): void {
    this.#incarnation++;
    this.#queue.clear();
    this.#held.clear();
    this.#horizon = this.#options.clock.now() + this.#options.horizonMs;
    void this.#scan(this.#incarnation, undefined, true);
  }

  stop(): void {
    this.#incarnation++;
    this.#queue.clear();
    this.#held.clear();
    if (this.#timer !== undefined) this.#options.timers.clear(this.#timer);
    if (this.#rescan !== undefined) this.#options.timers.clear(this.#rescan);
    this.#timer = undefined;
    this.#timerAt = Number.POSITIVE_INFINITY;
  }

  /** An entity in memory will be due at `at`; undefined when that is so late that a later scan finds it, or what is held. */
  add(key: EntityKey, at: number): DueEntry | undefined {
    if (at > this.#horizon) return undefined;
    const entry: DueEntry = { at, dueAt: at, slot: key.slot, id: key.id, recover: false, isQueued: true };
    this.#queue.push(entry);
    this.#arm();
    return entry;
  }

  /** The earliest due time within the horizon. */
  get nextDueAt(): number | undefined {
    return this.#queue.peek()?.at;
  }

  /** The clock has moved forward: what is due by now is handled without waiting for a timer. */
  fireNow(): void {
    if (this.#timer !== undefined) this.#options.timers.clear(this.#timer);
    this.#fire();
  }

  /** The entity waits for something else now: the entry is not fired. */
  cancel(entry: DueEntry): void {
    this.#queue.cancel(entry);
  }

  /** An entity will be due at `at`, beyond the horizon, though its row says something else. */
  hold(key: EntityKey, at: number): void {
    this.#held.set(packKey(key), at);
  }

  /** Nothing is to be held for the entity any more. */
  release(key: EntityKey): void {
    if (this.#held.size > 0) this.#held.delete(packKey(key));
  }

  /** An entry that could not be handled is tried again a little later. */
  again(entry: DueEntry): void {
    this.#queue.push({ ...entry, at: this.#options.clock.now() + FIRE_RETRY_MS });
    this.#arm();
  }

  async #scan(incarnation: number, from: number | undefined, recover: boolean): Promise<void> {
    const { store, slotFrom, slotTo, clock, timers, log, horizonMs } = this.#options;
    // What waited for a worker is due at the time at which it was scheduled, by a clock that may have been ahead of this one.
    const upTo = recover ? Math.max(this.#horizon, clock.now() + HORIZON_MS) : this.#horizon;
    let after: DueEntity | undefined = from === undefined ? undefined : { dueAt: from, slot: slotTo - 1, id: ID_MAX };
    try {
      for (;;) {
        const page: readonly DueEntity[] = await store.readDue({ slotFrom, slotTo, upTo, after, limit: SCAN_PAGE });
        if (incarnation !== this.#incarnation) return;
        for (const { dueAt, slot, id } of page)
          this.#queue.push({ at: dueAt, dueAt, slot, id, recover, isQueued: true });
        this.#arm();
        after = page[page.length - 1];
        if (page.length < SCAN_PAGE) break;
      }
    } catch (error) {
      if (incarnation !== this.#incarnation) return;
      log.warn("the scan for due executions failed and will be repeated", { error: (error as Error).message });
      timers.set(SCAN_RETRY_MS, () => {
        if (incarnation === this.#incarnation) void this.#scan(incarnation, from, recover);
      });
      return;
    }
    this.#rescan = timers.set(Math.min(horizonMs, HORIZON_MS) / 2, () => {
      if (incarnation !== this.#incarnation) return;
      const reached = this.#horizon;
      this.#horizon = Math.max(reached, clock.now() + horizonMs);
      for (const entity of this.#options.pending()) {
        if (entity.dueAt !== undefined && entity.dueAt > reached)
          entity.dueEntry = this.add(entity.identity, entity.dueAt);
      }
      this.#queueHeld();
      void this.#scan(incarnation, reached, false);
    });
  }

  #queueHeld(): void {
    for (const [key, at] of this.#held) {
      if (at > this.#horizon) continue;
      this.#held.delete(key);
      this.#queue.push({ at, dueAt: at, ...unpackKey(key), recover: false, isQueued: true });
    }
    this.#arm();
  }

  #arm(): void {
    const first = this.#queue.peek();
    if (first === undefined || first.at >= this.#timerAt) return;
    if (this.#timer !== undefined) this.#options.timers.clear(this.#timer);
    this.#timerAt = first.at;
    const delayMs = Math.min(SLEEP_MS_MAX, Math.max(0, first.at - this.#options.clock.now()));
    this.#timer = this.#options.timers.set(delayMs, () => this.#fire());
  }

  #fire(): void {
    this.#timer = undefined;
    this.#timerAt = Number.POSITIVE_INFINITY;
    const now = this.#options.clock.now();
    for (let fired = 0; fired < FIRE_MAX; fired++) {
      const first = this.#queue.peek();
      if (first === undefined || first.at > now) break;
      this.#queue.pop();
      this.#options.fire(first);
    }
    this.#arm();
  }
}
