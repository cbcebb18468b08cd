/** The store of tests, benches and the simulation: SQLite's semantics on a MemoryDisk; answers come in a microtask. */
import { packKey } from "../entity-key.ts";
import { BatchRefusedError, StoreUnavailableError } from "../errors.ts";
import type {
  CommitRequest,
  CommitResult,
  DueEntity,
  EntityIdentity,
  EntityKey,
  FindEntity,
  HistoryNode,
  LoadedEntity,
  ReadDue,
  ReadHistory,
  Store,
} from "../store.ts";
import { applyBatch, checkBatch, firstNode } from "./apply-batch.ts";
import { businessKey, MemoryDisk, scopeKey } from "./memory-disk.ts";
import type { EntityRow, LaneRow } from "./memory-disk.ts";
import { MemorySpill } from "./memory-spill.ts";
import { countRows, listRows } from "./visibility-reads.ts";

export interface MemoryStoreOptions {
  /** What survives; a new empty one unless given. Opening fences every store opened on it before. */
  readonly disk?: MemoryDisk | undefined;
}

export function openMemoryStore(options: MemoryStoreOptions = {}): Store {
  return new MemoryStore(options.disk ?? new MemoryDisk());
}

class MemoryStore implements Store {
  readonly name = "memory";
  readonly #disk: MemoryDisk;
  readonly #generation: number;
  readonly #spill = new MemorySpill();
  #isClosed = false;

  constructor(disk: MemoryDisk) {
    this.#disk = disk;
    disk.generation += 1;
    this.#generation = disk.generation;
  }

  openLane: Store["openLane"] = async ({ lane: number }) => {
    const disk = this.#readable();
    let nextId = 1;
    for (const lane of disk.lanes.values()) nextId = Math.max(nextId, lane.nextId);
    const lane = disk.lanes.get(number) ?? { epoch: 0, nextId, batchNos: new Map(), metering: [] };
    lane.epoch += 1;
    lane.nextId = nextId;
    lane.batchNos.set(lane.epoch, 0);
    disk.lanes.set(number, lane);
    return { epoch: lane.epoch, nextId };
  };

  commit: Store["commit"] = async (request) => this.#commit(request);

  isOurs: Store["isOurs"] = () => this.#generation === this.#disk.generation || Promise.resolve(false);

  lastBatch: Store["lastBatch"] = async (lane, epoch) => this.#readable().lanes.get(lane)?.batchNos.get(epoch) ?? 0;

  async loadEntity(key: { slot: number; id: number }): Promise<LoadedEntity | undefined> {
    const disk = this.#readable();
    const packed = packKey(key);
    const row = disk.entities.get(packed);
    if (row === undefined) return undefined;
    const parts = [...(disk.parts.get(packed) ?? [])].map(([part, blob]) => ({ part, blob }));
    parts.sort((a, b) => compareText(a.part, b.part));
    return { ...row.identity, state: row.state, dueAt: row.dueAt, parts };
  }

  async findEntity(find: FindEntity): Promise<EntityIdentity | undefined> {
    const disk = this.#readable();
    const keys = disk.businessIds.get(businessKey(find.namespace, find.kind, find.businessId)) ?? [];
    for (let i = keys.length - 1; i >= 0; i--) {
      const { identity } = disk.entities.get(keys[i] as number) as EntityRow;
      if (identity.slot !== find.slot) continue;
      if (find.runId === undefined || identity.runId === find.runId) return identity;
    }
    return undefined;
  }

  async readHistory(read: ReadHistory): Promise<readonly HistoryNode[]> {
    const nodes = this.#readable().history.get(packKey(read)) ?? [];
    const found: HistoryNode[] = [];
    let bytes = 0;
    for (let i = Math.max(0, firstNode(nodes, read.fromNode + 1) - 1); i < nodes.length; i++) {
      const node = nodes[i] as HistoryNode;
      if (node.node >= read.toNode) break;
      found.push({ node: node.node, blob: node.blob });
      bytes += node.blob.length;
      if (bytes >= read.bytesMax) break;
    }
    return found;
  }

