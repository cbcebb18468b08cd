/**
 * The store: everything durable, behind few verbs of which each is atomic.
 *
 * 1. All writes go through `commit`: one batch of one lane, applied whole or not at all.
 * 2. A batch carries the lane's epoch; a store whose lane has a later epoch answers `fenced` and writes nothing.
 * 3. Batch numbers of an epoch count up from 1 without gaps; the last one is stored in the same transaction,
 *    so that an `unknown` outcome is settled by `lastBatch`, never guessed.
 * 4. Keys begin with the slot; ids come from the lane. The store allocates nothing.
 * 5. Stored blobs carry a checksum; a blob that does not match is refused with `CorruptionError`, which names it.
 * 6. Reads see every commit that has been answered `committed` (visibility included).
 */
import type { Scalar, VisibilityField, VisibilityFilter, VisibilityRow, VisibilitySort } from "./visibility.ts";

/** Slots are virtual: `fnv1a(namespace id / business id) mod SLOTS`. Lanes own ranges of slots. */
export const SLOTS = 4096;

/** An entity's address: the slot it hashes to and the id its lane gave it. */
export interface EntityKey {
  readonly slot: number;
  /** Unique within the slot, grows with creation: the entity with the largest id of a business id is its current one. */
  readonly id: number;
}

/** What never changes about an entity. */
export interface EntityIdentity extends EntityKey {
  /** The entity's kind, e.g. 1 = workflow run. The store does not interpret it. */
  readonly kind: number;
  /** The namespace's number (see the frontend's registry), not its UUID: it stands in every index. */
  readonly namespace: number;
  /** The workflow id, schedule id, … Unique per (namespace, kind) among current entities. */
  readonly businessId: string;
  /** UUID in canonical lower case; stored as 16 bytes. */
  readonly runId: string;
}

export interface EntityCreate extends EntityIdentity {
  readonly state: Uint8Array;
  /** Milliseconds since the epoch at which the entity must be looked at again; undefined = never. */
  readonly dueAt: number | undefined;
}

export interface EntityUpdate extends EntityKey {
  readonly state: Uint8Array;
  readonly dueAt: number | undefined;
}

/** A side row of an entity: whatever can grow (pending items, buffered events, request ids). */
export interface PartWrite extends EntityKey {
  readonly part: string;
  /** undefined deletes the part. */
  readonly blob: Uint8Array | undefined;
}

/** One transition's events: an encoded `temporal.api.history.v1.History`. */
export interface HistoryAppend extends EntityKey {
  /** Event id of the first event in the blob; (slot, id, node) is unique. */
  readonly node: number;
  readonly blob: Uint8Array;
}

export interface MetaWrite {
  readonly key: string;
  /** undefined deletes the key. */
  readonly blob: Uint8Array | undefined;
}

/**
 * One lane's transitions since its previous batch. Empty arrays are common and cheap. Applied in this order: creates,
 * updates, part clears, parts, history, visibility, deletes, meta, metering. Refused as a whole (`failed`) when it creates
 * what exists, updates what does not, repeats a history node, skips a batch number or moves `nextId` back.
 */
export interface Batch {
  /** The lane's allocator after this batch: ids from here on are unused. */
  readonly nextId: number;
  readonly creates: readonly EntityCreate[];
  readonly updates: readonly EntityUpdate[];
  /** Entities whose row, parts, history and visibility row disappear. */
  readonly deletes: readonly EntityKey[];
  readonly parts: readonly PartWrite[];
  /** Entities all of whose parts disappear (on close). */
  readonly partClears: readonly EntityKey[];
  readonly history: readonly HistoryAppend[];
  readonly visibility: readonly VisibilityRow[];
  /** Registries (namespaces, search attributes, cluster id). */
  readonly meta: readonly MetaWrite[];
  /** Billable actions of this batch, encoded; undefined when there were none. One row keyed (lane, epoch, batchNo). */
  readonly metering: Uint8Array | undefined;
}

export interface CommitRequest {
  readonly lane: number;
  readonly epoch: number;
  readonly batchNo: number;
  readonly batch: Batch;
}

/** `failed`: certainly not written. `unknown`: written or not; ask `lastBatch`. */
export type CommitResult =
  | { readonly kind: "committed" }
  | { readonly kind: "fenced" }
  | { readonly kind: "failed"; readonly error: Error }
  | { readonly kind: "unknown"; readonly error: Error };

export interface LaneOpen {
  readonly lane: number;
  /** Slots [from, to) of the lane: used to find `nextId`. */
  readonly slotFrom: number;
  readonly slotTo: number;
}

export interface LaneOpened {
  /** One more than any epoch this lane ever had; earlier epochs are fenced from now on. */
  readonly epoch: number;
  readonly nextId: number;
}

export interface LoadedEntity extends EntityIdentity {
  readonly state: Uint8Array;
  readonly dueAt: number | undefined;
  readonly parts: readonly { readonly part: string; readonly blob: Uint8Array }[];
}

export interface FindEntity {
  readonly slot: number;
  readonly namespace: number;
  readonly kind: number;
  readonly businessId: string;
  /** Absent: the current one, that is the one with the largest id. */
  readonly runId?: string | undefined;
}

