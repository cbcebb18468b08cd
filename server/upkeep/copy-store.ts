/**
 * Everything of one store into another, of whatever kind.
 *
 * 1. The target is empty, or holds the beginning of this same copy. What is copied in one transaction says how far the
 *    copy has come; it goes on from there, unless the source has changed since.
 * 2. Until the copy is finished its mark stands in the target's registry, and no server starts on it.
 * 3. Damage ends a copy: nothing is passed on that would look whole afterwards.
 */
import { EMPTY_BATCH } from "../store/index.ts";
import { CorruptionError, StoreOpenError, StoreUnavailableError } from "../store/errors.ts";
import { COPY_LANE, SLOTS, UNFINISHED_COPY_KEY } from "../store/index.ts";
import type { Batch, BulkReader, BulkWriter, EntityKey, LaneRow, MeteringRow, StoredEntity } from "../store/index.ts";
import { breathe } from "./progress.ts";
import type { Supervision } from "./progress.ts";

/** One transaction's worth. */
const RUNS_PER_BATCH = 500;
const BYTES_PER_BATCH = 4 * 1024 * 1024;
const ROWS_PER_BATCH = 2_000;

export interface CopyAccount {
  readonly runs: number;
  /** Of these, so many were there from a copy that had been interrupted. */
  readonly runsBefore: number;
  readonly registryEntries: number;
  readonly meteringRows: number;
}

interface Reached {
  /** The last key that was copied. */
  readonly after?: EntityKey | undefined;
  readonly runs: number;
}

const BEGINNING: Reached = { runs: 0 };

interface Mark extends Reached {
  /** What the source's lanes were: any commit changes them. */
  readonly source: string;
}

export interface CopyPlaces {
  readonly from: BulkReader;
  readonly to: BulkWriter;
  /** Tests interrupt copies between small ones. */
  readonly runsPerBatch?: number | undefined;
}

export async function copyStore(
  { from, to, runsPerBatch = RUNS_PER_BATCH }: CopyPlaces,
  supervision: Supervision,
): Promise<CopyAccount> {
  const lanes = await from.lanes();
  const before = await readMark(to, lanes);
  if (before === undefined && !(await to.isEmpty()))
    throw new StoreOpenError(`${to.place} has data of its own: copy into an empty folder or database`);
  const lane = await CopyLane.open(to, lanes);
  const runs = await copyEntities({ from, lane, mark: before ?? BEGINNING, runsPerBatch }, supervision);
  const registryEntries = await copyRegistry(from, lane);
  const meteringRows = await copyMetering({ from, to }, supervision);
  await to.finish(lanes);
  return { runs, runsBefore: before?.runs ?? 0, registryEntries, meteringRows };
}

function identityOf(lanes: readonly LaneRow[]): string {
  return lanes.map(({ lane, epoch, batchNo, nextId }) => `${lane}/${epoch}/${batchNo}/${nextId}`).join(" ");
}

async function readMark(to: BulkWriter, lanes: readonly LaneRow[]): Promise<Mark | undefined> {
  const stored = (await to.store.readMeta(UNFINISHED_COPY_KEY))[0];
  if (stored === undefined) return undefined;
  const mark = JSON.parse(Buffer.from(stored.blob).toString("utf8")) as Mark;
  if (mark.source !== identityOf(lanes))
    throw new StoreOpenError(
      `${to.place} has the beginning of a copy of another store, or of this one before it was used again: ` +
        `empty it and copy anew`,
    );
  return mark;
}

/** Commits one batch after the other. */
class CopyLane {
  readonly #to: BulkWriter;
  readonly #epoch: number;
  readonly #nextId: number;
  readonly source: string;
  #batchNo = 0;

  private constructor(to: BulkWriter, { epoch, nextId, source }: { epoch: number; nextId: number; source: string }) {
    this.#to = to;
    this.#epoch = epoch;
    this.#nextId = nextId;
    this.source = source;
  }

  static async open(to: BulkWriter, lanes: readonly LaneRow[]): Promise<CopyLane> {
    const { epoch, nextId } = await to.store.openLane({ lane: COPY_LANE, slotFrom: 0, slotTo: SLOTS });
    const largest = lanes.reduce((max, lane) => Math.max(max, lane.nextId), nextId);
    return new CopyLane(to, { epoch, nextId: largest, source: identityOf(lanes) });
  }

