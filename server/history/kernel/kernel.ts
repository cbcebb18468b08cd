import { Code, ServiceError } from "../../../api/errors.ts";
import { fnv1a } from "../../../base/index.ts";
import type { Clock, Log, Random, Timers } from "../../../base/index.ts";
import { StoreUnavailableError } from "../../store/errors.ts";
import { SLOTS } from "../../store/store.ts";
import type { MetaWrite, Store } from "../../store/store.ts";

import type { OutboxPart as OutboxMessagePart } from "../gen/messages.js";
import type { Entity } from "./entity.ts";
import { LaneUnavailableError } from "./errors.ts";
import type { Kind } from "./kind.ts";
import { Lane } from "./lane.ts";
import type { Decision } from "./lane.ts";
import type { KernelObserver } from "./observer.ts";

/** First delay before an undelivered message is tried again; doubles up to the maximum. */
const DELIVERY_RETRY_MS = 50;
const DELIVERY_RETRY_MAX_MS = 10_000;

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
  readonly #options: KernelOptions;
  readonly #lanes: Lane[];
  readonly #kinds: ReadonlyMap<number, Kind>;

  constructor(options: KernelOptions) {
    this.#options = options;
    this.#kinds = new Map(options.kinds.map((kind) => [kind.id, kind]));
    const { store, clock, timers, random, log, lanes, cachedEntitiesMax, dueHorizonMs, observer } = options;
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
        deliver: (from, entity, key) => this.#deliver(from, entity, key, 1),
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
      if (uncommittedSince !== undefined && (oldest === undefined || uncommittedSince < oldest)) oldest = uncommittedSince;
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

  decideByKey<T>(key: { slot: number; id: number }, decision: Decision<T>): Promise<T> {
    return this.laneOf(key.slot).decideByKey(key, decision);
  }

  /** An entity that is in memory: for a decision that needs another one of the same slot beside its own. */
  peek(key: { slot: number; id: number }): Entity | undefined {
    return this.laneOf(key.slot).peek(key);
  }

  /** Writes registry entries; they belong to the first lane. */
  writeMeta(writes: readonly MetaWrite[]): Promise<void> {
    return this.laneOf(0).writeMeta(writes);
  }

  /** Takes a message to its receiver, then its receipt to the sender, until both have happened. */
  #deliver(from: Lane, sender: Entity, key: string, attempt: number): void {
    const message = sender.parts.get(key) as OutboxMessagePart | undefined;
    if (message === undefined) return;
    this.#handOver(from, sender, key, message).catch((error: Error) => {
      if (!isPassing(error))
        this.#options.log.error("a message between executions failed", { error: error.stack ?? error.message });
      this.#options.timers.set(retryMs(attempt), () => this.#redeliver(from, sender, key, attempt + 1));
    });
  }

  /** The sender may have left memory since: look it up by its key. */
  #redeliver(from: Lane, sender: Entity, key: string, attempt: number): void {
    from
      .decideByKey(sender.identity, (tx, target) => {
        if (target?.part(key) !== undefined)
          tx.afterCommit(() => this.#deliver(from, target.entity as Entity, key, attempt));
      })
      .catch((error: Error) => {
        // A lane that lost its memory finds the message again by its own scan.
        if (error instanceof StoreUnavailableError)
          this.#options.timers.set(retryMs(attempt), () => this.#redeliver(from, sender, key, attempt + 1));
      });
  }

  async #handOver(from: Lane, sender: Entity, key: string, part: OutboxMessagePart): Promise<void> {
    const { kind: kindId, namespaceNumber: namespace, businessId, message } = part;
    const kind = this.#kinds.get(kindId) as Kind;
    const runId = part.runId === "" ? undefined : part.runId;
    const receipt = await this.decide({ kind: kindId, namespace, businessId, runId }, (tx, target) =>
      kind.onMessage(tx, target, { namespace, businessId, runId }, message),
    );
    await from.decideByKey(sender.identity, (tx, target) => {
      if (target === undefined || target.part(key) === undefined) return;
      target.deletePart(key);
      tx.open(target.entity).entity.kind.onReceipt(tx, target, message, receipt);
    });
  }
}

/** How long to wait after so many attempts. */
function retryMs(attempt: number): number {
  return Math.min(DELIVERY_RETRY_MAX_MS, DELIVERY_RETRY_MS * 2 ** (attempt - 1));
}

/** What is over when the message is tried again: the receiver's lane is recovering, or the receiver is busy closing. */
function isPassing(error: Error): boolean {
  if (error instanceof LaneUnavailableError || error instanceof StoreUnavailableError) return true;
  return error instanceof ServiceError && error.code === Code.RESOURCE_EXHAUSTED;
}
