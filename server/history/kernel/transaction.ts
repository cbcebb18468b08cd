import { assert, timeOrderedUuid } from "../../../base/index.ts";
import type { EntityIdentity, MetaWrite } from "../../store/store.ts";
import type { VisibilityRow } from "../../store/visibility.ts";
import { Entity, OUTBOX_PREFIX } from "./entity.ts";
import { Parts } from "./parts.ts";
import type { Address, Kind } from "./kind.ts";

/** What a transaction needs of its lane. */
export interface TransactionHost {
  readonly clockNow: number;
  allocateId(): number;
  uuid(): string;
  encodeOutbox(message: OutboxMessage): unknown;
}

export interface OutboxMessage extends Address {
  readonly kind: number;
  readonly message: Uint8Array;
}

interface Undo {
  readonly state: object;
  readonly unsealed: number;
  readonly volatile: unknown;
}

/**
 * One entity inside a transaction. All changes of an entity go through here:
 *
 * 1. `state` is a fresh copy per transaction; nested messages are replaced, never changed in place.
 * 2. Parts are replaced, never changed in place, so that a rollback restores them by reference.
 * 3. A change without `touch` (directly or through a durable setter) stays in memory: it is lost in a crash by design.
 */
export class EntityTx<State extends object = object> {
  readonly tx: Transaction;
  readonly entity: Entity<State>;
  readonly #undo: Undo;
  #partUndo: { key: string; value: unknown }[] | undefined;
  isTouched = false;
  isCreated: boolean;
  isDeleted = false;
  visibility: VisibilityRow | undefined;
  readonly dirtyParts: string[] = [];

  constructor(tx: Transaction, entity: Entity<State>, isCreated: boolean) {
    this.tx = tx;
    this.entity = entity;
    this.isCreated = isCreated;
    this.#undo = { state: entity.state, unsealed: entity.tail.unsealedCount, volatile: entity.volatile };
    entity.state = { ...entity.state };
  }

  get state(): State {
    return this.entity.state;
  }

  get identity(): EntityIdentity {
    return this.entity.identity;
  }

  /** The entity's own time: the lane's clock plus the run's offset. */
  get now(): number {
    return this.tx.clockNow + this.entity.kind.clockOffset(this.entity.state);
  }

  /** The state has changed and is to be stored. */
  touch(): void {
    this.isTouched = true;
  }

  part<T>(key: string): T | undefined {
    return this.entity.parts.get(key) as T | undefined;
  }

  /** Parts of one sort by key, in the order in which they were added. */
  partsOf<T>(sort: string): ReadonlyMap<string, T> {
    return this.entity.parts.ofSort<T>(sort);
  }

  setPart(key: string, value: unknown): void {
    this.setPartInMemory(key, value);
    this.dirtyParts.push(key);
    this.isTouched = true;
  }

  /** Changes a part without storing it; it is stored with its next durable change. */
  setPartInMemory(key: string, value: unknown): void {
    this.#remember(key);
    this.entity.parts.set(key, value);
  }

  deletePart(key: string): void {
    if (this.entity.parts.get(key) === undefined) return;
    this.#remember(key);
    this.entity.parts.delete(key);
    this.dirtyParts.push(key);
    this.isTouched = true;
  }

  #remember(key: string): void {
    (this.#partUndo ??= []).push({ key, value: this.entity.parts.get(key) });
  }

  /** Appends one transition's encoded events; `node` is the first one's id. */
  appendHistory(node: number, blob: Uint8Array, eventCount: number): void {
    this.entity.tail.append({ node, blob, eventCount });
    this.isTouched = true;
  }

  setVisibility(row: VisibilityRow): void {
    this.visibility = row;
    this.isTouched = true;
  }

  /** The entity and everything of it disappears with this transaction. */
  delete(): void {
    this.isDeleted = true;
    this.isTouched = true;
  }

