/**
 * One moment of a PostgreSQL store, read from the first row to the last through cursors of one transaction. It works
 * beside a running server; while it reads, the database keeps what is deleted.
 */
import { wholeOrDamage } from "../bulk.ts";
import type { Client } from "pg";
import { packKey, unpackKey } from "../entity-key.ts";
import { StoreOpenError } from "../errors.ts";
import type { CorruptionError } from "../errors.ts";
import type { BulkReader, LaneRow, MeteringRow, MetaRow, StoredEntity } from "../bulk.ts";
import { writeUuid } from "../sqlite/byte-writer.ts";
import { meteringSeed, textSeed } from "../sqlite/checksum.ts";
import { EntityAssembly } from "../sqlite/entity-assembly.ts";
import type { EntityCells, VisibilityCells } from "../sqlite/entity-assembly.ts";
import type { EntityKey, Store } from "../store.ts";
import type { Attribute, AttributeType } from "../visibility.ts";
import { ATTRIBUTE_TYPE_BY_NUMBER } from "../visibility.ts";
import { fromOrderedBytes } from "./ordered-bytes.ts";
import { openPostgresStore } from "./postgres-store.ts";
import { READ_VERSIONS, readMigrations } from "./schema.ts";
import { describeOpenFailure, nameOf } from "./open-failure.ts";
import { openSession } from "./session.ts";
import { unsealed } from "./unsealed.ts";

const SCHEMA_DEFAULT = "perdure";

/** A statement reads one page: nothing but the database's own trouble makes it last. */
const STATEMENT_MS_MAX = 60_000;

/** Rows of most tables are small; a node of a history may have megabytes. */
const ROWS_PER_PAGE = 1_000;
const NODES_PER_PAGE = 64;

export interface PostgresPlace {
  readonly url: string;
  readonly schema?: string | undefined;
}

type Row = Record<string, unknown>;

export async function readPostgresInBulk({ url, schema = SCHEMA_DEFAULT }: PostgresPlace): Promise<BulkReader> {
  return openReader({ url, schema }, undefined);
}

