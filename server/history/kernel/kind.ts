import type { EntityTx, Transaction } from "./transaction.ts";
import type { Entity } from "./entity.ts";

export interface Codec<T> {
  encode(value: T): Uint8Array;
  decode(bytes: Uint8Array): T;
}

/** When an entity must be looked at again, in ms of the lane's clock; undefined = never. */
export interface Due {
  /** While the entity is in memory: its earliest timer, time-out or retry. */
  readonly memory: number | undefined;
  /**
   * After a restart: the same, or earlier when something was handed out that the stored state does not know as started
   * (a task waiting in matching, a message on its way).
   */
  readonly stored: number | undefined;
}

/** Where an outbox message goes. An absent run id means the current run. */
export interface Address {
  readonly namespace: number;
  readonly businessId: string;
  readonly runId: string | undefined;
}

/**
 * What a sort of entity tells the kernel about itself. The kernel loads, decides, commits and publishes for all kinds
 * alike and knows nothing of workflows.
 */
export interface Kind<State extends object = object> {
  readonly id: number;
  readonly name: string;
  readonly state: Codec<State>;
  /** The codec of a part, chosen by its key. Keys that begin with `o:` are the kernel's own. */
  part(key: string): Codec<unknown>;
  /** How much a part counts towards the size that the kind allows an entity: the same for the same part, and cheap to tell. */
  weigh(key: string, part: unknown): number;
  due(entity: Entity<State>): Due;
  /** Id of the next event of the history: where the tail in memory begins after a load. Kinds without history answer 1. */
  nextEventId(state: State): number;
  /** Added to the lane's clock to give the entity's `now`. */
  clockOffset(state: State): number;
  /** The entity is due: fire what is. Must change what made it due. */
  onDue(tx: Transaction, target: EntityTx<State>): void;
  /** The entity was found due by the scan after a (re)start: hand out again whatever its state says is waiting. */
  onRecover(tx: Transaction, target: EntityTx<State>): void;
  /** A message from another entity; the answer goes back to the sender. Must bear repetition. */
  onMessage(tx: Transaction, target: EntityTx<State> | undefined, address: Address, message: Uint8Array): Uint8Array;
  /** The receiver's answer to a message that `target` sent. */
  onReceipt(tx: Transaction, target: EntityTx<State>, message: Uint8Array, receipt: Uint8Array): void;
  /** Something of the entity lives in memory only (a caller waits, a task's start is not stored): keep it loaded. */
  isPinned(entity: Entity<State>): boolean;
  /** The lane dropped its memory: callers who wait on this entity must be told. */
  onDrop(entity: Entity<State>): void;
}