  /** Queues a message to another entity; it stays in the entity's parts until the receiver has answered. Answers its key. */
  send(sequence: number, message: OutboxMessage): string {
    const key = `${OUTBOX_PREFIX}${sequence}`;
    this.setPart(key, this.tx.host.encodeOutbox(message));
    this.tx.outbox.push({ entity: this.entity as unknown as Entity, key });
    return key;
  }

  /** Takes a message back that this same transaction queued; false when it may be on its way already. */
  unsend(key: string): boolean {
    const at = this.tx.outbox.findIndex((queued) => queued.key === key && (queued.entity as unknown) === this.entity);
    if (at < 0) return false;
    this.tx.outbox.splice(at, 1);
    this.deletePart(key);
    return true;
  }

  rollback(): void {
    const { entity } = this;
    entity.state = this.#undo.state as State;
    entity.volatile = this.#undo.volatile;
    entity.tail.truncate(this.#undo.unsealed);
    const undo = this.#partUndo;
    if (undo === undefined) return;
    for (let i = undo.length - 1; i >= 0; i--) {
      const { key, value } = undo[i] as { key: string; value: unknown };
      if (value === undefined) entity.parts.delete(key);
      else entity.parts.set(key, value);
    }
  }
}

/** One decision's changes, over one or more entities of a lane: all applied to one batch, or all rolled back. */
export class Transaction {
  readonly host: TransactionHost;
  readonly clockNow: number;
  readonly entities: EntityTx[] = [];
  readonly outbox: { entity: Entity; key: string }[] = [];
  readonly afterCommits: (() => void)[] = [];
  readonly afterDecisions: (() => void)[] = [];
  readonly meta: MetaWrite[] = [];
  readonly actions: { namespace: number; action: string; count: number }[] = [];

  constructor(host: TransactionHost) {
    this.host = host;
    this.clockNow = host.clockNow;
  }

  uuid(): string {
    return this.host.uuid();
  }

  /** Later runs have larger ids, but for those of one millisecond: the stores' index of run ids grows at its end. */
  runId(): string {
    return timeOrderedUuid(this.clockNow, this.host.uuid());
  }

  open<State extends object>(entity: Entity<State>): EntityTx<State> {
    for (const open of this.entities)
      if ((open.entity as unknown) === entity) return open as unknown as EntityTx<State>;
    const view = new EntityTx<State>(this, entity, false);
    this.entities.push(view as unknown as EntityTx);
    return view;
  }

  /** A new entity in the slot of its business id; it becomes the current one of that id. */
  create<State extends object>(options: {
    kind: Kind<State>;
    slot: number;
    namespace: number;
    businessId: string;
    runId: string;
    state: State;
  }): EntityTx<State> {
    const { kind, slot, namespace, businessId, runId, state } = options;
    const identity: EntityIdentity = { slot, id: this.host.allocateId(), kind: kind.id, namespace, businessId, runId };
    const entity = new Entity<State>({
      identity,
      kind,
      state,
      parts: new Parts(kind.weigh),
      partsInRows: false,
      nextEventId: 1,
    });
    const view = new EntityTx<State>(this, entity, true);
    view.touch();
    this.entities.push(view as unknown as EntityTx);
    return view;
  }

  /** Runs once the batch is durable. */
  afterCommit(fn: () => void): void {
    this.afterCommits.push(fn);
  }

  /** Runs when the decision has been made, before anything of it is durable: it may come to nothing. */
  afterDecision(fn: () => void): void {
    this.afterDecisions.push(fn);
  }

  /** Counts a billable action; stored in the metering row of the batch. */
  action(namespace: number, action: string, count = 1): void {
    assert(count > 0, "an action counts at least once");
    this.actions.push({ namespace, action, count });
  }

  rollback(): void {
    for (let i = this.entities.length - 1; i >= 0; i--) (this.entities[i] as EntityTx).rollback();
  }

  /** Takes everything back and begins anew, for a decision that turns out to be another one. */
  restart(): void {
    this.rollback();
    for (const list of [this.entities, this.outbox, this.afterCommits, this.afterDecisions, this.meta, this.actions])
      list.length = 0;
  }
}
