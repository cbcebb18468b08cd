/**
 * Versions of the schema: numbered SQL files, applied in order, one transaction each; never backwards.
 *
 * A store has two numbers: the last migration that was applied, and the least that a program must know to work with it
 * (`user_version`). A migration that only expands says in a line `-- Needs: N` which older programs go on working; any
 * other needs itself. So one can go back to the version before, and what an expansion replaces goes a version later. What
 * follows a line `-- Afterwards: …` is done at every opening: it brings up what an older program has written meanwhile.
 */
import type { DatabaseSync } from "node:sqlite";
import { silentLog } from "../../../base/index.ts";
import type { Log } from "../../../base/index.ts";
import { StoreOpenError } from "../errors.ts";
import { migrationsIn, neededBeside, UPGRADING } from "../migrations.ts";
import type { Migration } from "../migrations.ts";
import { APPLICATION_ID } from "./open-connection.ts";
import { defineChecks } from "./row-checks.ts";

/** The last migration before and after. */
export interface Migrated {
  readonly from: number;
  readonly to: number;
}

const FOLDER = new URL("./migrations/", import.meta.url);

/** Measured (docs/internals/store.md): a page of this size holds a few state rows and a trivial run's history. */
export const PAGE_BYTES = 8192;

export function readMigrations(): Migration[] {
  return migrationsIn(FOLDER);
}

/** The last migration that was applied. */
export function schemaVersion(database: DatabaseSync): number {
  const needs = neededVersion(database);
  if (!hasMigrationTable(database)) return needs;
  const row = database.prepare("SELECT max(version) AS version FROM migration").get();
  return Math.max(needs, (row?.["version"] as number | null) ?? 0);
}

/** The last migration that a program must know. */
function neededVersion(database: DatabaseSync): number {
  return database.prepare("PRAGMA user_version").get()?.["user_version"] as number;
}

/** Brings a database, new or old, to the last version that is known here. `where` names it in messages. */
export function migrate(
  database: DatabaseSync,
  where: string,
  migrations: readonly Migration[],
  log: Log = silentLog,
): Migrated {
  const isNew = isEmpty(database);
  if (isNew) {
    // Both hold only when set before the first table.
    database.exec(`PRAGMA page_size = ${PAGE_BYTES}; PRAGMA auto_vacuum = INCREMENTAL;`);
  } else requireOurs(database, where, migrations.length);
  const from = isNew ? 0 : schemaVersion(database);
  database.exec("PRAGMA journal_mode = WAL");
  if (isNew) database.exec("PRAGMA synchronous = FULL");
  const missing = migrations.slice(from);
  if (missing.length > 0) defineChecks(database);
  if (!isNew && missing.length > 0) log.warn(UPGRADING, { where, from, to: migrations.length });
  for (const migration of missing) apply(database, migration);
  bringUp(database, migrations);
  return { from, to: Math.max(from, migrations.length) };
}

/** Refuses a database that is not at the version of this program: nothing is changed here. */
export function requireSchema(database: DatabaseSync, where: string): void {
  const { length: latest } = readMigrations();
  requireOurs(database, where, latest);
  const version = schemaVersion(database);
  if (version < latest) {
    throw new StoreOpenError(
      `${where} was written by an older Perdure (schema ${version}, this one works with ${latest}): ` +
        `bring it up to date with "store migrate", or use the version that wrote it`,
    );
  }
}

export function requireOurs(database: DatabaseSync, where: string, latest = readMigrations().length): void {
  if (applicationId(database) !== APPLICATION_ID) {
    throw new StoreOpenError(`${where} holds a perdure.db that is not Perdure's: choose another data folder`);
  }
  const needed = neededVersion(database);
  if (needed > latest) {
    throw new StoreOpenError(
      `${where} was written by a newer Perdure (schema ${needed}, this one knows ${latest}): ` +
        `start that version or choose another data folder`,
    );
  }
}

function apply(database: DatabaseSync, migration: Migration): void {
  const { version, sql } = migration;
  const needs = neededBeside(migration);
  database.exec("BEGIN EXCLUSIVE");
  try {
    database.exec(sql);
    const user = Math.max(needs, neededVersion(database));
    if (needs < version) {
      database.exec(`CREATE TABLE IF NOT EXISTS migration (version INTEGER PRIMARY KEY);
        INSERT INTO migration (version) VALUES (${version})`);
    }
    database.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${user}; COMMIT`);
  } catch (error) {
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}

/** Costs nothing where there is nothing to do: it is found by an index. */
function bringUp(database: DatabaseSync, migrations: readonly Migration[]): void {
  for (const { sql } of migrations) {
    const [, afterwards] = sql.split(/^-- Afterwards:.*$/m);
    if (afterwards !== undefined) database.exec(`BEGIN IMMEDIATE; ${afterwards}; COMMIT`);
  }
}

function hasMigrationTable(database: DatabaseSync): boolean {
  return (
    database.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'migration'").get() !== undefined
  );
}

function isEmpty(database: DatabaseSync): boolean {
  return database.prepare("SELECT count(*) AS tables FROM sqlite_schema").get()?.["tables"] === 0;
}

function applicationId(database: DatabaseSync): number {
  return database.prepare("PRAGMA application_id").get()?.["application_id"] as number;
}
