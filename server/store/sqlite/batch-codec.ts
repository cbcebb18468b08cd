/**
 * A commit request as one flat run of bytes, which the writer thread reads where it lies. The order of fields
 * here is the order in which the writer executes them; nothing of this is ever stored.
 */
import { packKey } from "../entity-key.ts";
import type { Batch, CommitRequest, EntityIdentity, EntityKey } from "../store.ts";
import type { Attribute, VisibilityRow } from "../visibility.ts";
import { ATTRIBUTE_TYPE_NUMBER, DIVISION_NAME } from "../visibility.ts";
import type { BatchMemoryPool, EncodedBatch } from "./batch-memory.ts";
import { ByteWriter } from "./byte-writer.ts";

export type VisibilityColumns = Omit<VisibilityRow, keyof EntityKey | "memo" | "searchAttributes" | "attributes">;

/** How a value of an attribute row follows: text, a double to be stored as REAL, or an integer in decimal text. */
export const VALUE_TEXT = 0;
export const VALUE_REAL = 1;
export const VALUE_INTEGER = 2;
export const VALUE_BIG = 3;

export function encodeBatch(request: CommitRequest, pool: BatchMemoryPool): EncodedBatch {
  const { batch } = request;
  const out = new ByteWriter(pool, estimateBytes(batch));
  out.u32(request.lane);
  out.f64(request.epoch);
  out.f64(request.batchNo);
  out.f64(batch.nextId);
  out.u32(batch.creates.length);
  for (const create of batch.creates) {
    encodeIdentity(out, packKey(create), create);
    out.optionalF64(create.dueAt);
    out.blob(create.state);
  }
  out.u32(batch.updates.length);
  for (const update of batch.updates) {
    out.f64(packKey(update));
    out.optionalF64(update.dueAt);
    out.blob(update.state);
  }
  encodeKeys(out, batch.partClears);
  out.u32(batch.parts.length);
  for (const part of batch.parts) {
    out.f64(packKey(part));
    out.string(part.part);
    out.optionalBlob(part.blob);
  }
  out.u32(batch.history.length);
  for (const append of batch.history) {
    out.f64(packKey(append));
    out.u32(append.node);
    out.blob(append.blob);
  }
  out.u32(batch.visibility.length);
  for (const row of batch.visibility) encodeVisibility(out, row);
  encodeKeys(out, batch.deletes);
  out.u32(batch.meta.length);
  for (const write of batch.meta) {
    out.string(write.key);
    out.optionalBlob(write.blob);
  }
  out.optionalBlob(batch.metering);
  return out.finish();
}

/** Rather too much than a copy for growth: a row beside its blobs takes about 100 bytes, a visibility row 400. */
function estimateBytes(batch: Batch): number {
  let bytes = 512 + (batch.deletes.length + batch.partClears.length) * 8 + batch.visibility.length * 1024;
  for (const create of batch.creates) bytes += 128 + create.businessId.length * 3 + create.state.length;
  for (const update of batch.updates) bytes += 32 + update.state.length;
  for (const part of batch.parts) bytes += 64 + part.part.length * 3 + (part.blob?.length ?? 0);
  for (const append of batch.history) bytes += 32 + append.blob.length;
  return bytes + (batch.metering?.length ?? 0);
}

function encodeKeys(out: ByteWriter, keys: readonly EntityKey[]): void {
  out.u32(keys.length);
  for (const key of keys) out.f64(packKey(key));
}

/** What a row of `entity` says of itself; its check covers these bytes. */
export function encodeIdentity(out: ByteWriter, key: number, identity: Omit<EntityIdentity, keyof EntityKey>): void {
  out.f64(key);
  out.u32(identity.kind);
  out.u32(identity.namespace);
  out.string(identity.businessId);
  out.uuid(identity.runId);
}

function encodeVisibility(out: ByteWriter, row: VisibilityRow): void {
  encodeVisibilityColumns(out, packKey(row), row);
  out.optionalBlob(row.memo);
  out.optionalBlob(row.searchAttributes);
  out.optionalString(divisionOf(row));
  out.lengthFirst(() => {
    for (const attribute of row.attributes) encodeAttribute(out, attribute);
  });
}

function divisionOf({ attributes }: VisibilityRow): string | undefined {
  const division = attributes.find(({ name, type }) => name === DIVISION_NAME && type === "Keyword");
  return division === undefined ? undefined : String(division.value);
}

/** The columns of a row of `visibility` but for its blobs; its check covers these bytes. */
export function encodeVisibilityColumns(out: ByteWriter, key: number, row: VisibilityColumns): void {
  out.f64(key);
  out.u32(row.namespace);
  out.u32(row.kind);
  out.u32(row.status);
  out.f64(row.startTime);
  out.optionalF64(row.closeTime);
  out.f64(row.executionTime);
  out.string(row.workflowType);
  out.string(row.workflowId);
  out.uuid(row.runId);
  out.string(row.taskQueue);
  out.optionalF64(row.historyLength);
  out.optionalF64(row.historySizeBytes);
  out.optionalF64(row.stateTransitionCount);
  out.optionalF64(row.executionDurationNs);
  out.optionalString(row.parentWorkflowId);
  out.optionalUuid(row.parentRunId);
  out.optionalString(row.rootWorkflowId === row.workflowId ? undefined : row.rootWorkflowId);
  out.optionalUuid(row.rootRunId === row.runId ? undefined : row.rootRunId);
}

function encodeAttribute(out: ByteWriter, attribute: Attribute): void {
  const { name, type, value } = attribute;
  const values = Array.isArray(value) ? new Set<string>(value) : [value as string | number | bigint | boolean];
  out.string(name);
  out.u32(ATTRIBUTE_TYPE_NUMBER[type]);
  out.u32(Array.isArray(value) ? (values as Set<string>).size : 1);
  for (const one of values) {
    if (typeof one === "string") {
      out.u32(VALUE_TEXT);
      out.string(one);
    } else if (typeof one === "bigint") {
      out.u32(VALUE_BIG);
      out.string(one.toString());
    } else {
      out.u32(type === "Double" ? VALUE_REAL : VALUE_INTEGER);
      out.f64(Number(one));
    }
  }
}
