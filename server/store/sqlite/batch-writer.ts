/**
 * The only code that writes to the database. It runs in the writer thread, or in the engine's own thread in inline mode.
 *
 * 1. One transaction holds one or more batches; each batch has its own outcome, the fsync is shared.
 * 2. A batch that is refused leaves no trace: its transaction is rolled back and its companions are done again, singly.
 * 3. A COMMIT that fails with an I/O error may have left a complete commit record in the log, which a later recovery
 *    would honour. The writer overwrites it with a small transaction of its own; only then is the answer `failed`.
 *    Until that succeeds the answer is `unknown` and `lastBatch` is unavailable.
 */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { BatchRefusedError, StoreUnavailableError } from "../errors.ts";
import type { CommitResult, LaneOpen, LaneOpened } from "../store.ts";
import type { EncodedBatch } from "./batch-memory.ts";
import { BatchStatements, readHeader } from "./batch-statements.ts";
import type { BatchHeader } from "./batch-statements.ts";

/** Rows of ended epochs that are kept, so that a late owner can still settle its last commit. */
const EPOCHS_KEPT = 64;

/** Pages that are given back at once: some milliseconds of work. */
const PAGES_GIVEN_BACK = 128;
/** So much of the file may stay free. */
const FREE_SHARE_KEPT = 0.1;

/** The row that #settle writes: no lane has this number. */
const SETTLE_LANE = -1;

const SQLITE_BUSY = 5;
const SQLITE_FULL = 13;

interface LaneState {
  readonly epoch: number;
  readonly batchNo: number;
  readonly nextId: number;
}

export class BatchWriter {
  readonly #database: DatabaseSync;
  readonly #statements: BatchStatements;
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #rollback: StatementSync;
  readonly #readLane: StatementSync;
  readonly #advanceLane: StatementSync;
  readonly #walState: StatementSync;
  readonly #checkpoint: StatementSync;
  /** What is durable; only this process writes, so a cached row stays true. */
  readonly #lanes = new Map<number, LaneState>();
  #doubtful: boolean;

