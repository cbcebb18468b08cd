/** Lists and counts on one connection, each as a whole before the next. */
import type { DatabaseSync } from "node:sqlite";
import { unpackKey } from "../entity-key.ts";
import type { CountVisibility, ListVisibility, VisibilityCount, VisibilityPage } from "../store.ts";
import { converse, countExchange, listExchange } from "../visibility-sql/index.ts";
import type { Exchange, Row, Statement } from "../visibility-sql/index.ts";
import type { VisibilityRow } from "../visibility.ts";
import { readUuid } from "./byte-writer.ts";
import { keySeed, unseal, verifyCheck } from "./checksum.ts";
import { nameRun } from "./reader.ts";
import { columnsOf, RowChecks } from "./row-checks.ts";
import type { StoredColumns } from "./row-checks.ts";
import { decodeAttributes } from "./visibility-attributes.ts";
import { GOES_ON, SQLITE_DIALECT } from "./visibility-dialect.ts";

/** Called now and then within a statement; throws to end it. */
export type GoesOn = () => void;

interface StoredRow extends StoredColumns {
  readonly key: number;
  readonly memo: Uint8Array | null;
  readonly search_attributes: Uint8Array | null;
  readonly attribute_count: number;
  readonly row_check: number;
}

export class VisibilityReader {
  readonly #checks = new RowChecks();
  readonly #database: DatabaseSync;
  #goesOn: GoesOn = () => {};

  constructor(database: DatabaseSync) {
    this.#database = database;
    database.function(GOES_ON, () => {
      this.#goesOn();
      return 1;
    });
  }

  list(list: ListVisibility, goesOn?: GoesOn): VisibilityPage {
    const { rows, next } = this.#ask(listExchange(list, SQLITE_DIALECT), goesOn);
    return { rows: (rows as unknown as StoredRow[]).map((row) => this.#decode(row)), next };
  }

  count(count: CountVisibility, goesOn?: GoesOn): VisibilityCount {
    return this.#ask(countExchange(count, SQLITE_DIALECT), goesOn);
  }

  #ask<T>(exchange: Exchange<T>, goesOn: GoesOn = () => {}): T {
    this.#goesOn = goesOn;
    return converse(exchange, (statement) => this.#run(statement));
  }

  #run({ sql, parameters }: Statement): readonly Row[] {
    return this.#database.prepare(sql).all(...parameters);
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
