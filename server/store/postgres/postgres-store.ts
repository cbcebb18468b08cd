/** The store of production beyond one machine: one PostgreSQL database, of which this process has the lease. docs/internals/store.md. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLog, systemRandom, systemTimers } from "../../../base/index.ts";
import type { Log, Random, Timers } from "../../../base/index.ts";
import { StoreUnavailableError } from "../errors.ts";
import { UPGRADING } from "../migrations.ts";
import { Spill } from "../sqlite/spill.ts";
import type { Store } from "../store.ts";
import { CloseWatch } from "./close-watch.ts";
import { Connection } from "./connection.ts";
import { StatementError } from "./database-errors.ts";
import { DueWatch } from "./due-watch.ts";
import { HistoryPartitions } from "./history-partitions.ts";
import { LaneWriter } from "./lane-writer.ts";
import { Lease } from "./lease.ts";
import { Reader } from "./reader.ts";
import { migrate, readMigrations, requireKnown } from "./schema.ts";
import { describeOpenFailure, nameOf } from "./open-failure.ts";
import { openSession } from "./session.ts";
import { VisibilityReader } from "./visibility-reader.ts";

export interface PostgresStoreOptions {
  /** postgres://user:password@host:port/database, perhaps with several hosts separated by commas. */
  readonly url: string;
  /** Made when missing. */
  readonly schema?: string | undefined;
  readonly timers?: Timers | undefined;
  readonly random?: Random | undefined;
  readonly log?: Log | undefined;
  /** Another server has taken the database: this store takes no more writes. */
  readonly onTaken?: (() => void) | undefined;
  /** Longest wait for an answer before the connection is given up; lists and counts get more. */
  readonly answerMsMax?: number | undefined;
}

const SCHEMA_DEFAULT = "perdure";
const ANSWER_MS_MAX = 10_000;
const LIST_MS_MAX = 60_000;
/** An index of very many rows takes its time. */
const MIGRATION_MS_MAX = 24 * 3_600_000;
/** The server gives up first, so that an outcome is known wherever there is a server. */
const SERVER_FIRST_MS = 1_000;
const WRITERS = 2;

/** Throws StoreOpenError with one sentence when the database cannot be used; nothing in it is changed then. */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<Store> {
  const { url, schema = SCHEMA_DEFAULT, timers = systemTimers, random = systemRandom, log = silentLog } = options;
  const connections: Connection[] = [];
  const connect = (kind: { plansByKey: boolean; answerMsMax: number }): Connection => {
    const statementMsMax = Math.max(1, kind.answerMsMax - SERVER_FIRST_MS);
    const connection = new Connection({
      connect: () => openSession({ url, schema, statementMsMax, plansByKey: kind.plansByKey }),
      timers,
      log,
      answerMsMax: kind.answerMsMax,
      cancel: async (processId) => {
        await reading.query({ text: "SELECT pg_cancel_backend($1::int4)", values: [processId] });
      },
    });
    connections.push(connection);
    return connection;
  };
  const { answerMsMax = ANSWER_MS_MAX } = options;
  const reading = connect({ plansByKey: true, answerMsMax });
  const listing = connect({ plansByKey: false, answerMsMax: LIST_MS_MAX });
  const writing = Array.from({ length: WRITERS }, () => connect({ plansByKey: true, answerMsMax }));
  let lease: Lease | undefined;
  try {
    await reading.open();
    const [where, migrations] = [nameOf(url), readMigrations()];
    const version = await requireKnown(reading, where, migrations.length);
    // An empty database gets its tables before its lease; what a server may be using only the holder of the lease changes.
    if (version === 0) await migrate({ connection: reading, where, schema, migrations });
    const holder = random.uuid();
    const { onTaken = () => {} } = options;
    lease = await Lease.acquire({ connection: reading, timers, log, holder, where, onTaken });
    if (version > 0 && version < migrations.length) {
      log.warn(UPGRADING, { where, from: version, to: migrations.length });
      const connection = connect({ plansByKey: false, answerMsMax: MIGRATION_MS_MAX });
      await migrate({ connection, where, schema, migrations });
      await connection.close();
    }
    return new PostgresStore({ connections, reading, listing, writing, lease, log });
  } catch (cause) {
    await lease?.release();
    await Promise.all(connections.map((connection) => connection.close()));
    throw describeOpenFailure(url, cause);
  }
}

interface Parts {
  readonly connections: readonly Connection[];
  readonly reading: Connection;
  readonly listing: Connection;
  readonly writing: readonly Connection[];
  readonly lease: Lease;
  readonly log: Log;
}

