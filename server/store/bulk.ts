/**
 * A whole store at once, beside what the engine needs: what a check reads, and what a copy reads and writes.
 *
 * 1. A reader sees one moment: what is committed meanwhile is not in it.
 * 2. A reader gives what is damaged as damage, beside what is whole; it never throws for it.
 * 3. A copy's rows of entities and registries are batches of the lane `COPY_LANE`; its writer adds what a batch cannot
 *    say, and at the end the source's lanes take that one's place.
 */
import { CorruptionError } from "./errors.ts";
import type { EntityIdentity, EntityKey, HistoryNode, Store } from "./store.ts";
import type { VisibilityRow } from "./visibility.ts";

/** No server has so many lanes. */
export const COPY_LANE = 1_000_000;

/** Stands in a registry while a copy is under way; a server does not start on such a store. */
export const UNFINISHED_COPY_KEY = "copy/unfinished";

/** One epoch of a lane. */
export interface LaneRow {
  readonly lane: number;
  readonly epoch: number;
  readonly batchNo: number;
  readonly nextId: number;
}

export interface MeteringRow {
  readonly lane: number;
  readonly epoch: number;
  readonly batchNo: number;
  readonly blob: Uint8Array;
}

export interface MetaRow {
  readonly key: string;
  readonly blob: Uint8Array;
}

/** Everything under one key, whether or not it belongs together. */
export interface StoredEntity {
  readonly key: EntityKey;
  /** undefined: there is none, or what it says of itself or its state is damaged. */
  readonly entity: (EntityIdentity & { readonly state: Uint8Array; readonly dueAt: number | undefined }) | undefined;
  readonly parts: readonly { readonly part: string; readonly blob: Uint8Array }[];
  readonly history: readonly HistoryNode[];
  readonly visibility: VisibilityRow | undefined;
  /** What is not among the above because it is damaged. */
  readonly damage: readonly CorruptionError[];
}

export interface BulkReader {
  /** Where it reads, for people. */
  readonly place: string;
  lanes(): Promise<readonly LaneRow[]>;
  countEntities(): Promise<number>;
  /** In the order of packed keys, after this one. */
  entities(after: EntityKey | undefined): AsyncIterable<StoredEntity>;
  meta(): AsyncIterable<MetaRow | CorruptionError>;
  metering(): AsyncIterable<MeteringRow | CorruptionError>;
  /** What the database itself, its schema and its indexes have to complain of, one sentence each. Reads all of it. */
  complaints(): AsyncIterable<string>;
  close(): Promise<void>;
}

export interface BulkWriter {
  readonly place: string;
  /** For the batches of `COPY_LANE`. */
  readonly store: Store;
  /** Nothing is stored: neither runs nor registries nor lanes. */
  isEmpty(): Promise<boolean>;
  /** Rows that are there already are left as they are. */
  writeMetering(rows: readonly MeteringRow[]): Promise<void>;
  /** In one transaction: these lanes are the store's lanes, and no copy is under way any more. */
  finish(lanes: readonly LaneRow[]): Promise<void>;
  close(): Promise<void>;
}

/** What is read, or what damage the reading has met. */
export function wholeOrDamage<T>(read: () => T): T | CorruptionError {
  try {
    return read();
  } catch (error) {
    if (error instanceof CorruptionError) return error;
    throw error;
  }
}