export interface ReadHistory extends EntityKey {
  /** The first blob is the one that holds event `fromNode`: the last with node <= fromNode, else the first there is. */
  readonly fromNode: number;
  /** Blobs with node < toNode, in order. */
  readonly toNode: number;
  /** Stops after the blob that reaches this many bytes in sum. */
  readonly bytesMax: number;
}

export interface HistoryNode {
  readonly node: number;
  readonly blob: Uint8Array;
}

export interface DueEntity extends EntityKey {
  readonly dueAt: number;
}

export interface ReadDue {
  readonly slotFrom: number;
  readonly slotTo: number;
  /** Entities with dueAt <= upTo, ordered by (dueAt, slot, id), strictly after `after`. */
  readonly upTo: number;
  readonly after: DueEntity | undefined;
  readonly limit: number;
}

export interface ReadByCloseTime {
  readonly namespace: number;
  readonly kind: number;
  /** Only those that closed before this, microseconds since the epoch; undefined = all, the open ones last. */
  readonly before: number | undefined;
  readonly limit: number;
  /** So many at the beginning are passed over. */
  readonly skip: number;
}

export interface ListVisibility {
  readonly namespace: number;
  readonly kind: number;
  readonly filter: VisibilityFilter | undefined;
  readonly limit: number;
  /** Comes before the default order, which decides among equals: open first, then close time, then start time, newest first. */
  readonly sort?: VisibilitySort | undefined;
  /** Rows strictly after this position in the order. */
  readonly after: VisibilityCursor | undefined;
}

/** Position in the order; opaque to everyone but the store. */
export type VisibilityCursor = string;

export interface VisibilityPage {
  readonly rows: readonly VisibilityRow[];
  readonly next: VisibilityCursor | undefined;
}

export interface CountVisibility {
  readonly namespace: number;
  readonly kind: number;
  readonly filter: VisibilityFilter | undefined;
  /** Counts per value of this field, of which no execution has more than one. */
  readonly groupBy: VisibilityField | undefined;
  /** Of more groups than this only some are counted, and one too many are answered. */
  readonly groupsMax?: number | undefined;
}

export interface VisibilityGroup {
  /** undefined: executions without a value. */
  readonly value: Scalar | undefined;
  readonly count: number;
}

export interface VisibilityCount {
  readonly count: number;
  /** By value, the absent one first. */
  readonly groups: readonly VisibilityGroup[];
}

/** A task that matching pushed out of memory. Volatile: gone after a restart, when tasks are derived from entities anew. */
export interface SpilledTask {
  /** Queue key, built by matching. */
  readonly queue: string;
  readonly priority: number;
  /** Order within (queue, priority). */
  readonly order: number;
  readonly blob: Uint8Array;
}

export interface Store {
  /** Short name of the kind of store as GetClusterInfo reports it, e.g. "sqlite". */
  readonly name: string;
  openLane(open: LaneOpen): Promise<LaneOpened>;
  /** Reads the request's bytes before it returns: the caller may use them again at once. */
  commit(request: CommitRequest): Promise<CommitResult>;
  /**
   * Whether no other process has taken the store: what this one remembers is then true, and an answer from memory may leave.
   * True at once where that is certain; rejects with StoreUnavailableError when nobody can say.
   */
  isOurs(): true | Promise<boolean>;
  /** The number of the last batch that is durable in this lane's epoch; 0 before the first. */
  lastBatch(lane: number, epoch: number): Promise<number>;

  /** undefined when there is none; throws CorruptionError naming the run when a checksum fails. */
  loadEntity(key: EntityKey): Promise<LoadedEntity | undefined>;
  findEntity(find: FindEntity): Promise<EntityIdentity | undefined>;
  readHistory(read: ReadHistory): Promise<readonly HistoryNode[]>;
  readDue(read: ReadDue): Promise<readonly DueEntity[]>;

  /** Both see every commit that was answered before; an aborted signal ends them with its reason, at any length. */
  listVisibility(list: ListVisibility, signal?: AbortSignal): Promise<VisibilityPage>;
  countVisibility(count: CountVisibility, signal?: AbortSignal): Promise<VisibilityCount>;

  /** Executions of every division, those that closed first before the others: for those who remove them. */
  readByCloseTime(read: ReadByCloseTime): Promise<readonly EntityKey[]>;
  /** Gives some of the space that deletions left back to the file system; true when it is worth to be called again. */
  giveBackSpace(): Promise<boolean>;

  readMeta(prefix: string): Promise<readonly { readonly key: string; readonly blob: Uint8Array }[]>;
  /** Metering rows of a lane in (epoch, batchNo) order, strictly after the given position. */
  readMetering(read: {
    lane: number;
    afterEpoch: number;
    afterBatchNo: number;
    limit: number;
  }): Promise<readonly { readonly epoch: number; readonly batchNo: number; readonly blob: Uint8Array }[]>;

  spillTasks(tasks: readonly SpilledTask[]): Promise<void>;
  /** Removes and returns the first tasks of a queue by (priority, order). */
  takeSpilledTasks(queue: string, limit: number): Promise<readonly SpilledTask[]>;
  /** How many tasks of the queue are spilled. */
  countSpilledTasks(queue: string): Promise<number>;

  /** Waits for commits in flight, then releases files, threads and locks. */
  close(): Promise<void>;
}
