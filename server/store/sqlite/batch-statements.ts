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
import { scopeNumber } from "../visibility-sql/index.ts";
import { divisionOf, readAttributes, VisibilityAttributes } from "./attribute-statements.ts";

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

const VISIBILITY_COLUMNS = `namespace kind status start_time close_time execution_time workflow_type workflow_id run_id
  task_queue history_length history_size_bytes state_transition_count execution_duration_ns parent_workflow_id parent_run_id
  root_workflow_id root_run_id row_check memo search_attributes attribute_count division`.split(/\s+/);

const UPSERT_VISIBILITY = `INSERT INTO visibility (key, ${VISIBILITY_COLUMNS.join(", ")})
  VALUES (?${", ?".repeat(VISIBILITY_COLUMNS.length)})
  ON CONFLICT (key) DO UPDATE SET ${VISIBILITY_COLUMNS.map((name) => `${name} = excluded.${name}`).join(", ")}`;

export class BatchStatements {
  readonly #createEntity: StatementSync;
  readonly #updateEntity: StatementSync;
  readonly #deleteEntity: StatementSync;
  readonly #clearParts: StatementSync;
  readonly #writePart: StatementSync;
  readonly #deletePart: StatementSync;
  readonly #appendHistory: StatementSync;
  readonly #deleteHistory: StatementSync;
  readonly #writeVisibility: StatementSync;
  readonly #deleteVisibility: StatementSync;
  readonly #attributes: VisibilityAttributes;
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
    this.#writeVisibility = prepare(UPSERT_VISIBILITY);
    this.#deleteVisibility = prepare("DELETE FROM visibility WHERE key = ?");
    this.#attributes = new VisibilityAttributes(database);
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
    for (let n = cursor.u32(); n > 0; n--) this.#visibility(cursor);
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
    this.#attributes.remove(key);
    this.#deleteVisibility.run(key);
  }

  #visibility(cursor: BatchCursor): void {
    const from = cursor.at;
    const key = cursor.f64();
    const seed = keySeed(key, 0);
    const namespace = cursor.u32();
    const kind = cursor.u32();
    const values = [
      kind,
      cursor.u32(), // status
      cursor.f64(), // start time
      cursor.optionalF64(), // close time
      cursor.f64(), // execution time
      cursor.string(), // workflow type
      cursor.string(), // workflow id
      cursor.uuid(), // run id
      cursor.string(), // task queue
      cursor.optionalF64(), // history length
      cursor.optionalF64(), // history size
      cursor.optionalF64(), // state transitions
      cursor.optionalF64(), // execution duration
      cursor.optionalString(), // parent workflow id
      cursor.optionalUuid(), // parent run id
      cursor.optionalString(), // root workflow id
      cursor.optionalUuid(), // root run id
      cursor.checkFrom(from),
      cursor.optionalBlob(seed), // memo
      cursor.optionalBlob(seed), // search attributes
    ];
    const attributes = readAttributes(cursor);
    const division = divisionOf(attributes);
    const scope = scopeNumber({ namespace, kind }, division !== null);
    this.#attributes.replace(key, scope, attributes);
    this.#writeVisibility.run(key, namespace, ...values, attributes.length, division);
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