  async commit(fields: Partial<Batch>): Promise<void> {
    const batch = { ...EMPTY_BATCH, nextId: this.#nextId, ...fields };
    const result = await this.#to.store.commit({
      lane: COPY_LANE,
      epoch: this.#epoch,
      batchNo: ++this.#batchNo,
      batch,
    });
    if (result.kind === "committed") return;
    const cause = "error" in result ? result.error : undefined;
    // Whatever became of the batch, the mark that is stored tells where to go on.
    throw new StoreUnavailableError(
      `${this.#to.place} did not take a batch (${cause?.message ?? "another copy or a server has it"})`,
      { cause },
    );
  }
}

async function copyEntities(
  { from, lane, mark, runsPerBatch }: { from: BulkReader; lane: CopyLane; mark: Reached; runsPerBatch: number },
  supervision: Supervision,
): Promise<number> {
  const all = await from.countEntities();
  let { runs } = mark;
  let batch: StoredEntity[] = [];
  let bytes = 0;
  const flush = async (): Promise<void> => {
    const after = batch.at(-1)?.key ?? mark.after;
    runs += batch.filter(({ entity }) => entity !== undefined).length;
    const reached: Mark = { source: lane.source, after, runs };
    await lane.commit({ ...rowsOf(batch), meta: [{ key: UNFINISHED_COPY_KEY, blob: jsonOf(reached) }] });
    batch = [];
    bytes = 0;
    await breathe(supervision, { step: "copying runs", done: runs, all });
  };
  await flush(); // From the first moment on the target is known as a copy.
  for await (const stored of from.entities(mark.after)) {
    refuseDamage(stored);
    batch.push(stored);
    bytes += bytesOf(stored);
    if (batch.length >= runsPerBatch || bytes >= BYTES_PER_BATCH) await flush();
  }
  if (batch.length > 0) await flush();
  return runs;
}

function rowsOf(batch: readonly StoredEntity[]): Partial<Batch> {
  return {
    creates: batch.flatMap(({ entity }) => (entity === undefined ? [] : [entity])),
    parts: batch.flatMap(({ key, parts }) => parts.map((part) => ({ ...key, ...part }))),
    history: batch.flatMap(({ key, history }) => history.map((node) => ({ ...key, ...node }))),
    visibility: batch.flatMap(({ visibility }) => (visibility === undefined ? [] : [visibility])),
  };
}

function refuseDamage({ damage }: StoredEntity): void {
  if (damage[0] !== undefined) throw damage[0];
}

function bytesOf({ entity, parts, history }: StoredEntity): number {
  let bytes = entity?.state.length ?? 0;
  for (const { blob } of parts) bytes += blob.length;
  for (const { blob } of history) bytes += blob.length;
  return bytes;
}

async function copyRegistry(from: BulkReader, lane: CopyLane): Promise<number> {
  const meta: { key: string; blob: Uint8Array }[] = [];
  for await (const row of from.meta()) {
    if (row instanceof CorruptionError) throw row;
    if (row.key === UNFINISHED_COPY_KEY) throw new StoreOpenError(`${from.place} is a copy that was not finished`);
    meta.push(row);
  }
  for (let at = 0; at < meta.length; at += ROWS_PER_BATCH)
    await lane.commit({ meta: meta.slice(at, at + ROWS_PER_BATCH) });
  return meta.length;
}

async function copyMetering(
  { from, to }: { readonly from: BulkReader; readonly to: BulkWriter },
  supervision: Supervision,
): Promise<number> {
  let batch: MeteringRow[] = [];
  let done = 0;
  const flush = async (): Promise<void> => {
    await to.writeMetering(batch);
    done += batch.length;
    batch = [];
    await breathe(supervision, { step: "copying metering rows", done, all: undefined });
  };
  for await (const row of from.metering()) {
    if (row instanceof CorruptionError) throw row;
    batch.push(row);
    if (batch.length >= ROWS_PER_BATCH) await flush();
  }
  await flush();
  return done;
}

function jsonOf(mark: Mark): Uint8Array {
  return Buffer.from(JSON.stringify(mark));
}
