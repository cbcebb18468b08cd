/** Lists and counts. A page is a range of the index `visibility_order`, read backwards. */
import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import { unpackKey } from "../entity-key.ts";
import type { CountVisibility, ListVisibility, VisibilityCount, VisibilityPage } from "../store.ts";
import { decodeCursor, encodeCursor, positionOf } from "../visibility-cursor.ts";
import type { VisibilityFilter, VisibilityRow } from "../visibility.ts";
import { readUuid } from "./byte-writer.ts";
import { keySeed, unseal, verifyCheck } from "./checksum.ts";
import { nameRun } from "./reader.ts";
import { columnsOf, RowChecks } from "./row-checks.ts";
import type { StoredColumns } from "./row-checks.ts";
import { decodeAttributes } from "./visibility-attributes.ts";
import type { KeySource } from "./visibility-key-source.ts";
import { compileFilter } from "./visibility-query.ts";

/** Up to so many rows are looked up and sorted; of more, a page is found sooner by walking the order. */
const KEYS_MAX = 10_000;

interface StoredRow extends StoredColumns {
  readonly key: number;
  readonly memo: Uint8Array | null;
  readonly search_attributes: Uint8Array | null;
  readonly attribute_count: number;
  readonly row_check: number;
}

const COLUMNS = `key namespace kind status start_time close_time execution_time workflow_type workflow_id run_id
  task_queue history_length history_size_bytes state_transition_count execution_duration_ns parent_workflow_id parent_run_id
  root_workflow_id root_run_id memo search_attributes attribute_count row_check`
  .split(/\s+/)
  .map((name) => `v.${name}`)
  .join(", ");

export class VisibilityReader {
  readonly #checks = new RowChecks();
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  list(list: ListVisibility): VisibilityPage {
    const where = this.#where(list);
    if (list.after !== undefined) {
      const after = decodeCursor(list.after);
      // The first comparison alone bounds the index range; the row value is the exact one.
      where.sql += " AND v.close_order <= ? AND (v.close_order, v.start_time, v.key) < (?, ?, ?)";
      where.parameters.push(after.closeOrder, after.closeOrder, after.startTime, after.key);
    }
    const sql = `SELECT ${COLUMNS} FROM visibility v WHERE ${where.sql}
      ORDER BY v.close_order DESC, v.start_time DESC, v.key DESC LIMIT ?`;
    const stored = this.#database.prepare(sql).all(...where.parameters, list.limit + 1) as unknown as StoredRow[];
    const rows = stored.slice(0, list.limit).map((row) => this.#decode(row));
    const last = stored.length > list.limit ? rows.at(-1) : undefined;
    const lastKey = stored[list.limit - 1]?.key;
    const hasMore = last !== undefined && lastKey !== undefined;
    return { rows, next: hasMore ? encodeCursor(positionOf(last, lastKey)) : undefined };
  }

  count(count: CountVisibility): VisibilityCount {
    const { sql, parameters } = this.#where(count);
    if (count.groupBy === undefined) {
      const row = this.#database.prepare(`SELECT count(*) AS count FROM visibility v WHERE ${sql}`).get(...parameters);
      return { count: row?.["count"] as number, groups: [] };
    }
    const grouped = `SELECT v.status AS value, count(*) AS count FROM visibility v WHERE ${sql}
      GROUP BY v.status ORDER BY v.status`;
    const rows = this.#database.prepare(grouped).all(...parameters) as { value: number; count: number }[];
    const groups = rows.map(({ value, count: size }) => ({ value, count: size }));
    return { count: groups.reduce((sum, group) => sum + group.count, 0), groups };
  }

  #where(scope: { namespace: number; kind: number; filter: VisibilityFilter | undefined }): {
    sql: string;
    parameters: SQLInputValue[];
  } {
    const where = {
      sql: "v.namespace = ? AND v.kind = ?",
      parameters: [scope.namespace, scope.kind] as SQLInputValue[],
    };
    if (scope.filter === undefined) return where;
    const { sql, parameters, keySources } = compileFilter(scope.filter, scope);
    const few = keySources.find((source) => this.#isShort(source));
    if (few === undefined) {
      return { sql: `${where.sql} AND (${sql})`, parameters: [...where.parameters, ...parameters] };
    }
    // The unary plus keeps the planner, which has no statistics, from walking the order's index.
    return {
      sql: `v.key IN (${few.sql}) AND +v.namespace = ? AND +v.kind = ? AND (${sql})`,
      parameters: [...few.parameters, ...where.parameters, ...parameters],
    };
  }

  #isShort(source: KeySource): boolean {
    const sql = `SELECT count(*) AS count FROM (${source.sql} LIMIT ${KEYS_MAX + 1})`;
    return (this.#database.prepare(sql).get(...source.parameters)?.["count"] as number) <= KEYS_MAX;
  }

  #decode(row: StoredRow): VisibilityRow {
    const seed = keySeed(row.key, 0);
    const blob = (name: string, stored: Uint8Array | null): Uint8Array | undefined =>
      stored === null ? undefined : unseal(stored, seed, () => `${name} of ${this.#nameRun(row)}`);
    const columns = columnsOf(row);
    verifyCheck(
      row.row_check,
      this.#checks.ofVisibility(row.key, columns),
      () => `visibility of ${this.#nameRun(row)}`,
    );
    return {
      ...unpackKey(row.key),
      ...columns,
      memo: blob("memo", row.memo),
      searchAttributes: blob("search attributes", row.search_attributes),
      attributes: row.attribute_count === 0 ? [] : decodeAttributes(this.#database, row.key),
    };
  }

  /** Only for a message about damage: the row itself may be wrong, the entity's is another. */
  #nameRun(row: StoredRow): string {
    const sql = "SELECT business_id, run_id FROM entity WHERE key = ?";
    const other = this.#database.prepare(sql).get(row.key) as { business_id: string; run_id: Uint8Array } | undefined;
    const runId = readUuid(other?.run_id ?? row.run_id);
    return nameRun({ runId, businessId: other?.business_id ?? row.workflow_id, namespace: row.namespace });
  }
}
