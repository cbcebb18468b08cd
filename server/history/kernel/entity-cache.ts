import type { EntityKey } from "../../store/store.ts";
import type { Entity } from "./entity.ts";
import { LoadWatches } from "./load-watches.ts";

/** Slot and id in one number: 12 + 40 bits. */
export function packKey(key: EntityKey): number {
  return key.slot * 2 ** 40 + key.id;
}

export function unpackKey(packed: number): EntityKey {
  return { slot: Math.floor(packed / 2 ** 40), id: packed % 2 ** 40 };
}

export function chainKey(of: { namespace: number; kind: number; businessId: string }): string {
  return `${of.namespace}/${of.kind}/${of.businessId}`;
}

/** All cached entities of one business id. */
interface Chain {
  /** The entity with the largest id; null = the store has none; undefined = not known, ask the store. */
  current: Entity | null | undefined;
  readonly byRun: Map<string, Entity>;
}

/** What a lane holds in memory. Forgetting an entity here never loses anything: the store has it. */
export class EntityCache {
  /** In order of use, the longest unused first. */
  readonly #byKey = new Map<number, Entity>();
  readonly #chains = new Map<string, Chain>();
  /** Of chains by `chainKey`, of entities by `packKey`. */
  readonly watches = new LoadWatches();

  get size(): number {
    return this.#byKey.size;
  }

  /** The longest unused first. */
  entities(): IterableIterator<Entity> {
    return this.#byKey.values();
  }

  byKey(key: EntityKey): Entity | undefined {
    return this.#byKey.get(packKey(key));
  }

  touch(entity: Entity, now: number): void {
    entity.touchedAt = now;
    if (this.#byKey.delete(packKey(entity.identity))) this.#byKey.set(packKey(entity.identity), entity);
  }

  /** undefined = ask the store, null = there is none. */
  find(chain: string, runId: string | undefined): Entity | null | undefined {
    const found = this.#chains.get(chain);
    if (found === undefined) return undefined;
    return runId === undefined ? found.current : found.byRun.get(runId);
  }

  /** Remembers that the store has no entity of this business id, until the next `add` or `sweep`. */
  setNone(chain: string): void {
    const found = this.#chains.get(chain);
    if (found === undefined) this.#chains.set(chain, { current: null, byRun: new Map() });
    else if (found.current === undefined) found.current = null;
  }

  add(entity: Entity, isCurrent: boolean): void {
    const key = chainKey(entity.identity);
    this.#byKey.set(packKey(entity.identity), entity);
    let chain = this.#chains.get(key);
    if (chain === undefined) this.#chains.set(key, (chain = { current: undefined, byRun: new Map() }));
    chain.byRun.set(entity.identity.runId, entity);
    if (
      isCurrent &&
      (chain.current === undefined || chain.current === null || chain.current.identity.id < entity.identity.id)
    )
      chain.current = entity;
  }

  remove(entity: Entity): void {
    const packed = packKey(entity.identity);
    const key = chainKey(entity.identity);
    this.#byKey.delete(packed);
    this.watches.left(packed);
    this.watches.left(key);
    const chain = this.#chains.get(key);
    if (chain === undefined) return;
    chain.byRun.delete(entity.identity.runId);
    if (chain.current === entity) chain.current = undefined;
    if (chain.byRun.size === 0) this.#chains.delete(key);
  }

  /** Drops remembered absences. */
  sweepAbsent(): void {
    for (const [key, chain] of this.#chains) if (chain.byRun.size === 0) this.#chains.delete(key);
  }

  clear(): void {
    this.#byKey.clear();
    this.#chains.clear();
    this.watches.leftAll();
  }
}
