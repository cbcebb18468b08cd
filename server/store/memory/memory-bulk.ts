/** The memory store as a whole: what checks and copies of tests read and write. */
import { packKey, unpackKey } from "../entity-key.ts";
import { COPY_LANE, UNFINISHED_COPY_KEY } from "../bulk.ts";
import type { BulkReader, BulkWriter, LaneRow, MeteringRow, MetaRow, StoredEntity } from "../bulk.ts";
import type { EntityKey, Store } from "../store.ts";
import type { MemoryDisk } from "./memory-disk.ts";

export function readMemoryInBulk(disk: MemoryDisk): BulkReader {
  return {
    place: "memory",
    lanes: async () => lanesOf(disk),
    countEntities: async () => disk.entities.size,
    async *entities(after) {
      const from = after === undefined ? -1 : packKey(after);
      for (const key of keysOf(disk)) if (key > from) yield entityAt(disk, key);
    },
    async *meta() {
      yield* metaOf(disk);
    },
    async *metering() {
      yield* meteringOf(disk);
    },
    async *complaints() {},
    async close() {},
  };
}

/** `store` is open on the same disk. */
export function writeMemoryInBulk(disk: MemoryDisk, store: Store): BulkWriter {
  return {
    place: "memory",
    store,
    isEmpty: async () => disk.entities.size === 0 && disk.lanes.size === 0 && disk.meta.size === 0,
    async writeMetering(rows) {
      for (const { lane, epoch, batchNo, blob } of rows) {
        const { metering } = laneAt(disk, lane);
        if (!metering.some((row) => row.epoch === epoch && row.batchNo === batchNo))
          metering.push({ epoch, batchNo, blob: blob.slice() });
      }
    },
    async finish(lanes) {
      disk.lanes.delete(COPY_LANE);
      for (const { lane, epoch, batchNo, nextId } of lanes) {
        const row = laneAt(disk, lane);
        row.epoch = Math.max(row.epoch, epoch);
        row.nextId = Math.max(row.nextId, nextId);
        row.batchNos.set(epoch, batchNo);
      }
      disk.meta.delete(UNFINISHED_COPY_KEY);
    },
    close: () => store.close(),
  };
}

function laneAt(disk: MemoryDisk, lane: number) {
  let row = disk.lanes.get(lane);
  if (row === undefined) disk.lanes.set(lane, (row = { epoch: 0, nextId: 1, batchNos: new Map(), metering: [] }));
  return row;
}

function keysOf(disk: MemoryDisk): number[] {
  const keys = new Set<number>();
  for (const rows of [disk.entities, disk.parts, disk.history, disk.visibilityByKey])
    for (const key of rows.keys()) keys.add(key);
  return [...keys].sort((a, b) => a - b);
}

function entityAt(disk: MemoryDisk, packed: number): StoredEntity {
  const key: EntityKey = unpackKey(packed);
  const row = disk.entities.get(packed);
  const parts = [...(disk.parts.get(packed) ?? [])].map(([part, blob]) => ({ part, blob }));
  return {
    key,
    entity: row === undefined ? undefined : { ...row.identity, state: row.state, dueAt: row.dueAt },
    parts: parts.sort((a, b) => (a.part < b.part ? -1 : 1)),
    history: (disk.history.get(packed) ?? []).map(({ node, blob }) => ({ node, blob })),
    visibility: disk.visibilityByKey.get(packed)?.row,
    damage: [],
  };
}

/** An allocator belongs to its lane's last epoch here. */
function lanesOf(disk: MemoryDisk): LaneRow[] {
  return [...disk.lanes].flatMap(([lane, { nextId, batchNos }]) =>
    [...batchNos].map(([epoch, batchNo]) => ({ lane, epoch, batchNo, nextId })),
  );
}

function metaOf(disk: MemoryDisk): MetaRow[] {
  return [...disk.meta].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, blob]) => ({ key, blob }));
}

function meteringOf(disk: MemoryDisk): MeteringRow[] {
  return [...disk.lanes].flatMap(([lane, { metering }]) => metering.map((row) => ({ lane, ...row })));
}
