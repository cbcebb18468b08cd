/** A binary heap of due entities by time. Entries are never removed early: whoever pops one checks that it still holds. */
export interface DueEntry {
  /** When to look. */
  readonly at: number;
  /** The due time that the entry stands for. */
  readonly dueAt: number;
  readonly slot: number;
  readonly id: number;
  /** Found by the scan after a (re)start. */
  readonly recover: boolean;
}

export class DueQueue {
  #heap: DueEntry[] = [];

  get size(): number {
    return this.#heap.length;
  }

  peek(): DueEntry | undefined {
    return this.#heap[0];
  }

  clear(): void {
    this.#heap = [];
  }

  push(entry: DueEntry): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(entry);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if ((heap[parent] as DueEntry).at <= entry.at) break;
      heap[at] = heap[parent] as DueEntry;
      at = parent;
    }
    heap[at] = entry;
  }

  pop(): DueEntry | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && (heap[child + 1] as DueEntry).at < (heap[child] as DueEntry).at) child++;
      if ((heap[child] as DueEntry).at >= last.at) break;
      heap[at] = heap[child] as DueEntry;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}
