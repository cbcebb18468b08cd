/**
 * Commits. Every statement that writes to a lane updates the lane's row first, so that writers of a lane take turns at
 * that row's lock and the second sees what the first has left.
 *
 * 1. A commit demands the lane's epoch, its ticket and the batch number before it; if they are others, nothing is written.
 * 2. The ticket is the right to write. It changes when the lane is opened, when another process takes the lease, and when
 *    an unknown outcome is settled: a statement that was lost on the way and arrives later finds it changed.
 */
import type { Log } from "../../../base/index.ts";
import { Arena } from "./arena.ts";
import { inArena } from "./binary-array.ts";
import { BatchRefusedError, StoreUnavailableError } from "../errors.ts";
import type { CommitRequest, CommitResult, LaneOpen, LaneOpened } from "../store.ts";
import { batchStatement, deletionStatements } from "./batch-statement.ts";
import type { Connection, Row, Statement } from "./connection.ts";
import { ConnectionLostError, isContradiction, isRetryable } from "./database-errors.ts";
import { deletesWhatItWrites, reduceBatch } from "./reduced-batch.ts";

/** Rows of ended epochs that are kept, so that a late owner can still settle its last commit. */
const EPOCHS_KEPT = 64;
const RETRIES_MAX = 10;

interface OpenLane {
  readonly epoch: number;
  ticket: number;
  /** A commit's outcome is not known: it may still be on its way. */
  isDoubtful: boolean;
  /** Of the last batch that was acknowledged. */
  batchNo: number;
}

interface StoredLane {
  readonly epoch: number;
  readonly batchNo: number;
  readonly nextId: number;
  readonly ticket: number;
}

const READ_LANE = "SELECT epoch, batch_no, next_id, ticket FROM lane WHERE lane = $1::int4";

export class LaneWriter {
  readonly #connections: readonly Connection[];
  readonly #log: Log;
  readonly #lanes = new Map<number, OpenLane>();
  /** Those that no commit is using. */
  readonly #arenas: Arena[] = [];

  /** Lanes share the connections; each keeps to one. */
  constructor(connections: readonly Connection[], log: Log) {
    this.#connections = connections;
    this.#log = log;
  }

  async openLane({ lane }: LaneOpen): Promise<LaneOpened> {
    try {
      const opened = await this.#connection(lane).transaction((query) => openLane(query, lane));
      this.#lanes.set(lane, { epoch: opened.epoch, ticket: opened.ticket, isDoubtful: false, batchNo: 0 });
      return { epoch: opened.epoch, nextId: opened.nextId };
    } catch (cause) {
      throw new StoreUnavailableError(`lane ${lane} cannot be opened: ${(cause as Error).message}`, { cause });
    }
  }

  /** Reads the request's bytes before it returns. */
  commit(request: CommitRequest): Promise<CommitResult> {
    const open = this.#lanes.get(request.lane);
    const ticket = open?.ticket ?? 0;
    try {
      const batch = reduceBatch(request.batch);
      const isSplit = deletesWhatItWrites(batch);
      const arena = this.#arenas.pop() ?? new Arena();
      const statement = inArena(arena, () =>
        batchStatement({ ...request, ticket }, isSplit ? { ...batch, deletes: [] } : batch),
      );
      const after = isSplit ? deletionStatements(batch.deletes) : [];
      return this.#write(request, { statement, after }).finally(() => this.#arenas.push(arena));
    } catch (error) {
      if (!(error instanceof BatchRefusedError)) throw error;
      // Fencing comes before all else.
      return this.#explain(request, error);
    }
  }

  /** A commit of some lane may still be on its way. */
  get isDoubtful(): boolean {
    return [...this.#lanes.values()].some((open) => open.isDoubtful);
  }

  async lastBatch(lane: number, epoch: number): Promise<number> {
    const open = this.#lanes.get(lane);
    const connection = this.#connection(lane);
    if (open?.isDoubtful === true && open.epoch === epoch) {
      const [settled] = await connection.query({
        name: "settle_lane",
        text: `UPDATE lane SET ticket = ticket + 1 WHERE lane = $1::int4 AND epoch = $2::int8 RETURNING batch_no, ticket`,
        values: [lane, epoch],
      });
      if (settled !== undefined) {
        const [batchNo, ticket] = settled as [number, number];
        open.ticket = ticket;
        open.isDoubtful = false;
        open.batchNo = batchNo;
        return batchNo;
      }
    }
    const [row] = await connection.query({
      name: "last_batch",
      text: `SELECT batch_no FROM lane WHERE lane = $1::int4 AND epoch = $2::int8
             UNION ALL SELECT batch_no FROM lane_epoch WHERE lane = $1::int4 AND epoch = $2::int8`,
      values: [lane, epoch],
    });
    return (row?.[0] as number | undefined) ?? 0;
  }

  #connection(lane: number): Connection {
    return this.#connections[lane % this.#connections.length] as Connection;
  }

