/**
 * What a memory store keeps when its process dies. Tests and the simulation hold the disk, "crash" the store and open
 * another one on the same disk: the newer generation fences every older one.
 */
import { packKey } from "../entity-key.ts";
import type { DueEntity, EntityIdentity } from "../store.ts";
import { positionOf } from "../visibility-cursor.ts";
import type { VisibilityPosition } from "../visibility-cursor.ts";
import type { VisibilityRow } from "../visibility.ts";
import { OrderedSet } from "./ordered-set.ts";

export interface EntityRow {
  readonly identity: EntityIdentity;
  state: Uint8Array;
  dueAt: number | undefined;
}

export interface LaneRow {
  epoch: number;
  nextId: number;
  /** Last batch of each epoch. */
  readonly batchNos: Map<number, number>;
  readonly metering: { readonly epoch: number; readonly batchNo: number; readonly blob: Uint8Array }[];
}

export interface HistoryRow {
  readonly node: number;
  readonly blob: Uint8Array;
}

export interface VisibilityEntry extends VisibilityPosition {
  readonly row: VisibilityRow;
}

export class MemoryDisk {
  /** Counts opens; a store of an earlier generation may do nothing more. */
  generation = 0;
  readonly lanes = new Map<number, LaneRow>();
  readonly entities = new Map<number, EntityRow>();
  /** Packed keys of all entities of a business id, oldest first. */
  readonly businessIds = new Map<string, number[]>();
  readonly due = new OrderedSet<DueEntity>(compareDue);
  readonly parts = new Map<number, Map<string, Uint8Array>>();
  readonly history = new Map<number, HistoryRow[]>();
  readonly visibilityByKey = new Map<number, VisibilityEntry>();
  /** By namespace and kind, in the order of a list. */
  readonly visibility = new Map<string, OrderedSet<VisibilityEntry>>();
  readonly meta = new Map<string, Uint8Array>();
}

export function businessKey(namespace: number, kind: number, businessId: string): string {
  return `${namespace}/${kind}/${businessId}`;
}

export function scopeKey(namespace: number, kind: number): string {
  return `${namespace}/${kind}`;
}

export function entryOf(row: VisibilityRow): VisibilityEntry {
  return { ...positionOf(row, packKey(row)), row };
}

/** Descending: the list begins with what is open and with the newest. */
export function comparePosition(a: VisibilityPosition, b: VisibilityPosition): number {
  return b.closeOrder - a.closeOrder || b.startTime - a.startTime || b.key - a.key;
}

export function compareDue(a: DueEntity, b: DueEntity): number {
  return a.dueAt - b.dueAt || a.slot - b.slot || a.id - b.id;
}
