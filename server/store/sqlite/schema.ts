/** Versions of the schema: numbered SQL files, applied in order, one transaction each; never backwards. */
import { readFileSync, readdirSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { assert } from "../../../base/index.ts";
import { StoreOpenError } from "../errors.ts";
import { APPLICATION_ID } from "./open-connection.ts";
import { defineChecks } from "./row-checks.ts";

export interface Migration {
  readonly version: number;
  readonly sql: string;
}

const FOLDER = new URL("./migrations/", import.meta.url);

/** Measured (docs/internals/store.md): a page of this size holds a few state rows and a trivial run's history. */
export const PAGE_BYTES = 8192;

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

export function schemaVersion(database: DatabaseSync): number {
  return database.prepare("PRAGMA user_version").get()?.["user_version"] as number;
}

/** Brings a database, new or old, to the last version. `where` names it in messages. */
export function migrate(database: DatabaseSync, where: string, migrations: readonly Migration[]): void {
  const version = schemaVersion(database);
  const isNew = isEmpty(database);
  if (isNew) {
    // Both hold only when set before the first table.
    database.exec(`PRAGMA page_size = ${PAGE_BYTES}; PRAGMA auto_vacuum = INCREMENTAL;`);
  } else if (applicationId(database) !== APPLICATION_ID) {
    throw new StoreOpenError(`${where} holds a perdure.db that is not Perdure's: choose another data folder`);
  }
  const latest = migrations.length;
  if (version > latest) {
    throw new StoreOpenError(
      `${where} was written by a newer Perdure (schema ${version}, this one knows ${latest}): ` +
        `start that version or choose another data folder`,
    );
  }
  database.exec("PRAGMA journal_mode = WAL");
  if (isNew) database.exec("PRAGMA synchronous = FULL");
  if (version < latest) defineChecks(database);
  for (const migration of migrations.slice(version)) apply(database, migration);
}

function apply(database: DatabaseSync, migration: Migration): void {
  database.exec("BEGIN EXCLUSIVE");
  try {
    database.exec(migration.sql);
    database.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${migration.version}; COMMIT`);
  } catch (error) {
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}

function isEmpty(database: DatabaseSync): boolean {
  return database.prepare("SELECT count(*) AS tables FROM sqlite_schema").get()?.["tables"] === 0;
}

function applicationId(database: DatabaseSync): number {
  return database.prepare("PRAGMA application_id").get()?.["application_id"] as number;
}
