/**
 * A binary heap of due entities by time.
 *
 * 1. A cancelled entry is never answered. It stays in the heap until it reaches the top, or until half of the heap is
 *    cancelled: then all such leave together, so that a run that ends leaves nothing behind for the time of its time-outs.
 */
export interface DueEntry {
  /** When to look. */
  readonly at: number;
  /** The due time that the entry stands for. */
  readonly dueAt: number;
  readonly slot: number;
  readonly id: number;
  /** Found by the scan after a (re)start. */
  readonly recover: boolean;
  /** Still in the heap and not cancelled; the queue's own field. */
  isQueued: boolean;
}

/** Fewer cancelled entries than this are not worth a sweep. */
const SWEEP_MIN = 1_024;

export class DueQueue {
  #heap: DueEntry[] = [];
  #cancelled = 0;

  get size(): number {
    return this.#heap.length - this.#cancelled;
  }

  peek(): DueEntry | undefined {
    let first = this.#heap[0];
    while (first !== undefined && !first.isQueued) {
      this.#removeFirst();
      this.#cancelled--;
      first = this.#heap[0];
    }
    return first;
  }

  clear(): void {
    for (const entry of this.#heap) entry.isQueued = false;
    this.#heap = [];
    this.#cancelled = 0;
  }

  push(entry: DueEntry): void {
    entry.isQueued = true;
    this.#heap.push(entry);
    this.#rise(this.#heap.length - 1);
  }

  pop(): DueEntry | undefined {
    const first = this.peek();
    if (first === undefined) return undefined;
    this.#removeFirst();
    first.isQueued = false;
    return first;
  }

  /** The entry stands for nothing any more; one that was popped stays as it is. */
  cancel(entry: DueEntry): void {
    if (!entry.isQueued) return;
    entry.isQueued = false;
    this.#cancelled++;
    if (this.#cancelled >= SWEEP_MIN && this.#cancelled * 2 > this.#heap.length) this.#sweep();
  }

  #sweep(): void {
    this.#heap = this.#heap.filter((entry) => entry.isQueued);
    this.#cancelled = 0;
    for (let at = (this.#heap.length >> 1) - 1; at >= 0; at--) this.#sink(at);
  }

  #removeFirst(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#sink(0);
  }

  #rise(from: number): void {
    const heap = this.#heap;
    const entry = heap[from] as DueEntry;
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if ((heap[parent] as DueEntry).at <= entry.at) break;
      heap[at] = heap[parent] as DueEntry;
      at = parent;
    }
    heap[at] = entry;
  }

  #sink(from: number): void {
    const heap = this.#heap;
    const entry = heap[from] as DueEntry;
    let at = from;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && (heap[child + 1] as DueEntry).at < (heap[child] as DueEntry).at) child++;
      if ((heap[child] as DueEntry).at >= entry.at) break;
      heap[at] = heap[child] as DueEntry;
      at = child;
    }
    heap[at] = entry;
  }
}