/** Of a database that no server has; none gets it until the reader is closed. */
export async function readIdlePostgresInBulk({ url, schema = SCHEMA_DEFAULT }: PostgresPlace): Promise<BulkReader> {
  await (await openReader({ url, schema }, undefined)).close(); // Refuses what opening a store would make or migrate.
  const store = await openPostgresStore({ url, schema });
  try {
    return await openReader({ url, schema }, store);
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function openReader(place: Required<PostgresPlace>, held: Store | undefined): Promise<BulkReader> {
  const { url, schema } = place;
  let client: Client | undefined;
  try {
    client = await openSession({ url, schema, statementMsMax: STATEMENT_MS_MAX, plansByKey: false });
    await requireSchema(client, nameOf(url));
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    await client.query("SELECT count(*) FROM lane"); // The moment is that of the first read.
    return new PostgresBulkReader({ place: nameOf(url), client, held });
  } catch (cause) {
    await client?.end();
    throw describeOpenFailure(url, cause);
  }
}

/** Refuses a database that is not at the version of this program: nothing is changed here. */
async function requireSchema(client: Client, where: string): Promise<void> {
  const there = await client.query({ text: "SELECT to_regclass('schema_version') IS NOT NULL", rowMode: "array" });
  if ((there.rows as unknown[][])[0]?.[0] !== true)
    throw new StoreOpenError(`${where} holds no store: name the database of a server's data`);
  const { rows } = await client.query({ text: READ_VERSIONS, rowMode: "array" });
  const [version, needs] = rows[0] as [number, number];
  const latest = readMigrations().length;
  if (needs > latest) {
    throw new StoreOpenError(
      `${where} was written by a newer Perdure (schema ${needs}, this one knows ${latest}): use that version`,
    );
  }
  if (version < latest) {
    throw new StoreOpenError(
      `${where} was written by an older Perdure (schema ${version}, this one works with ${latest}): ` +
        `bring it up to date with "store migrate", or use the version that wrote it`,
    );
  }
}

class PostgresBulkReader implements BulkReader {
  readonly place: string;
  readonly #client: Client;
  readonly #held: Store | undefined;
  #cursors = 0;

  constructor(parts: { place: string; client: Client; held: Store | undefined }) {
    this.place = parts.place;
    this.#client = parts.client;
    this.#held = parts.held;
  }

  /** Of ended epochs the database keeps no allocator: the lane's own is as good, being the larger. */
  async lanes(): Promise<LaneRow[]> {
    const { rows } = await this.#client.query(
      `SELECT lane, epoch, batch_no, next_id FROM lane
       UNION ALL SELECT o.lane, o.epoch, o.batch_no, l.next_id FROM lane_epoch o JOIN lane l ON l.lane = o.lane
       ORDER BY lane, epoch`,
    );
    return (rows as (LaneRow & { batch_no: number; next_id: number })[]).map(
      ({ lane, epoch, batch_no: batchNo, next_id: nextId }) => ({ lane, epoch, batchNo, nextId }),
    );
  }

  async countEntities(): Promise<number> {
    const { rows } = await this.#client.query("SELECT count(*) AS count FROM entity");
    return (rows[0] as { count: number }).count;
  }

  async *entities(after: EntityKey | undefined): AsyncGenerator<StoredEntity> {
    const from = after === undefined ? -1 : packKey(after);
    const assembly = new EntityAssembly();
    const walk = (table: string, order: string, rows = ROWS_PER_PAGE): Promise<Walk> =>
      Walk.open(this.#page(`SELECT * FROM ${table} WHERE key > ${from} ORDER BY ${order}`, rows));
    const entities = await walk("entity", "key");
    const parts = await walk("part", "key, part");
    const history = await walk("history", "key, node", NODES_PER_PAGE);
    const visibility = await walk("visibility", "key");
    const attributes = await walk("visibility_attribute", "key, name, type, value");
    for (;;) {
      const key = Math.min(...[entities, parts, history, visibility, attributes].map((one) => one.key));
      if (key === Number.POSITIVE_INFINITY) return;
      const [entity] = await entities.take(key);
      const [shown] = await visibility.take(key);
      const values = await attributes.take(key);
      yield assembly.assemble(unpackKey(key), {
        entity: entity && entityCells(entity),
        parts: (await parts.take(key)).map((row) => ({ key, part: textOf(row["part"]), blob: row["blob"] as Buffer })),
        history: (await history.take(key)).map((row) => ({
          key,
          node: row["node"] as number,
          blob: row["blob"] as Buffer,
        })),
        visibility: shown && visibilityCells(shown),
        attributes: values.map((row) => ({
          name: textOf(row["name"]),
          type: row["type"] as number,
          scope: row["scope"] as number,
        })),
        decodeAttributes: () => attributesOf(values),
      });
    }
  }

  async *meta(): AsyncGenerator<MetaRow | CorruptionError> {
    for await (const row of this.#page("SELECT key, blob FROM meta ORDER BY key", ROWS_PER_PAGE)) {
      const key = textOf(row["key"]);
      const name = (): string => `registry entry ${JSON.stringify(key)}`;
      yield wholeOrDamage(() => ({ key, blob: unsealed(row["blob"] as Buffer, textSeed(key), name) }));
    }
  }

  async *metering(): AsyncGenerator<MeteringRow | CorruptionError> {
    const sql = "SELECT lane, epoch, batch_no, blob FROM metering ORDER BY lane, epoch, batch_no";
    for await (const row of this.#page(sql, ROWS_PER_PAGE)) {
      const [lane, epoch, batchNo] = [row["lane"], row["epoch"], row["batch_no"]] as [number, number, number];
      const name = (): string => `metering of lane ${lane}, epoch ${epoch}, batch ${batchNo}`;
      yield wholeOrDamage(() => ({
        lane,
        epoch,
        batchNo,
        blob: unsealed(row["blob"] as Buffer, meteringSeed(lane, epoch, batchNo), name),
      }));
    }
  }

  /** Indexes that the database itself knows to be unusable. Pages are checked by its own tools (pg_amcheck). */
  async *complaints(): AsyncGenerator<string> {
    const { rows } = await this.#client.query(
      `SELECT c.relname AS name FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
       WHERE c.relnamespace = current_schema()::regnamespace AND NOT (i.indisvalid AND i.indisready) ORDER BY 1`,
    );
    for (const { name } of rows as { name: string }[]) yield `index ${name} is not valid`;
    const close = await this.#client.query(
      `SELECT key FROM visibility WHERE close_order <> coalesce(close_time, 9007199254740991) ORDER BY key`,
    );
    for (const { key } of close.rows as { key: number }[])
      yield `entity ${unpackKey(key).slot}/${unpackKey(key).id} stands at another place in lists than its close time says`;
  }

  async close(): Promise<void> {
    await this.#client.query("ROLLBACK").catch(() => undefined);
    await this.#client.end();
    await this.#held?.close();
  }

  /** Rows of a cursor, page by page. */
  async *#page(sql: string, rowsPerPage: number): AsyncGenerator<Row> {
    const cursor = `bulk_${(this.#cursors += 1)}`;
    await this.#client.query(`DECLARE ${cursor} NO SCROLL CURSOR FOR ${sql}`);
    for (;;) {
      const { rows } = await this.#client.query(`FETCH ${rowsPerPage} FROM ${cursor}`);
      yield* rows as Row[];
      if (rows.length < rowsPerPage) break;
    }
    await this.#client.query(`CLOSE ${cursor}`);
  }
}

