import type { Clock, TimerHandle, Timers } from "../../base/index.ts";

/** Something with a deadline. The links are the wheel's; they make joining and leaving cost nothing. */
export interface Expirable {
  readonly deadline: number | undefined;
  expire(): void;
  wheelSlot: WheelSlot | undefined;
  wheelNext: Expirable | undefined;
  wheelPrevious: Expirable | undefined;
}

interface WheelSlot {
  readonly dueAt: number;
  first: Expirable | undefined;
}

/** Deadlines are met this much late at most. */
const slotMs = 16;

/**
 * The deadlines of all open calls behind a single timer.
 *
 * Nearly every call ends before its deadline, so joining and leaving must be cheap and firing need not be. Calls whose
 * deadlines round up to the same slot form a list; a heap orders the slots.
 *
 * 1. Nothing expires before its deadline.
 * 2. A timer is armed iff a slot exists, for the earliest one.
 */
export class DeadlineWheel {
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #slots = new Map<number, WheelSlot>();
  /** Slot times, least first in heap order. */
  readonly #heap: number[] = [];
  #timer: TimerHandle | undefined;
  #timerDueAt = Number.POSITIVE_INFINITY;

  constructor(clock: Clock, timers: Timers) {
    this.#clock = clock;
    this.#timers = timers;
  }

  add(one: Expirable): void {
    const dueAt = Math.ceil(one.deadline! / slotMs) * slotMs;
    let slot = this.#slots.get(dueAt);
    const isNew = slot === undefined;
    if (slot === undefined) {
      this.#slots.set(dueAt, (slot = { dueAt, first: undefined }));
      pushHeap(this.#heap, dueAt);
    }
    one.wheelSlot = slot;
    one.wheelNext = slot.first;
    one.wheelPrevious = undefined;
    if (slot.first !== undefined) slot.first.wheelPrevious = one;
    slot.first = one;
    if (isNew) this.#arm();
  }

  remove(one: Expirable): void {
    const slot = one.wheelSlot;
    if (slot === undefined) return;
    if (one.wheelPrevious === undefined) slot.first = one.wheelNext;
    else one.wheelPrevious.wheelNext = one.wheelNext;
    if (one.wheelNext !== undefined) one.wheelNext.wheelPrevious = one.wheelPrevious;
    one.wheelSlot = one.wheelNext = one.wheelPrevious = undefined;
  }

  stop(): void {
    if (this.#timer !== undefined) this.#timers.clear(this.#timer);
    this.#timer = undefined;
    this.#timerDueAt = Number.POSITIVE_INFINITY;
    this.#heap.length = 0;
    this.#slots.clear();
  }

  #arm(): void {
    // Slots that have emptied meanwhile need no waking.
    while (this.#heap.length > 0 && this.#slots.get(this.#heap[0]!)!.first === undefined) {
      this.#slots.delete(popHeap(this.#heap));
    }
    const dueAt = this.#heap[0] ?? Number.POSITIVE_INFINITY;
    if (dueAt >= this.#timerDueAt) return;
    if (this.#timer !== undefined) this.#timers.clear(this.#timer);
    this.#timerDueAt = dueAt;
    this.#timer = this.#timers.set(Math.max(0, dueAt - this.#clock.now()), () => this.#fire());
  }

  #fire(): void {
    this.#timer = undefined;
    this.#timerDueAt = Number.POSITIVE_INFINITY;
    const now = this.#clock.now();
    while (this.#heap.length > 0 && this.#heap[0]! <= now) {
      const slot = this.#slots.get(popHeap(this.#heap))!;
      this.#slots.delete(slot.dueAt);
      while (slot.first !== undefined) {
        const one = slot.first;
        this.remove(one);
        one.expire();
      }
    }
    if (this.#heap.length > 0) this.#arm();
  }
}

function pushHeap(heap: number[], value: number): void {
  let at = heap.push(value) - 1;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (heap[parent]! <= value) break;
    heap[at] = heap[parent]!;
    at = parent;
  }
  heap[at] = value;
}

function popHeap(heap: number[]): number {
  const least = heap[0]!;
  const last = heap.pop()!;
  if (heap.length === 0) return least;
  let at = 0;
  for (;;) {
    let child = at * 2 + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && heap[child + 1]! < heap[child]!) child++;
    if (heap[child]! >= last) break;
    heap[at] = heap[child]!;
    at = child;
  }
  heap[at] = last;
  return least;
}
