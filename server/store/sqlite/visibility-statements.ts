/**
 * Writes rows of visibility. An execution has two as a rule: at its start, and at its close with the few columns that are
 * known only then. SQLite leaves alone the indexes of columns that an UPDATE does not name, so what is settled at the start
 * is compared and not written again. In this order:
 *
 * 1. What is open is inserted, with all of its attributes, unless there is a row.
 * 2. The row is updated if its settled columns and its attributes are the same.
 * 3. The row is written whole, and of its attributes what differs.
 */
import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import { scopeNumber } from "../visibility-sql/index.ts";
import { readAttributes, VisibilityAttributes } from "./attribute-statements.ts";
import type { BatchCursor, Span } from "./batch-cursor.ts";
import { keySeed } from "./checksum.ts";

/** Attributes are the same if the request's bytes are, and what was made of them. */
const SETTLED = `namespace kind start_time execution_time workflow_type workflow_id run_id task_queue parent_workflow_id
  parent_run_id root_workflow_id root_run_id division search_attributes attribute_check`.split(/\s+/);
const CHANGING =
  `status close_time history_length history_size_bytes state_transition_count execution_duration_ns row_check
  memo`.split(/\s+/);
const COLUMNS = [...SETTLED, ...CHANGING, "attribute_count"];

const INSERT = `INSERT INTO visibility (key, ${COLUMNS.join(", ")}) VALUES (?${", ?".repeat(COLUMNS.length)}) ON CONFLICT (key) DO`;
const UPDATE = `UPDATE visibility SET ${CHANGING.map((name) => `${name} = ?`).join(", ")}
  WHERE key = ? AND ${SETTLED.map((name) => `${name} IS ?`).join(" AND ")}`;

interface Row {
  readonly key: number;
  readonly scope: number;
  readonly isOpen: boolean;
  readonly settled: readonly SQLInputValue[];
  readonly changing: readonly SQLInputValue[];
  /** Where its attributes are. */
  readonly attributes: Span;
}

export class VisibilityStatements {
  readonly #insert: StatementSync;
  readonly #update: StatementSync;
  readonly #write: StatementSync;
  readonly #delete: StatementSync;
  readonly #attributes: VisibilityAttributes;

  constructor(database: DatabaseSync) {
    this.#insert = database.prepare(`${INSERT} NOTHING`);
    this.#update = database.prepare(UPDATE);
    const all = COLUMNS.map((name) => `${name} = excluded.${name}`).join(", ");
    this.#write = database.prepare(`${INSERT} UPDATE SET ${all}`);
    this.#delete = database.prepare("DELETE FROM visibility WHERE key = ?");
    this.#attributes = new VisibilityAttributes(database);
  }

  write(cursor: BatchCursor): void {
    const { key, scope, isOpen, settled, changing, attributes } = readRow(cursor);
    if (isOpen) {
      const cells = readAttributes(cursor, attributes);
      if (this.#insert.run(key, ...settled, ...changing, cells.length).changes === 1) {
        this.#attributes.insert(key, scope, cells);
        return;
      }
    }
    if (this.#update.run(...changing, key, ...settled).changes === 1) return;
    const cells = readAttributes(cursor, attributes);
    this.#attributes.replace(key, scope, cells);
    this.#write.run(key, ...settled, ...changing, cells.length);
  }

  remove(key: number): void {
    this.#attributes.remove(key);
    this.#delete.run(key);
  }
}

/** Leaves the cursor behind the row. */
function readRow(cursor: BatchCursor): Row {
  const { at } = cursor;
  const key = cursor.f64();
  const [namespace, kind, status] = [cursor.u32(), cursor.u32(), cursor.u32()];
  const startTime = cursor.f64();
  const closeTime = cursor.optionalF64();
  const settled: SQLInputValue[] = [
    namespace,
    kind,
    startTime,
    cursor.f64(), // execution time
    cursor.string(), // workflow type
    cursor.string(), // workflow id
    cursor.uuid(), // run id
    cursor.string(), // task queue
  ];
  const changing: SQLInputValue[] = [
    status,
    closeTime,
    cursor.optionalF64(), // history length
    cursor.optionalF64(), // history size
    cursor.optionalF64(), // state transitions
    cursor.optionalF64(), // execution duration
  ];
  settled.push(
    cursor.optionalString(), // parent workflow id
    cursor.optionalUuid(), // parent run id
    cursor.optionalString(), // root workflow id
    cursor.optionalUuid(), // root run id
  );
  const seed = keySeed(key, 0);
  changing.push(cursor.checkFrom(at), cursor.optionalBlob(seed)); // memo
  const searchAttributes = cursor.optionalBlob(seed);
  const division = cursor.optionalString();
  const attributes = cursor.span();
  settled.push(division, searchAttributes, cursor.checkFrom(attributes.from) || 1);
  const scope = scopeNumber({ namespace, kind }, division !== null);
  return { key, scope, isOpen: closeTime === null, settled, changing, attributes };
}