/** Rows in the order of their keys, taken key by key. */
class Walk {
  readonly #rows: AsyncIterator<Row>;
  #next: Row | undefined;

  private constructor(rows: AsyncIterator<Row>) {
    this.#rows = rows;
  }

  static async open(rows: AsyncIterator<Row>): Promise<Walk> {
    const walk = new Walk(rows);
    await walk.#advance();
    return walk;
  }

  /** That of the next row; infinite when there is none. */
  get key(): number {
    return this.#next === undefined ? Number.POSITIVE_INFINITY : (this.#next["key"] as number);
  }

  async take(key: number): Promise<Row[]> {
    const rows: Row[] = [];
    while (this.#next !== undefined && this.#next["key"] === key) {
      rows.push(this.#next);
      await this.#advance();
    }
    return rows;
  }

  async #advance(): Promise<void> {
    const { value, done } = await this.#rows.next();
    this.#next = done === true ? undefined : (value as Row);
  }
}

/** A row as the SQLite store would have it: what is checked is the same. */
function entityCells(row: Row): EntityCells {
  return {
    ...(row as unknown as EntityCells),
    business_id: textOf(row["business_id"]),
    run_id: uuidOf(row["run_id"]),
    ids_check: (row["ids_check"] as number) >>> 0,
  };
}

function visibilityCells(row: Row): VisibilityCells {
  return {
    ...(row as unknown as VisibilityCells),
    workflow_type: textOf(row["workflow_type"]),
    workflow_id: textOf(row["workflow_id"]),
    run_id: uuidOf(row["run_id"]),
    task_queue: textOf(row["task_queue"]),
    parent_workflow_id: row["parent_workflow_id"] === null ? null : textOf(row["parent_workflow_id"]),
    parent_run_id: row["parent_run_id"] === null ? null : uuidOf(row["parent_run_id"]),
    root_workflow_id: row["root_workflow_id"] === null ? null : textOf(row["root_workflow_id"]),
    root_run_id: row["root_run_id"] === null ? null : uuidOf(row["root_run_id"]),
    row_check: (row["row_check"] as number) >>> 0,
    division: row["division"] === null ? null : textOf(row["division"]),
  };
}

function attributesOf(rows: readonly Row[]): Attribute[] {
  const attributes: Attribute[] = [];
  for (const row of rows) {
    const type = ATTRIBUTE_TYPE_BY_NUMBER.get(row["type"] as number) as AttributeType;
    const name = textOf(row["name"]);
    const value = fromOrderedBytes(type, row["value"] as Buffer);
    const last = attributes.at(-1);
    if (type === "KeywordList" && last?.name === name && last.type === type)
      (last.value as string[]).push(value as string);
    else attributes.push({ name, type, value: type === "KeywordList" ? [value as string] : value });
  }
  return attributes;
}

function textOf(bytes: unknown): string {
  return (bytes as Buffer).toString("utf8");
}

function uuidOf(text: unknown): Uint8Array {
  const bytes = new Uint8Array(16);
  writeUuid(text as string, bytes, 0);
  return bytes;
}
