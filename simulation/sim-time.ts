import type { Clock, TimerHandle, Timers } from "../base/index.ts";

interface SimTimer {
  readonly at: number;
  readonly order: number;
  readonly fn: () => void;
  readonly owner: Incarnation | undefined;
  isCleared: boolean;
}

/** A life of a process: what it scheduled dies with it. */
export class Incarnation implements Timers {
  readonly #time: SimTime;
  isDead = false;

  constructor(time: SimTime) {
    this.#time = time;
  }

  set(delayMs: number, fn: () => void): TimerHandle {
    return this.#time.schedule(delayMs, fn, this);
  }

  clear(handle: TimerHandle): void {
    (handle as SimTimer).isCleared = true;
  }

  immediate(fn: () => void): void {
    this.#time.schedule(0, fn, this);
  }
}

/** Drains the microtasks that the last event caused: a macrotask runs only after all of them. */
function drained(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/**
 * Virtual time: everything that waits, waits here, and one event runs after the other in the order of (time, order of
 * scheduling). The only thing that is not virtual is the microtask queue, which runs dry between events.
 */
export class SimTime implements Clock {
  #now: number;
  #order = 0;
  #heap: SimTimer[] = [];
  events = 0;

  constructor(startMs: number) {
    this.#now = startMs;
  }

  now(): number {
    return this.#now;
  }

  schedule(delayMs: number, fn: () => void, owner?: Incarnation): SimTimer {
    const timer: SimTimer = {
      at: this.#now + Math.max(0, Math.ceil(delayMs)),
      order: this.#order++,
      fn,
      owner,
      isCleared: false,
    };
    this.#push(timer);
    return timer;
  }

  cancel(timer: SimTimer): void {
    timer.isCleared = true;
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => void this.schedule(ms, resolve));
  }

  /** Runs events until `isDone` or until virtual time reaches the limit; false when the limit came first. */
  async run(isDone: () => boolean, limitMs: number): Promise<boolean> {
    await drained();
    while (!isDone()) {
      const next = this.#heap[0];
      if (next === undefined || next.at > limitMs) {
        this.#now = Math.max(this.#now, limitMs); // What is due later stays for the next call.
        return false;
      }
      this.#pop();
      if (next.isCleared || next.owner?.isDead === true) continue;
      this.#now = Math.max(this.#now, next.at);
      this.events++;
      next.fn();
      await drained();
    }
    return true;
  }

  #push(timer: SimTimer): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(timer);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(timer, heap[parent] as SimTimer)) break;
      heap[at] = heap[parent] as SimTimer;
      at = parent;
    }
    heap[at] = timer;
  }

  #pop(): SimTimer | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1] as SimTimer, heap[child] as SimTimer)) child++;
      if (!isBefore(heap[child] as SimTimer, last)) break;
      heap[at] = heap[child] as SimTimer;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}

function isBefore(a: SimTimer, b: SimTimer): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
