/** Splits a chunk above this: inserts move at most so many references. */
const CHUNK_MAX = 512;

/**
 * A sorted set in chunks: insert, delete and seek cost a binary search and a short move, so that neither
 * a million due items nor a million visibility rows make one commit slow.
 */
export class OrderedSet<T> {
  readonly #compare: (a: T, b: T) => number;
  readonly #chunks: T[][] = [];
  #size = 0;

  constructor(compare: (a: T, b: T) => number) {
    this.#compare = compare;
  }

  get size(): number {
    return this.#size;
  }

  add(item: T): void {
    const at = this.#chunkOf(item);
    const chunk = this.#chunks[at];
    if (chunk === undefined) {
      this.#chunks.push([item]);
      this.#size += 1;
      return;
    }
    const index = this.#lowerBound(chunk, item);
    const present = chunk[index];
    if (present !== undefined && this.#compare(present, item) === 0) {
      chunk[index] = item;
      return;
    }
    chunk.splice(index, 0, item);
    this.#size += 1;
    if (chunk.length > CHUNK_MAX) this.#chunks.splice(at + 1, 0, chunk.splice(CHUNK_MAX / 2));
  }

  delete(item: T): boolean {
    const at = this.#chunkOf(item);
    const chunk = this.#chunks[at];
    if (chunk === undefined) return false;
    const index = this.#lowerBound(chunk, item);
    const present = chunk[index];
    if (present === undefined || this.#compare(present, item) !== 0) return false;
    chunk.splice(index, 1);
    this.#size -= 1;
    if (chunk.length === 0) this.#chunks.splice(at, 1);
    return true;
  }

  /** Items at or after `start` in order; all of them when it is undefined. Not to be changed meanwhile. */
  *from(start: T | undefined): Generator<T> {
    let at = start === undefined ? 0 : this.#chunkOf(start);
    let index = start === undefined ? 0 : this.#lowerBound(this.#chunks[at] ?? [], start);
    for (; at < this.#chunks.length; at++, index = 0) {
      const chunk = this.#chunks[at] as T[];
      for (; index < chunk.length; index++) yield chunk[index] as T;
    }
  }

  /** All items, the last one first. */
  *backwards(): Generator<T> {
    for (let i = this.#chunks.length - 1; i >= 0; i--) {
      const chunk = this.#chunks[i] as T[];
      for (let at = chunk.length - 1; at >= 0; at--) yield chunk[at] as T;
    }
  }

  last(): T | undefined {
    return this.#chunks.at(-1)?.at(-1);
  }

  /** The last chunk whose first item is not after `item`, or the first chunk. */
  #chunkOf(item: T): number {
    let low = 0;
    let high = this.#chunks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#compare((this.#chunks[middle] as T[])[0] as T, item) <= 0) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1);
  }

  #lowerBound(chunk: readonly T[], item: T): number {
    let low = 0;
    let high = chunk.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#compare(chunk[middle] as T, item) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
