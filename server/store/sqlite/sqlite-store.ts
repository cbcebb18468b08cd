/** The embedded store: one SQLite database in a data folder that this process owns. docs/internals/store.md. */
import { statSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import type { Worker } from "node:worker_threads";
import { silentLog, systemTimers } from "../../../base/index.ts";
import type { Log, Timers } from "../../../base/index.ts";
import { CorruptionError, StoreUnavailableError } from "../errors.ts";
import type { Store } from "../store.ts";
import { BatchWriter } from "./batch-writer.ts";
import { WAL_PAGES_MAX } from "./checkpoints.ts";
import { acquireDataFolder, describeOpenFailure } from "./data-folder.ts";
import type { DataFolder } from "./data-folder.ts";
import { InlineWriter } from "./inline-writer.ts";
import { openConnection } from "./open-connection.ts";
import { Reader } from "./reader.ts";
import { migrate, readMigrations } from "./schema.ts";
import { Spill } from "./spill.ts";
import { spawnWriterThread, startThreadWriter } from "./thread-writer.ts";
import { VisibilityReader } from "./visibility-reader.ts";
import { VisibilityThreads } from "./visibility-threads.ts";
import type { Writer } from "./writer.ts";

export interface SqliteStoreOptions {
  /** Made when missing. */
  readonly folder: string;
  /** `thread` keeps fsync and half of the CPU off the engine's thread; `inline` is for one core and for tests. */
  readonly mode: "thread" | "inline";
  readonly timers?: Timers | undefined;
  /** Told when the writer thread dies and when it runs again. */
  readonly log?: Log | undefined;
  /** Pages of the log at which it is written back even under load; tests of recovery make it small. */
  readonly walPagesMax?: number | undefined;
}

const WRITER_CACHE_KIB = 32 * 1024;
const READER_CACHE_KIB = 8 * 1024;
const VISIBILITY_CACHE_KIB = 16 * 1024;

/** Throws StoreOpenError with one sentence when the folder cannot be used; nothing in it is changed then. */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const folder = acquireDataFolder(options.folder);
  let connection: DatabaseSync | undefined;
  try {
    connection = prepareDatabase(folder, options.log);
    const writer = await openWriter(folder, options);
    const { databaseFile } = folder;
    const data = { databaseFile, cacheKiB: VISIBILITY_CACHE_KIB };
    const threads = options.mode === "thread" ? new VisibilityThreads(data) : undefined;
    return new SqliteStore({ folder, connection, writer, threads });
  } catch (cause) {
    connection?.close();
    folder.release();
    throw describeOpenFailure(folder.path, cause);
  }
}

