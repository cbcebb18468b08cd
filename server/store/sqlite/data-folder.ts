/**
 * The data folder: made when missing, owned by one process at a time.
 *
 * Ownership is a lock that SQLite holds on `perdure.lock` (a POSIX lock under Linux and macOS): the system drops it
 * when its owner dies in whatever way, so nothing stale ever blocks. `perdure.pid` only serves the message.
 */
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { StoreOpenError } from "../errors.ts";

export interface DataFolder {
  readonly path: string;
  readonly databaseFile: string;
  readonly spillFile: string;
  release(): void;
}

export function acquireDataFolder(folder: string): DataFolder {
  const path = resolve(folder);
  prepare(path);
  const pidFile = join(path, "perdure.pid");
  const lock = acquireLock(path, pidFile);
  try {
    writeFileSync(pidFile, `${process.pid}\n`);
  } catch (cause) {
    lock.close();
    throw describeOpenFailure(path, cause);
  }
  return {
    path,
    databaseFile: join(path, "perdure.db"),
    spillFile: join(path, "spill.db"),
    release() {
      rmSync(pidFile, { force: true });
      lock.close();
    },
  };
}

function prepare(path: string): void {
  try {
    makeFolder(path);
    if (!statSync(path).isDirectory()) throw Object.assign(new Error("not a folder"), { code: "ENOTDIR" });
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw describeOpenFailure(path, cause);
  }
}

/**
 * Makes the folder and what is missing above it, each synced into its parent: SQLite syncs no further up than its own
 * folder. Not by `mkdir`'s recursive form, which never returns where a file system answers ENOENT for a folder that is there.
 */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  const above = dirname(path);
  if (above !== path) makeFolder(above);
  mkdirSync(path);
  const parent = openSync(above, constants.O_RDONLY);
  fsyncSync(parent);
  closeSync(parent);
}

function acquireLock(path: string, pidFile: string): DatabaseSync {
  let lock: DatabaseSync | undefined;
  try {
    lock = new DatabaseSync(join(path, "perdure.lock"), { timeout: 0 });
    lock.exec("PRAGMA journal_mode = MEMORY; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
    return lock;
  } catch (cause) {
    lock?.close();
    if (sqliteCode(cause) !== SQLITE_BUSY) throw describeOpenFailure(path, cause);
    throw new StoreOpenError(
      `data folder ${path} is open in another server${ownerOf(pidFile)}: stop that one or choose another data folder`,
      { cause },
    );
  }
}

function ownerOf(pidFile: string): string {
  try {
    return ` (process ${Number.parseInt(readFileSync(pidFile, "utf8"), 10)})`;
  } catch {
    return ""; // The owner is between taking the lock and writing its number.
  }
}

const SQLITE_BUSY = 5;

function sqliteCode(error: unknown): number | undefined {
  const code = (error as { errcode?: number }).errcode;
  return code === undefined ? undefined : code & 0xff;
}

const REASONS: Record<string, string> = {
  ENOTDIR: "is not a folder: choose another data folder",
  EEXIST: "is not a folder: choose another data folder",
  EACCES: "is not writable: give this user the right to write there or choose another data folder",
  EPERM: "is not writable: give this user the right to write there or choose another data folder",
  EROFS: "is on a read-only file system: choose another data folder",
  ENOSPC: "is on a full disk: free some space or choose another data folder",
  EDQUOT: "is over its disk quota: free some space or choose another data folder",
  ENAMETOOLONG: "has a name that is too long: choose another data folder",
  8: "is not writable: give this user the right to write there or choose another data folder",
  10: "cannot be read or written (I/O error): check the disk or choose another data folder",
  11: "holds a damaged perdure.db: restore it from a backup or choose another data folder",
  13: "is on a full disk: free some space or choose another data folder",
  14: "cannot be opened: check the rights of its files or choose another data folder",
  26: "holds a perdure.db that is not Perdure's: choose another data folder",
};

/** One sentence that names the folder and what to do. */
export function describeOpenFailure(path: string, cause: unknown): StoreOpenError {
  if (cause instanceof StoreOpenError) return cause;
  const key = sqliteCode(cause) ?? (cause as { code?: string }).code ?? "";
  const reason = REASONS[key] ?? `cannot be opened (${(cause as Error).message}): choose another data folder`;
  return new StoreOpenError(`data folder ${path} ${reason}`, { cause });
}