  async readDue(read: ReadDue): Promise<readonly DueEntity[]> {
    const found: DueEntity[] = [];
    for (const due of this.#readable().due.from(read.after)) {
      if (due.dueAt > read.upTo || found.length >= read.limit) break;
      const isAfter =
        read.after === undefined || packKey(due) !== packKey(read.after) || due.dueAt !== read.after.dueAt;
      if (isAfter && due.slot >= read.slotFrom && due.slot < read.slotTo) found.push(due);
    }
    return found;
  }

  listVisibility: Store["listVisibility"] = async (list, signal) => {
    signal?.throwIfAborted();
    const disk = this.#readable();
    return listRows(disk, list);
  };

  countVisibility: Store["countVisibility"] = async (count, signal) => {
    signal?.throwIfAborted();
    const disk = this.#readable();
    return countRows(disk, count);
  };

  readByCloseTime: Store["readByCloseTime"] = async ({ namespace, kind, before, limit, skip }) => {
    const keys: EntityKey[] = [];
    let passed = 0;
    for (const { row } of this.#readable().visibility.get(scopeKey(namespace, kind))?.backwards() ?? []) {
      if (keys.length >= limit || (before !== undefined && (row.closeTime ?? Number.POSITIVE_INFINITY) >= before))
        break;
      if (passed++ >= skip) keys.push({ slot: row.slot, id: row.id });
    }
    return keys;
  };

  giveBackSpace: Store["giveBackSpace"] = async () => false;

  readMeta: Store["readMeta"] = async (prefix) => {
    const found = [...this.#readable().meta].filter(([key]) => key.startsWith(prefix));
    return found.sort(([a], [b]) => compareText(a, b)).map(([key, blob]) => ({ key, blob }));
  };

  readMetering: Store["readMetering"] = async ({ lane, afterEpoch, afterBatchNo, limit }) => {
    const rows = this.#readable().lanes.get(lane)?.metering ?? [];
    const isAfter = (row: { epoch: number; batchNo: number }): boolean =>
      row.epoch > afterEpoch || (row.epoch === afterEpoch && row.batchNo > afterBatchNo);
    const from = rows.findIndex(isAfter);
    return from === -1 ? [] : rows.slice(from, from + limit);
  };

  spillTasks: Store["spillTasks"] = async (tasks) => {
    this.#readable();
    this.#spill.add(tasks);
  };

  takeSpilledTasks: Store["takeSpilledTasks"] = async (queue, limit) => {
    this.#readable();
    return this.#spill.take(queue, limit);
  };

  countSpilledTasks: Store["countSpilledTasks"] = async (queue) => {
    this.#readable();
    return this.#spill.count(queue);
  };

  async close(): Promise<void> {
    this.#isClosed = true;
  }

  #commit(request: CommitRequest): CommitResult {
    if (this.#isClosed) return { kind: "failed", error: new StoreUnavailableError("the store is closed") };
    if (this.#generation !== this.#disk.generation) return { kind: "fenced" };
    const { lane: number, epoch, batchNo } = request;
    const lane = this.#disk.lanes.get(number);
    if (lane !== undefined && epoch < lane.epoch) return { kind: "fenced" };
    try {
      refuseStep(request, lane);
      checkBatch(this.#disk, request.batch);
    } catch (error) {
      return { kind: "failed", error: error as Error };
    }
    applyBatch(this.#disk, lane as LaneRow, { ...request, epoch, batchNo });
    return { kind: "committed" };
  }

  #readable(): MemoryDisk {
    if (this.#isClosed) throw new StoreUnavailableError("the store is closed");
    if (this.#generation === this.#disk.generation) return this.#disk;
    throw new StoreUnavailableError("the store's disk was opened by another store");
  }
}

function refuseStep(request: CommitRequest, lane: LaneRow | undefined): void {
  const { lane: number, epoch, batchNo } = request;
  if (lane === undefined || epoch > lane.epoch) {
    throw new BatchRefusedError(`lane ${number} was never opened with epoch ${epoch}`);
  }
  if (request.batch.nextId < lane.nextId) {
    throw new BatchRefusedError(`next id ${request.batch.nextId} of lane ${number} is below ${lane.nextId}`);
  }
  const last = lane.batchNos.get(epoch) ?? 0;
  if (batchNo !== last + 1)
    throw new BatchRefusedError(`batch ${batchNo} of lane ${number} does not follow batch ${last}`);
}

/** The order of SQLite's BINARY collation on the UTF-8 texts we store; UTF-16 order differs only beyond the BMP. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
