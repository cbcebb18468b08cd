/** How often something of one name has left memory, while somebody loads it. */
interface Departures {
  loads: number;
  count: number;
}

/** Kept by a load while it reads. */
export interface LoadWatch {
  readonly of: string | number;
  readonly departures: Departures;
  readonly countBefore: number;
}

/**
 * Tells a load that what it reads has been in memory meanwhile, perhaps in a newer state, and has left it again: the
 * load must read once more. Names are those of chains and of entities; others that come and go do not disturb it.
 */
export class LoadWatches {
  readonly #departures = new Map<string | number, Departures>();

  begin(of: string | number): LoadWatch {
    let departures = this.#departures.get(of);
    if (departures === undefined) this.#departures.set(of, (departures = { loads: 0, count: 0 }));
    departures.loads++;
    return { of, departures, countBefore: departures.count };
  }

  isStale({ departures, countBefore }: LoadWatch): boolean {
    return departures.count !== countBefore;
  }

  end({ of, departures }: LoadWatch): void {
    if (--departures.loads === 0) this.#departures.delete(of);
  }

  left(of: string | number): void {
    const departures = this.#departures.get(of);
    if (departures !== undefined) departures.count++;
  }

  leftAll(): void {
    for (const departures of this.#departures.values()) departures.count++;
  }
}
