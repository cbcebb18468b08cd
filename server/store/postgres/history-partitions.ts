/**
 * The table of histories in ranges of keys. Ids grow with creation, so a range is a span of time: when retention has
 * removed nearly all runs of a range, the table is dropped, which gives its space back at once and costs no vacuum.
 *
 * 1. A range has its table before ids reach it; a row whose range has none is in the default partition, which is as good
 *    but for its space.
 * 2. Runs that outlive the others of their range are moved to the default partition: one long run pins nothing.
 * 3. Nothing here is awaited by a commit, and whatever fails is tried again later.
 */
import type { Log } from "../../../base/index.ts";
import { SLOTS } from "../store.ts";
import type { Connection } from "./connection.ts";

/** Ids of a range. At 3,000 runs a second a range lasts 23 minutes, and a retention of a day has about 60 tables. */
const RANGE_IDS = 2 ** 22;
/** So many rows of a range may be moved. */
const SURVIVORS_MAX = 10_000;
/** Other statements wait behind one that waits for the table. */
const LOCK_MS_MAX = 2_000;
/** After a failure, so many ids later. */
const RETRY_IDS = 50_000;

export interface HistoryPartitionsOptions {
  readonly connection: Connection;
  readonly log: Log;
  readonly rangeIds?: number;
}

export class HistoryPartitions {
  readonly #options: HistoryPartitionsOptions;
  readonly #rangeIds: number;
  /** From this allocator on the next range needs a table. */
  #makeAt = 0;
  #nextId = 0;
  #mayHaveEmptied = true;

  constructor(options: HistoryPartitionsOptions) {
    this.#options = options;
    this.#rangeIds = options.rangeIds ?? RANGE_IDS;
  }

  /** After each commit. */
  committed(nextId: number, hasDeleted: boolean): void {
    if (hasDeleted) this.#mayHaveEmptied = true;
    if (nextId > this.#nextId) this.#nextId = nextId;
    if (nextId < this.#makeAt) return;
    this.#makeAt = Number.POSITIVE_INFINITY;
    void this.#makeNext(nextId);
  }

  /** Drops the oldest range that has hardly any rows left; false when there is none. */
  async dropOne(): Promise<boolean> {
    if (!this.#mayHaveEmptied) return false;
    const current = Math.floor(this.#nextId / this.#rangeIds);
    for (const range of await this.#ranges()) {
      if (range < current && (await this.#dropIfSparse(range))) return true;
    }
    this.#mayHaveEmptied = false;
    return false;
  }

  async #makeNext(nextId: number): Promise<void> {
    const range = Math.floor(nextId / this.#rangeIds) + 1;
    try {
      const ranges = await this.#ranges();
      if (ranges.length === 0) return; // This database has no partitions.
      if (!ranges.includes(range)) await this.#make(range);
      this.#makeAt = range * this.#rangeIds;
    } catch (error) {
      this.#options.log.warn("the table of the next histories cannot be made yet", { error: (error as Error).message });
      this.#makeAt = nextId + RETRY_IDS;
    }
  }

  /** Made aside and then attached: that only waits for statements on the default partition. */
  async #make(range: number): Promise<void> {
    const [from, to] = [range, range + 1].map((one) => one * this.#rangeIds * SLOTS);
    await this.#options.connection.transaction(async (query) => {
      await query({ text: `SET LOCAL lock_timeout = ${LOCK_MS_MAX}` });
      await query({ text: `CREATE TABLE history_${range} (LIKE history INCLUDING ALL)` });
      await query({
        text: `ALTER TABLE history ATTACH PARTITION history_${range} FOR VALUES FROM (${from}) TO (${to})`,
      });
    });
  }

  async #dropIfSparse(range: number): Promise<boolean> {
    const [row] = await this.#options.connection.query({
      text: `SELECT count(*) FROM (SELECT 1 FROM history_${range} LIMIT ${SURVIVORS_MAX + 1}) AS left_over`,
    });
    if ((row?.[0] as number) > SURVIVORS_MAX) return false;
    await this.#options.connection.transaction(async (query) => {
      await query({ text: `SET LOCAL lock_timeout = ${LOCK_MS_MAX}` });
      await query({ text: `ALTER TABLE history DETACH PARTITION history_${range}` });
      // Now the default partition takes them.
      await query({ text: `INSERT INTO history (key, node, blob) SELECT key, node, blob FROM history_${range}` });
      await query({ text: `DROP TABLE history_${range}` });
    });
    return true;
  }

  /** Their numbers, ascending. */
  async #ranges(): Promise<number[]> {
    const rows = await this.#options.connection.query({
      text: `SELECT substring(c.relname FROM 9)::int8 AS range FROM pg_inherits i
        JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_class p ON p.oid = i.inhparent
        WHERE p.relname = 'history' AND p.relnamespace = current_schema()::regnamespace AND c.relname ~ '^history_[0-9]+$'
        ORDER BY 1`,
    });
    return rows.map((row) => row[0] as number);
  }
}
