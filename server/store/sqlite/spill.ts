/**
 * Tasks that matching pushed out of memory, in a database of their own: volatile, never synced, made anew at every
 * open, on the engine thread. Tasks are derived again from entities after a restart.
 */
import { rmSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import type { StatementSync } from "node:sqlite";
import { StoreUnavailableError } from "../errors.ts";
import type { SpilledTask } from "../store.ts";

const CACHE_KIB = 4096;

interface SpillStatements {
  readonly database: DatabaseSync;
  readonly insert: StatementSync;
  readonly take: StatementSync;
  readonly count: StatementSync;
}

export class Spill {
  readonly #file: string;
  #open: SpillStatements | undefined;

  constructor(file: string) {
    this.#file = file;
    this.#remove();
  }

  add(tasks: readonly SpilledTask[]): void {
    const { database, insert } = this.#statements();
    this.#transaction(database, () => {
      for (const task of tasks) insert.run(task.queue, task.priority, task.order, task.blob);
    });
  }

  take(queue: string, limit: number): SpilledTask[] {
    if (this.#open === undefined) return [];
    const rows = this.#open.take.all(queue, limit) as { priority: number; order: number; blob: Uint8Array }[];
    return rows
      .map((row) => ({ queue, priority: row.priority, order: row.order, blob: row.blob }))
      .sort((a, b) => a.priority - b.priority || a.order - b.order);
  }

  count(queue: string): number {
    if (this.#open === undefined) return 0;
    return this.#open.count.get(queue)?.["count"] as number;
  }

  close(): void {
    this.#open?.database.close();
    this.#open = undefined;
    this.#remove();
  }

  #remove(): void {
    for (const suffix of ["", "-journal"]) rmSync(this.#file + suffix, { force: true });
  }

  /** Opened at the first spill: most servers never need it. */
  #statements(): SpillStatements {
    if (this.#open !== undefined) return this.#open;
    const database = new DatabaseSync(this.#file);
    database.exec(`
      PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;
      PRAGMA cache_size = -${CACHE_KIB};
      CREATE TABLE backlog (queue TEXT NOT NULL, priority INTEGER NOT NULL, "order" INTEGER NOT NULL, blob BLOB NOT NULL,
        PRIMARY KEY (queue, priority, "order")) WITHOUT ROWID;
    `);
    this.#open = {
      database,
      insert: database.prepare(`INSERT OR REPLACE INTO backlog (queue, priority, "order", blob) VALUES (?, ?, ?, ?)`),
      take: database.prepare(
        `DELETE FROM backlog WHERE (queue, priority, "order") IN (
           SELECT queue, priority, "order" FROM backlog WHERE queue = ? ORDER BY priority, "order" LIMIT ?)
         RETURNING priority, "order", blob`,
      ),
      count: database.prepare("SELECT count(*) AS count FROM backlog WHERE queue = ?"),
    };
    return this.#open;
  }

  #transaction(database: DatabaseSync, work: () => void): void {
    try {
      database.exec("BEGIN");
      work();
      database.exec("COMMIT");
    } catch (cause) {
      if (database.isTransaction) database.exec("ROLLBACK");
      throw new StoreUnavailableError(`tasks cannot be spilled: ${(cause as Error).message}`, { cause });
    }
  }
}