  async #write(
    request: CommitRequest,
    { statement, after }: { statement: Statement; after: readonly Statement[] },
  ): Promise<CommitResult> {
    const connection = this.#connection(request.lane);
    const open = this.#lanes.get(request.lane);
    for (let attempt = 1; ; attempt++) {
      try {
        const isWritten =
          after.length === 0
            ? isOne(await connection.query(statement))
            : await connection.transaction((query) => writeInSteps(query, statement, after));
        if (!isWritten) return await this.#explain(request, undefined);
        if (open?.epoch === request.epoch) open.batchNo = request.batchNo;
        return { kind: "committed" };
      } catch (thrown) {
        const error = thrown as Error;
        if (isRetryable(error) && attempt < RETRIES_MAX) continue;
        if (isContradiction(error))
          return {
            kind: "failed",
            error: new BatchRefusedError(`the batch contradicts what is stored: ${error.message}`, { cause: error }),
          };
        if (!(error instanceof ConnectionLostError)) return { kind: "failed", error };
        if (open?.epoch === request.epoch) open.isDoubtful = true;
        return { kind: "unknown", error };
      }
    }
  }

  /** Why nothing of a batch was written. */
  async #explain(request: CommitRequest, refusal: BatchRefusedError | undefined): Promise<CommitResult> {
    const { lane, epoch, batchNo, batch } = request;
    let stored: StoredLane | undefined;
    try {
      stored = storedLane(
        (await this.#connection(lane).query({ name: "read_lane", text: READ_LANE, values: [lane] }))[0],
      );
    } catch (error) {
      return { kind: "failed", error: error as Error };
    }
    const open = this.#lanes.get(lane);
    if (stored !== undefined && epoch < stored.epoch) return { kind: "fenced" };
    const refused = (reason: string): CommitResult => ({ kind: "failed", error: new BatchRefusedError(reason) });
    if (stored === undefined || epoch > stored.epoch || open === undefined)
      return refused(`lane ${lane} was never opened with epoch ${epoch}`);
    if (stored.ticket !== open.ticket) return { kind: "fenced" };
    if (refusal !== undefined) return { kind: "failed", error: refusal };
    if (stored.batchNo < open.batchNo) {
      this.#log.error("the database has lost acknowledged writes, as a standby does that was promoted too early", {
        lane,
        acknowledged: open.batchNo,
        stored: stored.batchNo,
      });
    }
    if (batchNo !== stored.batchNo + 1)
      return refused(`batch ${batchNo} of lane ${lane} does not follow batch ${stored.batchNo}`);
    if (batch.nextId < stored.nextId)
      return refused(`next id ${batch.nextId} of lane ${lane} is below ${stored.nextId}`);
    return refused(`batch ${batchNo} of lane ${lane} was overtaken by the settling of an earlier one`);
  }
}

type Query = (statement: Statement) => Promise<Row[]>;

async function writeInSteps(query: Query, statement: Statement, after: readonly Statement[]): Promise<boolean> {
  const isWritten = isOne(await query(statement));
  if (isWritten) for (const step of after) await query(step);
  return isWritten;
}

/**
 * In steps, not in one statement: each must see what an earlier writer left that it had to wait for. Ids are unique per
 * slot and slots move between lanes: the largest allocator of all is safe for each.
 */
async function openLane(query: Query, lane: number): Promise<StoredLane> {
  const rows = await query({
    text: "SELECT lane, epoch, batch_no, next_id, ticket FROM lane ORDER BY lane FOR UPDATE",
  });
  const nextId = rows.reduce((largest, row) => Math.max(largest, row[3] as number), 1);
  const row = rows.find(([number]) => number === lane);
  const before = storedLane(row?.slice(1));
  const opened: StoredLane = { epoch: (before?.epoch ?? 0) + 1, batchNo: 0, nextId, ticket: (before?.ticket ?? 0) + 1 };
  if (before === undefined) {
    await query({
      text: "INSERT INTO lane (lane, epoch, batch_no, next_id, ticket) VALUES ($1::int4, $2::int8, 0, $3::int8, $4::int8)",
      values: [lane, opened.epoch, nextId, opened.ticket],
    });
    return opened;
  }
  await query({
    text: "INSERT INTO lane_epoch (lane, epoch, batch_no) VALUES ($1::int4, $2::int8, $3::int8)",
    values: [lane, before.epoch, before.batchNo],
  });
  await query({
    text: "UPDATE lane SET epoch = $2::int8, batch_no = 0, next_id = $3::int8, ticket = $4::int8 WHERE lane = $1::int4",
    values: [lane, opened.epoch, nextId, opened.ticket],
  });
  await query({
    text: "DELETE FROM lane_epoch WHERE lane = $1::int4 AND epoch < $2::int8",
    values: [lane, opened.epoch - EPOCHS_KEPT],
  });
  return opened;
}

function storedLane(row: Row | undefined): StoredLane | undefined {
  if (row === undefined) return undefined;
  const [epoch, batchNo, nextId, ticket] = row as [number, number, number, number];
  return { epoch, batchNo, nextId, ticket };
}

function isOne(rows: readonly Row[]): boolean {
  return rows[0]?.[0] === 1;
}
