/**
 * A backup is one database file: the store at one moment, copied page by page while a server may go on writing. The
 * reading connection holds a transaction all the while, so that no step of the copy begins anew and the file is of one
 * moment, that of the beginning: everything that was acknowledged before it is in the file.
 */
import { closeSync, constants, existsSync, fsyncSync, openSync, renameSync, rmSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { backup, DatabaseSync } from "node:sqlite";
import { StoreOpenError } from "../errors.ts";
import { openConnection } from "./open-connection.ts";
import { acquireDataFolder, describeOpenFailure } from "./data-folder.ts";
import { requireOurs } from "./schema.ts";

export interface PagesDone {
  readonly pages: number;
  readonly pagesAll: number;
}

export interface CopyPages {
  /** Thrown by to stop between two steps. */
  readonly progress: (done: PagesDone) => void;
}

/** About 8 MiB: an interruption is heard in time, and a step costs more than what surrounds it. */
const PAGES_PER_STEP = 1_000;

const CACHE_KIB = 1024;

/** Writes `file`, which must not be there yet; a file that is there at the end is whole. */
export async function backUpSqlite(databaseFile: string, file: string, { progress }: CopyPages): Promise<void> {
  if (!existsSync(databaseFile))
    throw new StoreOpenError(`there is no store at ${databaseFile}: name the folder of a server's data`);
  if (existsSync(file)) throw new StoreOpenError(`${file} is there already: choose another name for the backup`);
  const part = `${file}.part`;
  let source: DatabaseSync | undefined;
  try {
    source = openConnection(databaseFile, CACHE_KIB);
    requireOurs(source, databaseFile);
    source.exec("BEGIN");
    source.prepare("SELECT count(*) FROM lane").get(); // The moment of the backup is that of the first read.
    await copyPages(source, part, progress);
    renameSync(part, file);
    syncPath(dirname(resolve(file)));
  } catch (cause) {
    removePart(part);
    throw cause;
  } finally {
    if (source?.isTransaction === true) source.exec("ROLLBACK");
    source?.close();
  }
}

/** Makes a data folder of a backup. The folder may be missing or empty, and is nobody's else meanwhile. */
export async function restoreSqlite(file: string, folder: string, { progress }: CopyPages): Promise<void> {
  if (!existsSync(file)) throw new StoreOpenError(`there is no backup at ${file}`);
  const owned = acquireDataFolder(folder);
  const part = `${owned.databaseFile}.part`;
  let source: DatabaseSync | undefined;
  try {
    if (existsSync(owned.databaseFile))
      throw new StoreOpenError(`data folder ${owned.path} has data: restore into an empty folder`);
    source = openConnection(file, CACHE_KIB);
    requireOurs(source, file);
    await copyPages(source, part, progress);
    renameSync(part, owned.databaseFile);
    syncPath(owned.path);
  } catch (cause) {
    removePart(part);
    throw (cause as { errcode?: number }).errcode === undefined ? cause : describeOpenFailure(file, cause);
  } finally {
    source?.close();
    owned.release();
  }
}

/** The copy has no log beside it, and is on the disk at the end. */
async function copyPages(source: DatabaseSync, target: string, progress: CopyPages["progress"]): Promise<void> {
  removePart(target);
  progress({ pages: 0, pagesAll: 0 }); // The last step, which may be the first, tells nothing.
  await backup(source, target, {
    rate: PAGES_PER_STEP,
    progress: ({ totalPages, remainingPages }) =>
      progress({ pages: totalPages - remainingPages, pagesAll: totalPages }),
  });
  const copy = new DatabaseSync(target);
  try {
    copy.exec("PRAGMA journal_mode = DELETE");
  } finally {
    copy.close();
  }
  syncPath(target);
}

function removePart(part: string): void {
  for (const file of [part, `${part}-journal`]) rmSync(file, { force: true });
}

function syncPath(path: string): void {
  const descriptor = openSync(path, constants.O_RDONLY);
  fsyncSync(descriptor);
  closeSync(descriptor);
}
