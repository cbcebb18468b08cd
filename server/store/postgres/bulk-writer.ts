/** A PostgreSQL database that a copy fills. */
import type { Client } from "pg";
import { UNFINISHED_COPY_KEY } from "../bulk.ts";
import type { BulkWriter, LaneRow, MeteringRow } from "../bulk.ts";
import { meteringSeed } from "../sqlite/checksum.ts";
import type { Store } from "../store.ts";
import { int4Array, int8Array, sealedArray } from "./binary-array.ts";
import type { PostgresPlace } from "./bulk-reader.ts";
import { openPostgresStore } from "./postgres-store.ts";
import { describeOpenFailure, nameOf } from "./open-failure.ts";
import { openSession } from "./session.ts";

const SCHEMA_DEFAULT = "perdure";
const STATEMENT_MS_MAX = 60_000;

/** Makes the tables when they are missing; holds the database as a server does. */
export async function writePostgresInBulk({ url, schema = SCHEMA_DEFAULT }: PostgresPlace): Promise<BulkWriter> {
  const store = await openPostgresStore({ url, schema });
  try {
    const client = await openSession({ url, schema, statementMsMax: STATEMENT_MS_MAX, plansByKey: false });
    return new PostgresBulkWriter({ place: nameOf(url), store, client });
  } catch (cause) {
    await store.close();
    throw describeOpenFailure(url, cause);
  }
}

class PostgresBulkWriter implements BulkWriter {
  readonly place: string;
  readonly store: Store;
  readonly #client: Client;

  constructor(parts: { place: string; store: Store; client: Client }) {
    this.place = parts.place;
    this.store = parts.store;
    this.#client = parts.client;
  }

  async isEmpty(): Promise<boolean> {
    const { rows } = await this.#client.query(
      "SELECT EXISTS (SELECT 1 FROM entity) OR EXISTS (SELECT 1 FROM lane) OR EXISTS (SELECT 1 FROM meta) AS has_data",
    );
    return !(rows[0] as { has_data: boolean }).has_data;
  }

  async writeMetering(rows: readonly MeteringRow[]): Promise<void> {
    await this.#client.query(
      `INSERT INTO metering (lane, epoch, batch_no, blob)
       SELECT * FROM unnest($1::int4[], $2::int8[], $3::int8[], $4::bytea[]) ON CONFLICT DO NOTHING`,
      [
        int4Array(rows.map(({ lane }) => lane)),
        int8Array(rows.map(({ epoch }) => epoch)),
        int8Array(rows.map(({ batchNo }) => batchNo)),
        sealedArray(rows.map(({ lane, epoch, batchNo, blob }) => ({ blob, seed: meteringSeed(lane, epoch, batchNo) }))),
      ],
    );
  }

  async finish(lanes: readonly LaneRow[]): Promise<void> {
    const last = new Map(lanes.map((row) => [row.lane, row]));
    await this.#client.query("BEGIN");
    try {
      await this.#client.query("DELETE FROM lane; DELETE FROM lane_epoch");
      for (const row of lanes) {
        const { lane, epoch, batchNo } = row;
        if (last.get(lane) === row) {
          const nextId = lanes.reduce((max, one) => (one.lane === lane ? Math.max(max, one.nextId) : max), 1);
          await this.#client.query(
            "INSERT INTO lane (lane, epoch, batch_no, next_id, ticket) VALUES ($1::int4, $2::int8, $3::int8, $4::int8, 1)",
            [lane, epoch, batchNo, nextId],
          );
        } else {
          await this.#client.query(
            "INSERT INTO lane_epoch (lane, epoch, batch_no) VALUES ($1::int4, $2::int8, $3::int8)",
            [lane, epoch, batchNo],
          );
        }
      }
      await this.#client.query("DELETE FROM meta WHERE key = $1::bytea", [Buffer.from(UNFINISHED_COPY_KEY)]);
      await this.#client.query("COMMIT");
    } catch (error) {
      await this.#client.query("ROLLBACK").catch(() => undefined);
      throw error;
    }
    // Or lists are slow until autovacuum has been there. What is copied is whole without it.
    await this.#client.query("ANALYZE entity, visibility, visibility_attribute").catch(() => undefined);
  }

  async close(): Promise<void> {
    await this.#client.end();
    await this.store.close();
  }
}
