/** Versions of the schema: numbered SQL files, applied in order in one transaction each; never backwards. */
import { readFileSync, readdirSync } from "node:fs";
import { assert } from "../../../base/index.ts";
import { StoreOpenError } from "../errors.ts";
import type { Connection, Row, Statement } from "./connection.ts";
import { codeOf } from "./database-errors.ts";

export interface Migration {
  readonly version: number;
  readonly sql: string;
}

const FOLDER = new URL("./migrations/", import.meta.url);

export function readMigrations(): Migration[] {
  const names = readdirSync(FOLDER)
    .filter((name) => name.endsWith(".sql"))
    .sort();
  return names.map((name, index) => {
    const version = Number.parseInt(name, 10);
    assert(version === index + 1, `migration ${name} is out of order`);
    return { version, sql: readFileSync(new URL(name, FOLDER), "utf8") };
  });
}

export interface MigrateOptions {
  readonly connection: Connection;
  /** As messages call the database. */
  readonly where: string;
  readonly schema: string;
  readonly migrations: readonly Migration[];
}

const UNDEFINED_TABLE = "42P01";
const UNIQUE_VIOLATIONS: ReadonlySet<string | undefined> = new Set(["23505", "42P06", "42P07", "42710"]);

/** Brings a database, new or old, to the last version. Two servers may try at once: one of them does it. */
export async function migrate(options: MigrateOptions): Promise<void> {
  const { connection, migrations, where } = options;
  const latest = migrations.length;
  for (let version = await schemaVersion(connection); version !== latest; version = await schemaVersion(connection)) {
    if (version > latest) {
      throw new StoreOpenError(
        `${where} was written by a newer Perdure (schema ${version}, this one knows ${latest}): ` +
          `start that version or choose another database`,
      );
    }
    try {
      await connection.transaction((query) => apply(query, migrations[version] as Migration, options.schema));
    } catch (error) {
      if (!UNIQUE_VIOLATIONS.has(codeOf(error))) throw error; // Another server was quicker.
    }
  }
}

export async function schemaVersion(connection: Connection): Promise<number> {
  try {
    const [row] = await connection.query({ text: "SELECT coalesce(max(version), 0) FROM schema_version" });
    return row?.[0] as number;
  } catch (error) {
    if (codeOf(error) === UNDEFINED_TABLE) return 0;
    throw error;
  }
}

async function apply(
  query: (statement: Statement) => Promise<Row[]>,
  { version, sql }: Migration,
  schema: string,
): Promise<void> {
  if (version === 1) {
    await query({ text: `CREATE SCHEMA IF NOT EXISTS ${schema}` });
    await query({
      text: "CREATE TABLE schema_version (version integer PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())",
    });
  }
  // First, so that a server that does the same at the same time waits here and then finds it done.
  await query({ text: "INSERT INTO schema_version (version) VALUES ($1::int4)", values: [version] });
  const hasPartitions = !/cockroach/i.test((await query({ text: "SELECT version()" }))[0]?.[0] as string);
  await query({ text: hasPartitions ? sql : withoutPartitions(sql) });
}

/** Where a database has no ranges as partitions, history is one table. */
export function withoutPartitions(sql: string): string {
  return sql.replaceAll(/\/\* partitioned \*\/.*?\/\* end \*\//gs, "");
}
