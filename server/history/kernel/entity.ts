import type { EntityIdentity } from "../../store/store.ts";
import type { DueEntry } from "./due-queue.ts";
import type { Kind } from "./kind.ts";
import { HistoryTail } from "./history-tail.ts";
import type { Parts } from "./parts.ts";

/** The store keeps this many parts inside the state blob; beyond, or beyond the bytes, each part is a row of its own. */
export const INLINE_PARTS_MAX = 6;
export const INLINE_PARTS_BYTES_MAX = 4096;

/** Parts whose keys begin so are messages to other entities, kept until acknowledged. */
export const OUTBOX_PREFIX = "o:";

/**
 * An entity in memory: decoded state, all its parts, and the end of its history. It may be ahead of the store by the
 * lane's uncommitted batches; `sequence` says which of them wrote it last.
 */
export class Entity<State extends object = object> {
  readonly identity: EntityIdentity;
  readonly kind: Kind<State>;
  /** Replaced as a whole or field by field inside a transaction only; nested messages are replaced, never changed. */
  state: State;
  readonly parts: Parts;
  partsInRows: boolean;
  readonly tail: HistoryTail;
  /** What the kind keeps in memory only (waiting callers, admitted updates). */
  volatile: unknown = undefined;

  /** Sequence number of the last batch that writes this entity; a reply about it waits for that batch. */
  sequence = 0;
  /** `due.memory` as last computed. */
  dueAt: number | undefined = undefined;
  /** When its row says that it is due, once the batches that are on their way are stored. */
  storedDueAt: number | undefined = undefined;
  /** What stands for `dueAt` in the scanner's queue; absent when that is beyond its horizon. */
  dueEntry: DueEntry | undefined = undefined;
  touchedAt = 0;
  /** In the batch that is open now: */
  isCreatedInBatch = false;
  isDirty = false;
  isDeleted = false;
  dirtyParts: Set<string> | undefined = undefined;

  constructor(options: {
    identity: EntityIdentity;
    kind: Kind<State>;
    state: State;
    parts: Parts;
    partsInRows: boolean;
    nextEventId: number;
  }) {
    this.identity = options.identity;
    this.kind = options.kind;
    this.state = options.state;
    this.parts = options.parts;
    this.partsInRows = options.partsInRows;
    this.tail = new HistoryTail(options.nextEventId);
  }
}