class PostgresStore implements Store {
  readonly name = "postgres";
  readonly #connections: readonly Connection[];
  readonly #lease: Lease;
  readonly #lanes: LaneWriter;
  readonly #due = new DueWatch();
  readonly #closes = new CloseWatch();
  readonly #partitions: HistoryPartitions;
  readonly #reader: Reader;
  readonly #visibility: VisibilityReader;
  #spill: { readonly folder: string; readonly tasks: Spill } | undefined;
  readonly #inFlight = new Set<Promise<unknown>>();
  #isClosed = false;

  constructor({ connections, reading, listing, writing, lease, log }: Parts) {
    this.#connections = connections;
    this.#lease = lease;
    this.#lanes = new LaneWriter(writing, log);
    this.#partitions = new HistoryPartitions({ connection: listing, log });
    this.#reader = new Reader(reading);
    this.#visibility = new VisibilityReader(listing);
  }

  openLane: Store["openLane"] = async (open) => {
    this.#assertOpen();
    return this.#lanes.openLane(open);
  };

  commit: Store["commit"] = async (request) => {
    if (this.#isClosed) return { kind: "failed", error: new StoreUnavailableError("the store is closed") };
    const { nextId, deletes } = request.batch;
    const due = this.#due.sending(request.batch);
    const closes = this.#closes.sending(request.batch);
    const committed = this.#lanes.commit(request);
    this.#inFlight.add(committed);
    const result = await committed.finally(() => this.#inFlight.delete(committed));
    this.#due.sent.answered(due, result.kind !== "unknown");
    this.#closes.sent.answered(closes, result.kind !== "unknown");
    if (result.kind === "committed") this.#partitions.committed(nextId, deletes.length > 0);
    else if (result.kind === "fenced") this.#lease.look();
    return result;
  };

  isOurs: Store["isOurs"] = () => this.#lease.isHeld();

  /** A kernel asks it of a commit whose outcome is unknown, which is settled thereby. */
  lastBatch: Store["lastBatch"] = async (lane, epoch) =>
    this.#read(async () => {
      const batchNo = await this.#lanes.lastBatch(lane, epoch);
      if (!this.#lanes.isDoubtful) for (const { sent } of [this.#due, this.#closes]) sent.settled();
      return batchNo;
    });
  loadEntity: Store["loadEntity"] = async (key) => this.#read(() => this.#reader.loadEntity(key));
  findEntity: Store["findEntity"] = async (find) => this.#read(() => this.#reader.findEntity(find));
  readHistory: Store["readHistory"] = async (read) => this.#read(() => this.#reader.readHistory(read));
  readDue: Store["readDue"] = async (read) => {
    if (!this.#isClosed && this.#due.isEmpty(read)) return [];
    return this.#read(() => this.#due.read(read, () => this.#reader.readDue(read)));
  };
  readByCloseTime: Store["readByCloseTime"] = async (read) =>
    this.#read(() =>
      this.#closes.read(read, {
        found: async () => [...(await this.#reader.readByCloseTime(read))],
        first: () => this.#reader.firstCloseTime(read),
      }),
    );
  /** What is left in a table is for the database's own vacuum. */
  giveBackSpace: Store["giveBackSpace"] = async () => this.#read(() => this.#partitions.dropOne());
  readMeta: Store["readMeta"] = async (prefix) => this.#read(() => this.#reader.readMeta(prefix));
  readMetering: Store["readMetering"] = async (read) => this.#read(() => this.#reader.readMetering(read));
  listVisibility: Store["listVisibility"] = async (list, signal) =>
    this.#read(() => this.#visibility.list(list, signal));
  countVisibility: Store["countVisibility"] = async (count, signal) =>
    this.#read(() => this.#visibility.count(count, signal));
  spillTasks: Store["spillTasks"] = async (tasks) => this.#openSpill().add(tasks);
  takeSpilledTasks: Store["takeSpilledTasks"] = async (queue, limit) => this.#openSpill().take(queue, limit);
  countSpilledTasks: Store["countSpilledTasks"] = async (queue) => this.#openSpill().count(queue);

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await Promise.allSettled(this.#inFlight);
    await this.#lease.release();
    await Promise.all(this.#connections.map((connection) => connection.close()));
    this.#spill?.tasks.close();
    if (this.#spill !== undefined) rmSync(this.#spill.folder, { recursive: true, force: true });
  }

  /** Tasks that matching puts aside are not worth the database's work: they lie in a file of this machine. */
  #openSpill(): Spill {
    this.#assertOpen();
    if (this.#spill === undefined) {
      const folder = mkdtempSync(join(tmpdir(), "perdure-spill-"));
      this.#spill = { folder, tasks: new Spill(join(folder, "spill.db")) };
    }
    return this.#spill.tasks;
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new StoreUnavailableError("the store is closed");
  }

  async #read<T>(work: () => Promise<T>): Promise<T> {
    this.#assertOpen();
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof StatementError)) throw error;
      throw new StoreUnavailableError(`the database refused to read: ${error.message}`, { cause: error });
    }
  }
}
