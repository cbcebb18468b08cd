/**
 * A timer wheel: any number of entries that expire, on one timer.
 *
 * A slot is an intrusive list of the entries whose time falls into one tick; the wheel has a fixed number of slots,
 * and an entry further away than one turn is simply met again on the next turn. Adding and removing are O(1) and
 * allocate nothing, so a poll that is parked and matched costs the wheel a few pointer writes.
 *
 * 1. No entry expires before its `expiresAt`; it expires at most one tick after it (and the timer's own delay).
 * 2. While the wheel has entries a timer is armed for the first occupied slot or an earlier one.
 * 3. `expiresAt` does not change while an entry is in the wheel: it names the slot.
 */
import { assert } from "../../base/index.ts";
import type { Clock, TimerHandle, Timers } from "../../base/index.ts";

export interface Expiring {
  expiresAt: number;
  wheelPrevious: Expiring | undefined;
  wheelNext: Expiring | undefined;
}

export interface ExpiryWheelOptions<Entry extends Expiring> {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly tickMs: number;
  /** A power of two. */
  readonly slots: number;
  /** The entry has left the wheel; it may be added again, but no other entry may be removed in here. */
  onExpire(entry: Entry, now: number): void;
}

export class ExpiryWheel<Entry extends Expiring> {
  readonly #options: ExpiryWheelOptions<Entry>;
  readonly #slots: (Expiring | undefined)[];
  #count = 0;
  /** Every tick up to this one has been visited. */
  #doneTick: number;
  #armed: { readonly tick: number; readonly timer: TimerHandle } | undefined;

  constructor(options: ExpiryWheelOptions<Entry>) {
    assert((options.slots & (options.slots - 1)) === 0, "slots of a wheel are a power of two");
    this.#options = options;
    this.#slots = Array.from({ length: options.slots }, () => undefined);
    this.#doneTick = Math.floor(options.clock.now() / options.tickMs);
  }

  get count(): number {
    return this.#count;
  }

  add(entry: Entry): void {
    const tick = this.#tickOf(entry);
    assert(Number.isFinite(tick), "an entry of the wheel expires at some time");
    // The clock was stepped back, or the entry is already due: its slot is visited again.
    if (tick <= this.#doneTick) this.#doneTick = tick - 1;
    const slot = this.#slotOf(tick);
    const first = this.#slots[slot];
    entry.wheelPrevious = undefined;
    entry.wheelNext = first;
    if (first !== undefined) first.wheelPrevious = entry;
    this.#slots[slot] = entry;
    this.#count++;
    if (this.#armed === undefined || tick < this.#armed.tick) this.#arm(tick);
  }

  remove(entry: Entry): void {
    const previous = entry.wheelPrevious;
    const next = entry.wheelNext;
    if (previous === undefined) this.#slots[this.#slotOf(this.#tickOf(entry))] = next;
    else previous.wheelNext = next;
    if (next !== undefined) next.wheelPrevious = previous;
    entry.wheelPrevious = undefined;
    entry.wheelNext = undefined;
    this.#count--;
  }

  /** Forgets the timer; entries expire no more. */
  close(): void {
    if (this.#armed !== undefined) this.#options.timers.clear(this.#armed.timer);
    this.#armed = undefined;
  }

  #tickOf(entry: Expiring): number {
    return Math.ceil(entry.expiresAt / this.#options.tickMs);
  }

  #slotOf(tick: number): number {
    // Ticks exceed 32 bits, so no bit mask; the remainder of a power of two keeps the order of slots all the same.
    return tick % this.#options.slots;
  }

  #arm(tick: number): void {
    if (this.#armed !== undefined) this.#options.timers.clear(this.#armed.timer);
    const delayMs = Math.max(0, tick * this.#options.tickMs - this.#options.clock.now());
    this.#armed = { tick, timer: this.#options.timers.set(delayMs, () => this.#turn()) };
  }

  #turn(): void {
    this.#armed = undefined;
    const now = this.#options.clock.now();
    const nowTick = Math.floor(now / this.#options.tickMs);
    const from = Math.max(this.#doneTick + 1, nowTick - this.#options.slots + 1);
    this.#doneTick = Math.max(this.#doneTick, nowTick);
    for (let tick = from; tick <= nowTick; tick++) this.#visit(this.#slotOf(tick), now);
    this.#armNext();
  }

  #visit(slot: number, now: number): void {
    let entry = this.#slots[slot];
    while (entry !== undefined) {
      const next: Expiring | undefined = entry.wheelNext;
      if (entry.expiresAt <= now) {
        this.remove(entry as Entry);
        this.#options.onExpire(entry as Entry, now);
      }
      entry = next;
    }
  }

  #armNext(): void {
    if (this.#count === 0) return;
    let tick = this.#doneTick + 1;
    while (this.#slots[this.#slotOf(tick)] === undefined) tick++;
    // An entry added while the slots were visited may have armed a later tick.
    if (this.#armed === undefined || tick < this.#armed.tick) this.#arm(tick);
  }
}
