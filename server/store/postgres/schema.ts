/**
 * Versions of the schema: numbered SQL files, applied in order in one transaction each; never backwards.
 *
 * A migration that only expands says in a line `-- Needs: N` which older programs go on working beside it; any other needs
 * itself. So nodes of a version and of the one before run side by side, and what an expansion replaces goes a version later.
 */
import { StoreOpenError } from "../errors.ts";
import { migrationsIn, neededBeside } from "../migrations.ts";
import type { Migration } from "../migrations.ts";
import type { Connection, Row, Statement } from "./connection.ts";
import { codeOf } from "./database-errors.ts";

const FOLDER = new URL("./migrations/", import.meta.url);

export function readMigrations(): Migration[] {
  return migrationsIn(FOLDER);
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

/** Brings a database, new or old, to the last version that is known here. Two servers may try at once: one of them does it. */
export async function migrate(options: MigrateOptions): Promise<void> {
  const { connection, migrations, where, schema } = options;
  for (;;) {
    const version = await requireKnown(connection, where, migrations.length);
    if (version >= migrations.length) return;
    try {
      await connection.transaction((query) => apply(query, migrations[version] as Migration, schema));
    } catch (error) {
      if (!UNIQUE_VIOLATIONS.has(codeOf(error))) throw error; // Another server was quicker.
    }
  }
}

/** Refuses a database that this version cannot work with; the last migration that was applied to it. */
export async function requireKnown(connection: Connection, where: string, latest: number): Promise<number> {
  const { version, needs } = await readVersions(connection);
  if (needs > latest) {
    throw new StoreOpenError(
      `${where} was written by a newer Perdure (schema ${needs}, this one knows ${latest}): ` +
        `start that version or choose another database`,
    );
  }
  return version;
}

/** The last migration that was applied. */
export async function schemaVersion(connection: Connection): Promise<number> {
  return (await readVersions(connection)).version;
}

export const READ_VERSIONS =
  "SELECT coalesce(max(version), 0), coalesce(max(coalesce(needs, version)), 0) FROM schema_version";

/** `needs`: the last migration that a program must know. */
async function readVersions(connection: Connection): Promise<{ readonly version: number; readonly needs: number }> {
  try {
    const [row] = await connection.query({ text: READ_VERSIONS });
    const [version, needs] = row as unknown as [number, number];
    return { version, needs };
  } catch (error) {
    if (codeOf(error) === UNDEFINED_TABLE) return { version: 0, needs: 0 };
    throw error;
  }
}

async function apply(
  query: (statement: Statement) => Promise<Row[]>,
  migration: Migration,
  schema: string,
): Promise<void> {
  const { version, sql } = migration;
  if (version === 1) {
    await query({ text: `CREATE SCHEMA IF NOT EXISTS ${schema}` });
    await query({
      text: `CREATE TABLE schema_version (
        version integer PRIMARY KEY, needs integer, applied_at timestamptz NOT NULL DEFAULT now())`,
    });
  }
  // First, so that a server that does the same at the same time waits here and then finds it done.
  const needs = neededBeside(migration);
  const values = [version, needs];
  await query({ text: "INSERT INTO schema_version (version, needs) VALUES ($1::int4, $2::int4)", values });
  const hasPartitions = !/cockroach/i.test((await query({ text: "SELECT version()" }))[0]?.[0] as string);
  await query({ text: hasPartitions ? sql : withoutPartitions(sql) });
}

/** Where a database has no ranges as partitions, history is one table. */
export function withoutPartitions(sql: string): string {
  return sql.replaceAll(/\/\* partitioned \*\/.*?\/\* end \*\//gs, "");
}
