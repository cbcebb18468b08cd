export const OUTSIDE = -1;

/** What a heap holds knows its place there, so that it can move or leave from anywhere. */
export interface Placed {
  /** `OUTSIDE` of a heap. */
  heapIndex: number;
}

/** A binary heap of entries whose order may change while they are in it: `moved` is called then. */
export class TurnHeap<Entry extends Placed> {
  readonly #entries: Entry[] = [];
  readonly #isBefore: (a: Entry, b: Entry) => boolean;

  constructor(isBefore: (a: Entry, b: Entry) => boolean) {
    this.#isBefore = isBefore;
  }

  get first(): Entry | undefined {
    return this.#entries[0];
  }

  add(entry: Entry): void {
    this.#entries.push(entry);
    this.#raise(this.#entries.length - 1, entry);
  }

  removeFirst(): void {
    const first = this.#entries[0];
    const last = this.#entries.pop();
    if (first === undefined || last === undefined) return;
    first.heapIndex = OUTSIDE;
    if (last !== first) this.#lower(0, last);
  }

  moved(entry: Entry): void {
    const at = entry.heapIndex;
    this.#raise(at, entry);
    if (entry.heapIndex === at) this.#lower(at, entry);
  }

  #raise(from: number, entry: Entry): void {
    let at = from;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const other = this.#entries[above] as Entry;
      if (!this.#isBefore(entry, other)) break;
      this.#put(at, other);
      at = above;
    }
    this.#put(at, entry);
  }

  #lower(from: number, entry: Entry): void {
    const count = this.#entries.length;
    let at = from;
    for (let below = 2 * at + 1; below < count; below = 2 * at + 1) {
      const right = this.#entries[below + 1];
      if (right !== undefined && this.#isBefore(right, this.#entries[below] as Entry)) below++;
      const other = this.#entries[below] as Entry;
      if (!this.#isBefore(other, entry)) break;
      this.#put(at, other);
      at = below;
    }
    this.#put(at, entry);
  }

  #put(at: number, entry: Entry): void {
    this.#entries[at] = entry;
    entry.heapIndex = at;
  }
}
