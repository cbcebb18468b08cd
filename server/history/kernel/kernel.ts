import { fnv1a } from "../../../base/index.ts";
import type { Clock, Log, Random, Timers } from "../../../base/index.ts";
import { SLOTS } from "../../store/store.ts";
import type { MetaWrite, Store } from "../../store/store.ts";

import { Deliveries } from "./deliveries.ts";
import type { Entity } from "./entity.ts";
import type { Kind } from "./kind.ts";
import { Lane } from "./lane.ts";
import type { Answers, Decision } from "./lane.ts";
import type { KernelObserver } from "./observer.ts";

export interface KernelOptions {
  readonly store: Store;
  readonly kinds: readonly Kind[];
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly log: Log;
  /** Lanes share the slots evenly. One is right for an embedded store: it has one writer. */
  readonly lanes: number;
  readonly cachedEntitiesMax: number;
  /** How far ahead due times are held in memory; `HORIZON_MS` when absent. */
  readonly dueHorizonMs?: number | undefined;
  readonly observer?: KernelObserver | undefined;
}

/** Names an entity: its kind, namespace number and business id; the current one without a run id. */
export interface EntityName {
  readonly kind: number;
  readonly namespace: number;
  readonly businessId: string;
  readonly runId?: string | undefined;
}

export function slotOf(namespace: number, businessId: string): number {
  return fnv1a(businessId, fnv1a(String(namespace))) % SLOTS;
}

/** All lanes of this process, and the messages between their entities. */
export class Kernel {
  readonly #lanes: Lane[];
  readonly #kinds: ReadonlyMap<number, Kind>;

  constructor(options: KernelOptions) {
    this.#kinds = new Map(options.kinds.map((kind) => [kind.id, kind]));
    const { store, clock, timers, random, log, lanes, cachedEntitiesMax, dueHorizonMs, observer } = options;
    const deliveries = new Deliveries({
      kinds: this.#kinds,
      timers,
      log,
      decide: (find, decision) => this.decide(find, decision),
    });
    this.#lanes = Array.from({ length: lanes }, (_, lane) => {
      const slotFrom = Math.ceil((lane * SLOTS) / lanes);
      const slotTo = Math.ceil(((lane + 1) * SLOTS) / lanes);
      return new Lane({
        open: { lane, slotFrom, slotTo },
        store,
        kinds: this.#kinds,
        clock,
        timers,
        random,
        log,
        observer,
        dueHorizonMs,
        cachedEntitiesMax: Math.ceil(cachedEntitiesMax / lanes),
        deliver: (from, entity, key) => deliveries.begin(from, entity, key),
      });
    });
  }

  async start(): Promise<void> {
    await Promise.all(this.#lanes.map((lane) => lane.start()));
  }

  async stop(): Promise<void> {
    await Promise.all(this.#lanes.map((lane) => lane.stop()));
  }

  /** When the next entity falls due; only a kernel that is observed knows of all. */
  get nextDueAt(): number | undefined {
    let next: number | undefined;
    for (const { nextDueAt } of this.#lanes)
      if (nextDueAt !== undefined && (next === undefined || nextDueAt < next)) next = nextDueAt;
    return next;
  }

  /** About how many decisions wait for the store. */
  get uncommitted(): number {
    let sum = 0;
    for (const lane of this.#lanes) sum += lane.uncommitted;
    return sum;
  }

  /** When the oldest decision was made that waits for the store; undefined when none does. */
  get uncommittedSince(): number | undefined {
    let oldest: number | undefined;
    for (const { uncommittedSince } of this.#lanes)
      if (uncommittedSince !== undefined && (oldest === undefined || uncommittedSince < oldest))
        oldest = uncommittedSince;
    return oldest;
  }

  /** Everything that was decided is committed: readers see it. */
  get isSettled(): boolean {
    return this.#lanes.every((lane) => lane.isSettled);
  }

  /** The clock was moved forward: what is due by now is handled at once. */
  fireDueNow(): void {
    for (const lane of this.#lanes) lane.fireDueNow();
  }

  laneOf(slot: number): Lane {
    return this.#lanes[Math.floor((slot * this.#lanes.length) / SLOTS)] as Lane;
  }

  decide<T>(name: EntityName, decision: Decision<T>): Promise<T> {
    const slot = slotOf(name.namespace, name.businessId);
    return this.laneOf(slot).decide(
      { slot, namespace: name.namespace, kind: name.kind, businessId: name.businessId, runId: name.runId },
      decision,
    );
  }

  decideByKey<T>(key: { slot: number; id: number }, decision: Decision<T>, answers?: Answers): Promise<T> {
    return this.laneOf(key.slot).decideByKey(key, decision, answers);
  }

  /** An entity that is in memory: for a decision that needs another one of the same slot beside its own. */
  peek(key: { slot: number; id: number }): Entity | undefined {
    return this.laneOf(key.slot).peek(key);
  }

  /** Writes registry entries; they belong to the first lane. */
  writeMeta(writes: readonly MetaWrite[]): Promise<void> {
    return this.laneOf(0).writeMeta(writes);
  }
}