  /** A successor takes over from a writer that died: that one's last COMMIT may be what point 3 speaks of. */
  constructor(database: DatabaseSync, { isSuccessor = false }: { readonly isSuccessor?: boolean } = {}) {
    this.#database = database;
    this.#doubtful = isSuccessor;
    this.#statements = new BatchStatements(database);
    this.#begin = database.prepare("BEGIN IMMEDIATE");
    this.#commit = database.prepare("COMMIT");
    this.#rollback = database.prepare("ROLLBACK");
    this.#readLane = database.prepare(
      "SELECT epoch, batch_no, next_id FROM lane WHERE lane = ? ORDER BY epoch DESC LIMIT 1",
    );
    this.#advanceLane = database.prepare("UPDATE lane SET batch_no = ?, next_id = ? WHERE lane = ? AND epoch = ?");
    this.#walState = database.prepare("PRAGMA wal_checkpoint(NOOP)");
    this.#checkpoint = database.prepare("PRAGMA wal_checkpoint(PASSIVE)");
  }

  openLane(open: LaneOpen): LaneOpened {
    this.#ensureSettled();
    try {
      this.#begin.run();
      const opened = this.#insertLane(open.lane);
      this.#commit.run();
      this.#lanes.set(open.lane, { ...opened, batchNo: 0 });
      return opened;
    } catch (cause) {
      this.#abandon();
      this.#lanes.delete(open.lane);
      throw new StoreUnavailableError(`lane ${open.lane} cannot be opened: ${textOf(cause)}`, { cause });
    }
  }

  #insertLane(lane: number): LaneOpened {
    const epoch = ((this.#readLane.get(lane)?.["epoch"] as number | undefined) ?? 0) + 1;
    // Ids are unique per slot and slots move between lanes: the largest allocator of all is safe for each.
    const largest = this.#database.prepare("SELECT max(next_id) AS next_id FROM lane").get();
    const nextId = (largest?.["next_id"] as number | null) ?? 1;
    this.#database
      .prepare("INSERT INTO lane (lane, epoch, batch_no, next_id) VALUES (?, ?, 0, ?)")
      .run(lane, epoch, nextId);
    this.#database.prepare("DELETE FROM lane WHERE lane = ? AND epoch < ?").run(lane, epoch - EPOCHS_KEPT);
    return { epoch, nextId };
  }

  lastBatch(lane: number, epoch: number): number {
    this.#ensureSettled();
    const row = this.#database.prepare("SELECT batch_no FROM lane WHERE lane = ? AND epoch = ?").get(lane, epoch);
    return (row?.["batch_no"] as number | undefined) ?? 0;
  }

  /** Commits batches that waited together; answers in their order. */
  commit(group: readonly EncodedBatch[]): CommitResult[] {
    if (this.#doubtful && !this.#settle()) {
      const error = new StoreUnavailableError("an earlier commit is not settled yet");
      return group.map(() => ({ kind: "failed", error }));
    }
    return this.#attempt(group) ?? group.map((batch) => (this.#attempt([batch]) as CommitResult[])[0] as CommitResult);
  }

  /**
   * Returns some free pages to the file system, so few that commits hardly wait for it. What deletions leave is used again
   * by what is written next: only when a good part of the file is free is some of it returned.
   */
  giveBackSpace(): boolean {
    if (this.#freeShare() < FREE_SHARE_KEPT) return false;
    try {
      // A statement of its own: it steps once for each page that is moved or cut off.
      this.#database.prepare(`PRAGMA incremental_vacuum(${PAGES_GIVEN_BACK})`).all();
    } catch {
      this.#abandon();
      return false; // A full disk, for example: the next commit says what is wrong with it.
    }
    return this.#freeShare() >= FREE_SHARE_KEPT;
  }

  #freeShare(): number {
    const pragma = (name: string): number => this.#database.prepare(`PRAGMA ${name}`).get()?.[name] as number;
    const free = pragma("freelist_count");
    return free < PAGES_GIVEN_BACK ? 0 : free / pragma("page_count");
  }

  /** Pages in the log that are not in the database yet. */
  walPages(): number {
    const state = this.#walState.get() as { log: number; checkpointed: number };
    return state.log - state.checkpointed;
  }

  /** False when the log could not be written back, as on a full disk: it stays as it was, and may be tried again. */
  checkpoint(): boolean {
    try {
      this.#checkpoint.get();
      return true;
    } catch {
      return false; // Nothing depends on it, and the next commit says what is wrong with the disk.
    }
  }

  close(): void {
    this.#database.close();
  }

  /** undefined when one of several batches was refused: they have to be tried one by one. */
  #attempt(group: readonly EncodedBatch[]): CommitResult[] | undefined {
    const results: CommitResult[] = [];
    const staged = new Map<number, LaneState>();
    try {
      this.#begin.run();
      for (const batch of group) results.push(this.#apply(batch, staged));
    } catch (error) {
      this.#abandon();
      return group.length > 1 ? undefined : [{ kind: "failed", error: toError(error) }];
    }
    try {
      this.#commit.run();
    } catch (error) {
      return this.#commitFailed(error, results);
    }
    for (const [lane, state] of staged) this.#lanes.set(lane, state);
    return results;
  }

  #apply(batch: EncodedBatch, staged: Map<number, LaneState>): CommitResult {
    const opened = readHeader(batch);
    const { lane, epoch, batchNo, nextId } = opened.header;
    const current = staged.get(lane) ?? this.#lane(lane);
    if (epoch < current.epoch) return { kind: "fenced" };
    refuseStep(opened.header, current);
    this.#statements.apply(opened);
    this.#advanceLane.run(batchNo, nextId, lane, epoch);
    staged.set(lane, { epoch, batchNo, nextId });
    return { kind: "committed" };
  }

  #lane(lane: number): LaneState {
    const cached = this.#lanes.get(lane);
    if (cached !== undefined) return cached;
    const row = this.#readLane.get(lane);
    const field = (name: string): number => (row?.[name] as number | undefined) ?? 0;
    const state = { epoch: field("epoch"), batchNo: field("batch_no"), nextId: field("next_id") };
    this.#lanes.set(lane, state);
    return state;
  }

  #commitFailed(error: unknown, results: readonly CommitResult[]): CommitResult[] {
    this.#abandon();
    const code = ((error as { errcode?: number }).errcode ?? 0) & 0xff;
    // FULL: a frame of the log could not be written, so its commit record is not whole. BUSY: nothing was written.
    this.#doubtful = code !== SQLITE_FULL && code !== SQLITE_BUSY;
    const kind = this.#doubtful && !this.#settle() ? "unknown" : "failed";
    return results.map((result) => (result.kind === "committed" ? { kind, error: toError(error) } : result));
  }

  /** Writes a transaction where a doubtful one may stand in the log. */
  #settle(): boolean {
    try {
      this.#database.exec(
        `INSERT INTO lane (lane, epoch, batch_no, next_id) VALUES (${SETTLE_LANE}, 0, 1, 1)
         ON CONFLICT DO UPDATE SET batch_no = batch_no + 1`,
      );
      this.#doubtful = false;
      this.#lanes.clear();
      return true;
    } catch {
      // Still failing: the caller answers so, and the next call tries again.
      this.#abandon();
      return false;
    }
  }

  #ensureSettled(): void {
    if (this.#doubtful && !this.#settle()) throw new StoreUnavailableError("an earlier commit is not settled yet");
  }

  #abandon(): void {
    if (this.#database.isTransaction) this.#rollback.run();
  }
}

function refuseStep(header: BatchHeader, current: LaneState): void {
  if (header.epoch > current.epoch) {
    throw new BatchRefusedError(`lane ${header.lane} was never opened with epoch ${header.epoch}`);
  }
  if (header.batchNo !== current.batchNo + 1) {
    throw new BatchRefusedError(
      `batch ${header.batchNo} of lane ${header.lane} does not follow batch ${current.batchNo}`,
    );
  }
  if (header.nextId < current.nextId) {
    throw new BatchRefusedError(`next id ${header.nextId} of lane ${header.lane} is below ${current.nextId}`);
  }
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

function textOf(error: unknown): string {
  return toError(error).message;
}
