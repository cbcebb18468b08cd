import { existsSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { StoreOpenError } from "../errors.ts";
import { acquireDataFolder, describeOpenFailure } from "./data-folder.ts";
import { openConnection } from "./open-connection.ts";
import { migrate, readMigrations } from "./schema.ts";
import type { Migrated } from "./schema.ts";

const CACHE_KIB = 32 * 1024;

/** What a server does at its start, alone: a large store then starts at once. Each step is one transaction. */
export function migrateSqlite(folder: string): Migrated {
  if (!existsSync(join(folder, "perdure.db")))
    throw new StoreOpenError(`there is no store in ${folder}: name the folder of a server's data`);
  const owned = acquireDataFolder(folder);
  let database: DatabaseSync | undefined;
  try {
    database = openConnection(owned.databaseFile, CACHE_KIB);
    return migrate(database, `data folder ${owned.path}`, readMigrations());
  } catch (cause) {
    throw describeOpenFailure(owned.path, cause);
  } finally {
    database?.close();
    owned.release();
  }
}