/** Creates or migrates the database; the connection stays open for reading, so that the log need not be made twice. */
function prepareDatabase(folder: DataFolder, log: Log | undefined): DatabaseSync {
  const database = openConnection(folder.databaseFile, READER_CACHE_KIB);
  try {
    migrate(database, `data folder ${folder.path}`, readMigrations(), log);
    database.exec("PRAGMA query_only = ON");
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

async function openWriter(folder: DataFolder, options: SqliteStoreOptions): Promise<Writer> {
  const { databaseFile } = folder;
  const { timers = systemTimers, walPagesMax = WAL_PAGES_MAX, log = silentLog } = options;
  const cacheKiB = WRITER_CACHE_KIB;
  if (options.mode === "thread") {
    const spawn = (isSuccessor: boolean): Worker =>
      spawnWriterThread({ databaseFile, cacheKiB, walPagesMax, isSuccessor });
    return startThreadWriter({ spawn, timers, log });
  }
  const writer = new BatchWriter(openConnection(databaseFile, cacheKiB));
  return new InlineWriter({ writer, timers, walPagesMax });
}

interface Parts {
  readonly folder: DataFolder;
  readonly connection: DatabaseSync;
  readonly writer: Writer;
  readonly threads: VisibilityThreads | undefined;
}

class SqliteStore implements Store {
  readonly name = "sqlite";
  readonly #folder: DataFolder;
  readonly #writer: Writer;
  readonly #spill: Spill;
  readonly #connection: DatabaseSync;
  readonly #reader: Reader;
  /** Without threads of its own. */
  readonly #visibility: VisibilityReader;
  readonly #threads: VisibilityThreads | undefined;
  #isClosed = false;

  constructor(parts: Parts) {
    const { folder, connection, writer } = parts;
    this.#threads = parts.threads;
    this.#folder = folder;
    this.#writer = writer;
    this.#connection = connection;
    this.#reader = new Reader(this.#connection);
    this.#visibility = new VisibilityReader(this.#connection);
    this.#spill = new Spill(folder.spillFile);
  }

  openLane: Store["openLane"] = async (open) => {
    this.#assertOpen();
    return this.#writer.openLane(open);
  };

  commit: Store["commit"] = async (request) => {
    if (this.#isClosed) return { kind: "failed", error: new StoreUnavailableError("the store is closed") };
    return this.#writer.commit(request);
  };

  /** The folder is locked. */
  isOurs: Store["isOurs"] = () => true;

  lastBatch: Store["lastBatch"] = async (lane, epoch) => {
    this.#assertOpen();
    return this.#writer.lastBatch(lane, epoch);
  };

  loadEntity: Store["loadEntity"] = async (key) => this.#read(() => this.#reader.loadEntity(key));
  findEntity: Store["findEntity"] = async (find) => this.#read(() => this.#reader.findEntity(find));
  readHistory: Store["readHistory"] = async (read) => this.#read(() => this.#reader.readHistory(read));
  readDue: Store["readDue"] = async (read) => this.#read(() => this.#reader.readDue(read));
  readByCloseTime: Store["readByCloseTime"] = async (read) => this.#read(() => this.#reader.readByCloseTime(read));
  giveBackSpace: Store["giveBackSpace"] = async () => {
    this.#assertOpen();
    return this.#writer.giveBackSpace();
  };
  readMeta: Store["readMeta"] = async (prefix) => this.#read(() => this.#reader.readMeta(prefix));
  readMetering: Store["readMetering"] = async (read) => this.#read(() => this.#reader.readMetering(read));

  listVisibility: Store["listVisibility"] = async (list, signal) => {
    this.#assertOpen();
    if (this.#threads !== undefined) return this.#readBeside(this.#threads.list(list, signal));
    signal?.throwIfAborted();
    return this.#read(() => this.#visibility.list(list));
  };

  countVisibility: Store["countVisibility"] = async (count, signal) => {
    this.#assertOpen();
    if (this.#threads !== undefined) return this.#readBeside(this.#threads.count(count, signal));
    signal?.throwIfAborted();
    return this.#read(() => this.#visibility.count(count));
  };

  spillTasks: Store["spillTasks"] = async (tasks) => this.#read(() => this.#spill.add(tasks));
  takeSpilledTasks: Store["takeSpilledTasks"] = async (queue, limit) =>
    this.#read(() => this.#spill.take(queue, limit));
  countSpilledTasks: Store["countSpilledTasks"] = async (queue) => this.#read(() => this.#spill.count(queue));

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#threads?.close();
    this.#spill.close();
    this.#connection.close();
    // The last connection to close writes the log back into the database.
    await this.#writer.close();
    this.#folder.release();
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new StoreUnavailableError("the store is closed");
  }

  #read<T>(work: () => T): T {
    this.#assertOpen();
    try {
      return work();
    } catch (error) {
      throw this.#translate(error);
    }
  }

  async #readBeside<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      throw this.#translate(error);
    }
  }

  /** What SQLite reports becomes our family of errors; our own pass through. */
  #translate(error: unknown): unknown {
    const code = (error as { errcode?: number }).errcode;
    if (code === undefined) return error;
    const file = this.#folder.databaseFile;
    const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
    const isDamage = (code & 0xff) === SQLITE_CORRUPT || (code & 0xff) === SQLITE_NOTADB;
    if (isDamage) return new CorruptionError(`${file} (${size} bytes)`, (error as Error).message);
    return new StoreUnavailableError(`${file}: ${(error as Error).message}`, { cause: error });
  }
}

const SQLITE_CORRUPT = 11;
const SQLITE_NOTADB = 26;
