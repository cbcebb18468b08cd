/** An SQLite data folder that a copy fills. */
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { UNFINISHED_COPY_KEY } from "../bulk.ts";
import type { BulkWriter, LaneRow, MeteringRow } from "../bulk.ts";
import type { Store } from "../store.ts";
import { CHECKSUM_BYTES } from "./byte-writer.ts";
import { meteringSeed, seal } from "./checksum.ts";
import { openConnection } from "./open-connection.ts";
import { openSqliteStore } from "./sqlite-store.ts";

const CACHE_KIB = 1024;

/** Makes the folder when it is missing; holds it as a server does. */
export async function writeSqliteInBulk(folder: string): Promise<BulkWriter> {
  const store = await openSqliteStore({ folder, mode: "inline" });
  return new SqliteBulkWriter(folder, store);
}

class SqliteBulkWriter implements BulkWriter {
  readonly place: string;
  readonly store: Store;
  readonly #database: DatabaseSync;

  constructor(folder: string, store: Store) {
    this.place = folder;
    this.store = store;
    this.#database = openConnection(join(folder, "perdure.db"), CACHE_KIB);
  }

  async isEmpty(): Promise<boolean> {
    const strange = ["SELECT 1 FROM entity", "SELECT 1 FROM lane WHERE lane >= 0", "SELECT 1 FROM meta"];
    return strange.every((sql) => this.#database.prepare(`${sql} LIMIT 1`).get() === undefined);
  }

  async writeMetering(rows: readonly MeteringRow[]): Promise<void> {
    const write = this.#database.prepare(
      "INSERT OR IGNORE INTO metering (lane, epoch, batch_no, blob) VALUES (?, ?, ?, ?)",
    );
    this.#inTransaction(() => {
      for (const { lane, epoch, batchNo, blob } of rows) {
        const sealed = Buffer.concat([blob, Buffer.alloc(CHECKSUM_BYTES)]);
        write.run(lane, epoch, batchNo, seal(sealed, meteringSeed(lane, epoch, batchNo)));
      }
    });
  }

  async finish(lanes: readonly LaneRow[]): Promise<void> {
    const write = this.#database.prepare("INSERT INTO lane (lane, epoch, batch_no, next_id) VALUES (?, ?, ?, ?)");
    this.#inTransaction(() => {
      this.#database.exec("DELETE FROM lane WHERE lane >= 0");
      for (const { lane, epoch, batchNo, nextId } of lanes) write.run(lane, epoch, batchNo, nextId);
      this.#database.prepare("DELETE FROM meta WHERE key = ?").run(UNFINISHED_COPY_KEY);
    });
  }

  async close(): Promise<void> {
    this.#database.close();
    await this.store.close();
  }

  #inTransaction(write: () => void): void {
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      write();
      this.#database.exec("COMMIT");
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      throw error;
    }
  }
}
