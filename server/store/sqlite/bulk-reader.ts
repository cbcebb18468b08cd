/**
 * One moment of an SQLite store, read from the first row to the last. It works beside a running server: a connection of
 * its own holds a read transaction, which commits do not wait for. The log grows until it ends.
 */
import { wholeOrDamage } from "../bulk.ts";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import { packKey, unpackKey } from "../entity-key.ts";
import { StoreOpenError } from "../errors.ts";
import type { CorruptionError } from "../errors.ts";
import type { BulkReader, LaneRow, MeteringRow, MetaRow, StoredEntity } from "../bulk.ts";
import type { EntityKey } from "../store.ts";
import { meteringSeed, textSeed, unseal } from "./checksum.ts";
import { EntityAssembly } from "./entity-assembly.ts";
import type { EntityCells, HistoryCells, PartCells, VisibilityCells } from "./entity-assembly.ts";
import { acquireDataFolder, describeOpenFailure } from "./data-folder.ts";
import type { DataFolder } from "./data-folder.ts";
import { openConnection } from "./open-connection.ts";
import { requireSchema } from "./schema.ts";
import { shapeComplaints } from "./schema-shape.ts";
import { attributesOf } from "./visibility-attributes.ts";

const CACHE_KIB = 16 * 1024;

/** Reads a database file: that of a data folder, or a backup. */
export function readSqliteInBulk(file: string): BulkReader {
  refuseMissing(file);
  return openReader(file, undefined);
}

/** Reads a data folder that no server has; none gets it until the reader is closed. */
export function readIdleFolderInBulk(folder: string): BulkReader {
  refuseMissing(join(folder, "perdure.db"));
  const owned = acquireDataFolder(folder);
  try {
    return openReader(owned.databaseFile, owned);
  } catch (error) {
    owned.release();
    throw error;
  }
}

function refuseMissing(file: string): void {
  if (existsSync(file)) return;
  throw new StoreOpenError(`there is no store at ${file}: name the folder of a server's data, or a backup`);
}

function openReader(file: string, owned: DataFolder | undefined): BulkReader {
  let database: DatabaseSync | undefined;
  try {
    database = openConnection(file, CACHE_KIB);
    database.exec("PRAGMA query_only = ON");
    requireSchema(database, file);
    database.exec("BEGIN");
    database.prepare("SELECT count(*) FROM lane").get(); // The moment is that of the first read.
    return new SqliteBulkReader({ place: file, database, owned });
  } catch (cause) {
    database?.close();
    if ((cause as { errcode?: number }).errcode === SQLITE_NOTADB)
      throw new StoreOpenError(`${file} is no store of Perdure's`, { cause });
    throw describeOpenFailure(file, cause);
  }
}

const SQLITE_NOTADB = 26;

/** Read with big integers: an attribute's value may be one. */
interface AttributeRow {
  readonly key: bigint;
  readonly name: string;
  readonly type: bigint;
  readonly value: string | number | bigint;
  readonly scope: bigint;
}

class SqliteBulkReader implements BulkReader {
  readonly place: string;
  readonly #database: DatabaseSync;
  readonly #owned: DataFolder | undefined;

  constructor(parts: { place: string; database: DatabaseSync; owned: DataFolder | undefined }) {
    this.place = parts.place;
    this.#database = parts.database;
    this.#owned = parts.owned;
  }

  async lanes(): Promise<LaneRow[]> {
    const sql = "SELECT lane, epoch, batch_no, next_id FROM lane WHERE lane >= 0 ORDER BY lane, epoch";
    const rows = this.#database.prepare(sql).all() as unknown as (LaneRow & { batch_no: number; next_id: number })[];
    return rows.map(({ lane, epoch, batch_no: batchNo, next_id: nextId }) => ({ lane, epoch, batchNo, nextId }));
  }

  async countEntities(): Promise<number> {
    return this.#database.prepare("SELECT count(*) AS count FROM entity").get()?.["count"] as number;
  }

