/** A map that weighs next to nothing while it is empty, as most of a waiting run's are: an empty `Map` takes 200 bytes. */
export class LazyMap<K, V> {
  #map: Map<K, V> | undefined;

  get size(): number {
    return this.#map === undefined ? 0 : this.#map.size;
  }

  get(key: K): V | undefined {
    return this.#map?.get(key);
  }

  has(key: K): boolean {
    return this.#map !== undefined && this.#map.has(key);
  }

  set(key: K, value: V): void {
    this.#map ??= new Map();
    this.#map.set(key, value);
  }

  delete(key: K): void {
    if (this.#map?.delete(key) === true && this.#map.size === 0) this.#map = undefined;
  }

  clear(): void {
    this.#map = undefined;
  }

  keys(): Iterable<K> {
    return this.#map === undefined ? NOTHING : this.#map.keys();
  }

  /** In the order in which they were set. */
  [Symbol.iterator](): Iterator<[K, V]> {
    return (this.#map ?? NOTHING)[Symbol.iterator]();
  }
}

const NOTHING: readonly never[] = [];
