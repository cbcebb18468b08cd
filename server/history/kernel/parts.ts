/** Length of the prefix that tells what sort of part a key names. */
const SORT_LENGTH = 2;

export type WeighPart = (key: string, part: unknown) => number;

const NONE: ReadonlyMap<string, never> = new Map<string, never>();

/** An entity's parts by key, grouped by the key's first two characters, so that a sort is found without passing the others. */
export class Parts {
  readonly #sorts = new Map<string, Map<string, unknown>>();
  readonly #weigh: WeighPart;
  #size = 0;
  #weight = 0;

  constructor(weigh: WeighPart) {
    this.#weigh = weigh;
  }

  get size(): number {
    return this.#size;
  }

  /** What the kind says that they weigh, together. */
  get weight(): number {
    return this.#weight;
  }

  get(key: string): unknown {
    return this.#sorts.get(key.slice(0, SORT_LENGTH))?.get(key);
  }

  set(key: string, value: unknown): void {
    const sort = key.slice(0, SORT_LENGTH);
    let parts = this.#sorts.get(sort);
    if (parts === undefined) this.#sorts.set(sort, (parts = new Map()));
    const before = parts.size;
    this.#weight += this.#weigh(key, value) - this.#weightOf(key, parts);
    parts.set(key, value);
    this.#size += parts.size - before;
  }

  delete(key: string): void {
    const sort = key.slice(0, SORT_LENGTH);
    const parts = this.#sorts.get(sort);
    if (parts === undefined) return;
    this.#weight -= this.#weightOf(key, parts);
    if (!parts.delete(key)) return;
    this.#size--;
    if (parts.size === 0) this.#sorts.delete(sort);
  }

  #weightOf(key: string, parts: ReadonlyMap<string, unknown>): number {
    const value = parts.get(key);
    return value === undefined ? 0 : this.#weigh(key, value);
  }

  /** The parts of one sort, by key, in the order in which they were added. */
  ofSort<T>(sort: string): ReadonlyMap<string, T> {
    return (this.#sorts.get(sort) as Map<string, T> | undefined) ?? NONE;
  }

  *entries(): Generator<[string, unknown]> {
    for (const parts of this.#sorts.values()) yield* parts;
  }
}