  async *entities(after: EntityKey | undefined): AsyncGenerator<StoredEntity> {
    const from = after === undefined ? -1 : packKey(after);
    const assembly = new EntityAssembly();
    const entities = this.#walk<EntityCells>("SELECT * FROM entity WHERE key > ? ORDER BY key", from);
    const parts = this.#walk<PartCells>("SELECT key, part, blob FROM part WHERE key > ? ORDER BY key, part", from);
    const history = this.#walk<HistoryCells>(
      "SELECT key, node, blob FROM history WHERE key > ? ORDER BY key, node",
      from,
    );
    const visibility = this.#walk<VisibilityCells>("SELECT * FROM visibility WHERE key > ? ORDER BY key", from);
    const attributes = this.#walk<AttributeRow>(
      "SELECT * FROM visibility_attribute WHERE key > ? ORDER BY key, name, type, value",
      from,
      "bigints",
    );
    const walks = [entities, parts, history, visibility, attributes];
    for (;;) {
      const key = Math.min(...walks.map((walk) => walk.key));
      if (key === Number.POSITIVE_INFINITY) return;
      const values = attributes.take(key);
      yield assembly.assemble(unpackKey(key), {
        entity: entities.take(key)[0],
        parts: parts.take(key),
        history: history.take(key),
        visibility: visibility.take(key)[0],
        attributes: values.map(({ name, type, scope }) => ({ name, type: Number(type), scope: Number(scope) })),
        decodeAttributes: () => attributesOf(values),
      });
    }
  }

  async *meta(): AsyncGenerator<MetaRow | CorruptionError> {
    for (const row of this.#rows<MetaRow>("SELECT key, blob FROM meta ORDER BY key")) {
      const name = (): string => `registry entry ${JSON.stringify(row.key)}`;
      yield wholeOrDamage(() => ({ key: row.key, blob: Uint8Array.from(unseal(row.blob, textSeed(row.key), name)) }));
    }
  }

  async *metering(): AsyncGenerator<MeteringRow | CorruptionError> {
    const sql = "SELECT lane, epoch, batch_no, blob FROM metering ORDER BY lane, epoch, batch_no";
    for (const row of this.#rows<MeteringRow & { batch_no: number }>(sql)) {
      const { lane, epoch, batch_no: batchNo } = row;
      const name = (): string => `metering of lane ${lane}, epoch ${epoch}, batch ${batchNo}`;
      yield wholeOrDamage(() => ({
        lane,
        epoch,
        batchNo,
        blob: unseal(row.blob, meteringSeed(lane, epoch, batchNo), name),
      }));
    }
  }

  async *complaints(): AsyncGenerator<string> {
    yield* shapeComplaints(this.#database);
    for (const row of this.#rows<{ integrity_check: string }>("PRAGMA integrity_check"))
      if (row.integrity_check !== "ok") yield row.integrity_check;
  }

  async close(): Promise<void> {
    if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
    this.#database.close();
    this.#owned?.release();
  }

  #walk<Row extends { key: number | bigint }>(sql: string, from: number, numbers?: "bigints"): Walk<Row> {
    const statement = this.#database.prepare(sql);
    if (numbers === "bigints") statement.setReadBigInts(true);
    return new Walk(statement.iterate(from) as Iterator<unknown> as Iterator<Row>);
  }

  #rows<Row>(sql: string, ...parameters: SQLInputValue[]): Iterable<Row> {
    return this.#database.prepare(sql).iterate(...parameters) as Iterable<unknown> as Iterable<Row>;
  }
}

/** Rows in the order of their keys, taken key by key. */
class Walk<Row extends { readonly key: number | bigint }> {
  readonly #rows: Iterator<Row>;
  #next: Row | undefined;

  constructor(rows: Iterator<Row>) {
    this.#rows = rows;
    this.#advance();
  }

  /** That of the next row; infinite when there is none. */
  get key(): number {
    return this.#next === undefined ? Number.POSITIVE_INFINITY : Number(this.#next.key);
  }

  take(key: number): Row[] {
    const rows: Row[] = [];
    while (this.#next !== undefined && Number(this.#next.key) === key) {
      rows.push(this.#next);
      this.#advance();
    }
    return rows;
  }

  #advance(): void {
    const { value, done } = this.#rows.next();
    this.#next = done === true ? undefined : value;
  }
}
