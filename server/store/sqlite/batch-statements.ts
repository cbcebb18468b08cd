/**
 * Executes one encoded batch inside the writer's open transaction. Order: creates, updates, part clears, parts,
 * history, visibility, deletes, meta, metering. Of several writes to one row the last in this order wins.
 */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { SLOTS } from "../store.ts";
import { BatchRefusedError } from "../errors.ts";
import { BatchCursor } from "./batch-cursor.ts";
import type { EncodedBatch } from "./batch-memory.ts";
import { keySeed, meteringSeed, textSeed } from "./checksum.ts";
import { VisibilityStatements } from "./visibility-statements.ts";

export interface BatchHeader {
  readonly lane: number;
  readonly epoch: number;
  readonly batchNo: number;
  readonly nextId: number;
}

export interface OpenedBatch {
  readonly header: BatchHeader;
  readonly cursor: BatchCursor;
}

export function readHeader(batch: EncodedBatch): OpenedBatch {
  const cursor = new BatchCursor(batch);
  const header = { lane: cursor.u32(), epoch: cursor.f64(), batchNo: cursor.f64(), nextId: cursor.f64() };
  return { header, cursor };
}

export class BatchStatements {
  readonly #createEntity: StatementSync;
  readonly #updateEntity: StatementSync;
  readonly #deleteEntity: StatementSync;
  readonly #clearParts: StatementSync;
  readonly #writePart: StatementSync;
  readonly #deletePart: StatementSync;
  readonly #appendHistory: StatementSync;
  readonly #deleteHistory: StatementSync;
  readonly #visibility: VisibilityStatements;
  readonly #writeMeta: StatementSync;
  readonly #deleteMeta: StatementSync;
  readonly #writeMetering: StatementSync;

  constructor(database: DatabaseSync) {
    const prepare = (sql: string): StatementSync => database.prepare(sql);
    this.#createEntity = prepare(
      "INSERT INTO entity (key, kind, namespace, business_id, run_id, ids_check, due_at, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    );
    this.#updateEntity = prepare("UPDATE entity SET due_at = ?, state = ? WHERE key = ?");
    this.#deleteEntity = prepare("DELETE FROM entity WHERE key = ?");
    this.#clearParts = prepare("DELETE FROM part WHERE key = ?");
    this.#writePart = prepare("INSERT OR REPLACE INTO part (key, part, blob) VALUES (?, ?, ?)");
    this.#deletePart = prepare("DELETE FROM part WHERE key = ? AND part = ?");
    this.#appendHistory = prepare("INSERT INTO history (key, node, blob) VALUES (?, ?, ?)");
    this.#deleteHistory = prepare("DELETE FROM history WHERE key = ?");
    this.#visibility = new VisibilityStatements(database);
    this.#writeMeta = prepare("INSERT OR REPLACE INTO meta (key, blob) VALUES (?, ?)");
    this.#deleteMeta = prepare("DELETE FROM meta WHERE key = ?");
    this.#writeMetering = prepare("INSERT INTO metering (lane, epoch, batch_no, blob) VALUES (?, ?, ?, ?)");
  }

  apply(batch: OpenedBatch): void {
    const { cursor, header } = batch;
    for (let n = cursor.u32(); n > 0; n--) this.#create(cursor, header);
    for (let n = cursor.u32(); n > 0; n--) this.#update(cursor);
    for (let n = cursor.u32(); n > 0; n--) this.#clearParts.run(cursor.f64());
    for (let n = cursor.u32(); n > 0; n--) this.#part(cursor);
    for (let n = cursor.u32(); n > 0; n--) this.#history(cursor);
    for (let n = cursor.u32(); n > 0; n--) this.#visibility.write(cursor);
    for (let n = cursor.u32(); n > 0; n--) this.#delete(cursor.f64());
    for (let n = cursor.u32(); n > 0; n--) this.#meta(cursor);
    const metering = cursor.optionalBlob(meteringSeed(header.lane, header.epoch, header.batchNo));
    if (metering !== null) this.#writeMetering.run(header.lane, header.epoch, header.batchNo, metering);
  }

  #create(cursor: BatchCursor, header: BatchHeader): void {
    const from = cursor.at;
    const key = cursor.f64();
    if (Math.floor(key / SLOTS) >= header.nextId) {
      throw new BatchRefusedError(
        `entity id ${Math.floor(key / SLOTS)} is not below the batch's next id ${header.nextId}`,
      );
    }
    const [kind, namespace, businessId] = [cursor.u32(), cursor.u32(), cursor.string()];
    const runId = cursor.uuid();
    const check = cursor.checkFrom(from);
    const dueAt = cursor.optionalF64();
    this.#createEntity.run(key, kind, namespace, businessId, runId, check, dueAt, cursor.blob(keySeed(key, 0)));
  }

  #update(cursor: BatchCursor): void {
    const key = cursor.f64();
    const dueAt = cursor.optionalF64();
    const { changes } = this.#updateEntity.run(dueAt, cursor.blob(keySeed(key, 0)), key);
    if (changes !== 1) throw new BatchRefusedError(`entity ${nameKey(key)} is updated but does not exist`);
  }

  #part(cursor: BatchCursor): void {
    const key = cursor.f64();
    const part = cursor.string();
    const blob = cursor.optionalBlob(keySeed(key, 0));
    if (blob === null) this.#deletePart.run(key, part);
    else this.#writePart.run(key, part, blob);
  }

  #history(cursor: BatchCursor): void {
    const key = cursor.f64();
    const node = cursor.u32();
    this.#appendHistory.run(key, node, cursor.blob(keySeed(key, node)));
  }

  #delete(key: number): void {
    this.#deleteEntity.run(key);
    this.#clearParts.run(key);
    this.#deleteHistory.run(key);
    this.#visibility.remove(key);
  }

  #meta(cursor: BatchCursor): void {
    const key = cursor.string();
    const blob = cursor.optionalBlob(textSeed(key));
    if (blob === null) this.#deleteMeta.run(key);
    else this.#writeMeta.run(key, blob);
  }
}

function nameKey(key: number): string {
  return `${key % SLOTS}/${Math.floor(key / SLOTS)}`;
}
