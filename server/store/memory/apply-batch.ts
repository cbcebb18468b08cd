/** Applies a batch to the disk: first everything that can refuse it, then only what cannot fail. */
import { packKey } from "../entity-key.ts";
import { BatchRefusedError } from "../errors.ts";
import type { Batch, CommitRequest, EntityKey, HistoryAppend } from "../store.ts";
import type { VisibilityRow } from "../visibility.ts";
import { businessKey, comparePosition, entryOf, scopeKey } from "./memory-disk.ts";
import type { EntityRow, HistoryRow, LaneRow, MemoryDisk, VisibilityEntry } from "./memory-disk.ts";
import { OrderedSet } from "./ordered-set.ts";

/** Throws BatchRefusedError when the batch contradicts what is stored; the disk is untouched then. */
export function checkBatch(disk: MemoryDisk, batch: Batch): void {
  const created = new Set<number>();
  for (const create of batch.creates) {
    const key = packKey(create);
    if (create.id >= batch.nextId) {
      throw new BatchRefusedError(`entity id ${create.id} is not below the batch's next id ${batch.nextId}`);
    }
    if (created.has(key) || disk.entities.has(key)) {
      throw new BatchRefusedError(`entity ${create.slot}/${create.id} exists already`);
    }
    created.add(key);
  }
  for (const update of batch.updates) {
    const key = packKey(update);
    if (created.has(key) || disk.entities.has(key)) continue;
    throw new BatchRefusedError(`entity ${update.slot}/${update.id} is updated but does not exist`);
  }
  const nodes = new Set<string>();
  for (const append of batch.history) {
    const name = `${append.slot}/${append.id}/${append.node}`;
    if (nodes.has(name) || hasNode(disk, append)) throw new BatchRefusedError(`history node ${name} exists already`);
    nodes.add(name);
  }
}

export function applyBatch(disk: MemoryDisk, lane: LaneRow, request: CommitRequest): void {
  const { batch, epoch, batchNo } = request;
  for (const create of batch.creates) {
    const { slot, id, kind, namespace, businessId, runId } = create;
    const identity = { slot, id, kind, namespace, businessId, runId };
    const row: EntityRow = { identity, state: create.state.slice(), dueAt: undefined };
    disk.entities.set(packKey(create), row);
    addBusinessId(disk, row);
    setDue(disk, row, create.dueAt);
  }
  for (const update of batch.updates) {
    const row = disk.entities.get(packKey(update)) as EntityRow;
    row.state = update.state.slice();
    setDue(disk, row, update.dueAt);
  }
  for (const key of batch.partClears) disk.parts.delete(packKey(key));
  for (const { part, blob, ...key } of batch.parts) writePart(disk, { ...key, part, blob });
  for (const append of batch.history) appendHistory(disk, append);
  for (const row of batch.visibility) writeVisibility(disk, row);
  for (const key of batch.deletes) deleteEntity(disk, key);
  for (const { key, blob } of batch.meta) {
    if (blob === undefined) disk.meta.delete(key);
    else disk.meta.set(key, blob.slice());
  }
  if (batch.metering !== undefined) lane.metering.push({ epoch, batchNo, blob: batch.metering.slice() });
  lane.batchNos.set(epoch, batchNo);
  lane.nextId = batch.nextId;
}

function addBusinessId(disk: MemoryDisk, row: EntityRow): void {
  const { namespace, kind, businessId } = row.identity;
  const name = businessKey(namespace, kind, businessId);
  const keys = disk.businessIds.get(name);
  const key = packKey(row.identity);
  if (keys === undefined) disk.businessIds.set(name, [key]);
  else {
    keys.push(key);
    // Almost always in order already; ids of several slots under one business id are a caller's mistake, not ours to rank.
    if ((keys.at(-2) as number) > key) keys.sort((a, b) => a - b);
  }
}

function setDue(disk: MemoryDisk, row: EntityRow, dueAt: number | undefined): void {
  if (row.dueAt === dueAt) return;
  const { slot, id } = row.identity;
  if (row.dueAt !== undefined) disk.due.delete({ slot, id, dueAt: row.dueAt });
  if (dueAt !== undefined) disk.due.add({ slot, id, dueAt });
  row.dueAt = dueAt;
}

function writePart(disk: MemoryDisk, write: EntityKey & { part: string; blob: Uint8Array | undefined }): void {
  const key = packKey(write);
  const parts = disk.parts.get(key);
  if (write.blob === undefined) {
    parts?.delete(write.part);
    if (parts?.size === 0) disk.parts.delete(key);
  } else if (parts === undefined) disk.parts.set(key, new Map([[write.part, write.blob.slice()]]));
  else parts.set(write.part, write.blob.slice());
}

function hasNode(disk: MemoryDisk, append: HistoryAppend): boolean {
  const nodes = disk.history.get(packKey(append));
  return nodes !== undefined && nodes[firstNode(nodes, append.node)]?.node === append.node;
}

function appendHistory(disk: MemoryDisk, append: HistoryAppend): void {
  const row: HistoryRow = { node: append.node, blob: append.blob.slice() };
  const nodes = disk.history.get(packKey(append));
  if (nodes === undefined) disk.history.set(packKey(append), [row]);
  else if ((nodes.at(-1) as HistoryRow).node < row.node) nodes.push(row);
  else nodes.splice(firstNode(nodes, row.node), 0, row);
}

/** Index of the first row at or after `node`. */
export function firstNode(nodes: readonly HistoryRow[], node: number): number {
  let low = 0;
  let high = nodes.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((nodes[middle] as HistoryRow).node < node) low = middle + 1;
    else high = middle;
  }
  return low;
}

function writeVisibility(disk: MemoryDisk, row: VisibilityRow): void {
  const entry = entryOf(row);
  removeVisibility(disk, entry.key);
  disk.visibilityByKey.set(entry.key, entry);
  const scope = scopeKey(row.namespace, row.kind);
  const rows = disk.visibility.get(scope) ?? new OrderedSet<VisibilityEntry>(comparePosition);
  disk.visibility.set(scope, rows);
  rows.add(entry);
}

function removeVisibility(disk: MemoryDisk, key: number): void {
  const entry = disk.visibilityByKey.get(key);
  if (entry === undefined) return;
  disk.visibilityByKey.delete(key);
  disk.visibility.get(scopeKey(entry.row.namespace, entry.row.kind))?.delete(entry);
}

function deleteEntity(disk: MemoryDisk, entity: EntityKey): void {
  const key = packKey(entity);
  const row = disk.entities.get(key);
  if (row !== undefined) {
    const { namespace, kind, businessId } = row.identity;
    const name = businessKey(namespace, kind, businessId);
    const keys = (disk.businessIds.get(name) ?? []).filter((one) => one !== key);
    if (keys.length === 0) disk.businessIds.delete(name);
    else disk.businessIds.set(name, keys);
    setDue(disk, row, undefined);
    disk.entities.delete(key);
  }
  disk.parts.delete(key);
  disk.history.delete(key);
  removeVisibility(disk, key);
}
