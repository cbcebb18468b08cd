/**
 * The warehouse: a table of transactions and one of what was rejected, in SQLite or PostgreSQL.
 *
 * A page is one statement for each table, keyed by source and id: loaded again it replaces its rows and adds none, and
 * `writes` counts it.
 */
import { DatabaseSync } from "node:sqlite";
import type { Checked, Transaction } from "./transaction.ts";

type Value = string | number | null;
type Row = Readonly<Record<string, Value>>;

/** What SQLite and PostgreSQL have in common: `$1` for the first value. */
export interface Database {
  run(sql: string, values?: readonly Value[]): Promise<Row[]>;
  close(): Promise<void>;
}

export interface Booked extends Transaction {
  readonly source: string;
  readonly writes: number;
}

/** A file, or `postgresql://…`, for which `pg` has to be installed. */
export async function openDatabase(address: string): Promise<Database> {
  return address.startsWith("postgresql://") ? openPostgres(address) : openSqlite(address);
}

export class Warehouse {
  readonly #database: Database;

  private constructor(database: Database) {
    this.#database = database;
  }

  static async open(database: Database): Promise<Warehouse> {
    await database.run(`CREATE TABLE IF NOT EXISTS transactions (source TEXT, id TEXT, booked_on TEXT, cents INTEGER,
      currency TEXT, writes INTEGER NOT NULL DEFAULT 1, PRIMARY KEY (source, id))`);
    await database.run(
      `CREATE TABLE IF NOT EXISTS rejects (source TEXT, id TEXT, reason TEXT, PRIMARY KEY (source, id))`,
    );
    return new Warehouse(database);
  }

  async load(source: string, { valid, rejected }: Checked): Promise<void> {
    const rows = valid.map(({ id, bookedOn, cents, currency }) => [source, id, bookedOn, cents, currency]);
    await this.#insert("transactions (source, id, booked_on, cents, currency)", rows, {
      set: "cents = excluded.cents, currency = excluded.currency, writes = transactions.writes + 1",
    });
    const rejects = rejected.map(({ id, reason }) => [source, id, reason]);
    await this.#insert("rejects (source, id, reason)", rejects, { set: "reason = excluded.reason" });
  }

  async transactions(): Promise<Booked[]> {
    const rows = await this.#database.run(
      `SELECT source, id, booked_on AS "bookedOn", cents, currency, writes FROM transactions ORDER BY source, id`,
    );
    return rows as unknown as Booked[];
  }

  async rejects(): Promise<{ source: string; id: string; reason: string }[]> {
    const rows = await this.#database.run("SELECT source, id, reason FROM rejects ORDER BY source, id");
    return rows as { source: string; id: string; reason: string }[];
  }

  async close(): Promise<void> {
    await this.#database.close();
  }

  async #insert(into: string, rows: readonly (readonly Value[])[], { set }: { set: string }): Promise<void> {
    if (rows.length === 0) return;
    let count = 0;
    const places = rows.map((row) => `(${row.map(() => `$${++count}`).join(", ")})`).join(", ");
    await this.#database.run(
      `INSERT INTO ${into} VALUES ${places} ON CONFLICT (source, id) DO UPDATE SET ${set}`,
      rows.flat(),
    );
  }
}

function openSqlite(file: string): Database {
  const database = new DatabaseSync(file, { timeout: 5_000 });
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
  return {
    run: async (sql, values = []) =>
      database.prepare(sql).all(Object.fromEntries(values.map((value, i) => [`$${i + 1}`, value]))) as Row[],
    close: async () => database.close(),
  };
}

async function openPostgres(connectionString: string): Promise<Database> {
  const { Pool } = (await import("pg")).default;
  const pool = new Pool({ connectionString });
  return {
    run: async (sql, values = []) => (await pool.query(sql, [...values])).rows as Row[],
    close: () => pool.end(),
  };
}
