/** Batches whose every row says which batch wrote it, and the check that a store holds whole batches only. */
import assert from "node:assert/strict";
import type { Random } from "../../../base/index.ts";
import type { Batch, Store } from "../../../server/store/index.ts";
import { entity, visibilityRow } from "../../../server/store/conformance/store-under-test.fixture.ts";

/** Ids: one hot entity per epoch that every batch changes, and one new entity per batch. Slots say the lane. */
const BATCHES_MAX = 100_000;

function idOf(epoch: number, batchNo: number): number {
  return epoch * BATCHES_MAX + batchNo;
}

interface Numbered {
  readonly lane: number;
  readonly epoch: number;
  readonly batchNo: number;
  readonly random: Random;
}

/** The same length for every number and different bytes: a page of mixed ages would show. */
function blobOf(numbers: Omit<Numbered, "random">, bytes: number): Uint8Array {
  return Buffer.from(`${numbers.lane}/${numbers.epoch}/${numbers.batchNo} `.repeat(Math.ceil(bytes / 4))).subarray(
    0,
    bytes,
  );
}

export function batchFor(numbered: Numbered & { takeId: () => number }): Omit<Batch, "nextId"> {
  const { lane, epoch, batchNo, random } = numbered;
  const hot = { slot: lane, id: idOf(epoch, 0) };
  const own = { slot: lane, id: idOf(epoch, batchNo) };
  const size = 50 + Math.floor(random.next() * 1500);
  const isFirst = batchNo === 1;
  const hotState = { ...hot, state: blobOf(numbered, 600), dueAt: batchNo };
  return {
    creates: [entity(own, { state: blobOf(numbered, size) }), ...(isFirst ? [entity(hot, hotState)] : [])],
    updates: isFirst ? [] : [hotState],
    deletes: [],
    parts: [
      { ...hot, part: "last", blob: blobOf(numbered, 40) },
      { ...hot, part: `part ${batchNo % 5}`, blob: blobOf(numbered, size) },
    ],
    partClears: [],
    history: [
      { ...hot, node: batchNo, blob: blobOf(numbered, size) },
      { ...own, node: 1, blob: blobOf(numbered, 300) },
    ],
    visibility: [
      visibilityRow(own, { startTime: batchNo, attributes: [{ name: "Batch", type: "Int", value: batchNo }] }),
    ],
    meta: [{ key: `lane ${lane}`, blob: blobOf(numbered, 20) }],
    metering: blobOf(numbered, 30),
  };
}

export interface Ledger {
  /** Last acknowledged batch by "lane epoch". */
  readonly acknowledged: ReadonlyMap<string, number>;
  readonly lanes: readonly number[];
  readonly epochMax: number;
}

/** Throws when an acknowledged batch is missing or a batch is there in part. */
export async function checkStore(store: Store, ledger: Ledger): Promise<void> {
  let rows = 0;
  for (const lane of ledger.lanes) {
    for (let epoch = 1; epoch <= ledger.epochMax; epoch++) rows += await checkEpoch(store, { lane, epoch, ledger });
  }
  const count = await store.countVisibility({ namespace: 1, kind: 1, filter: undefined, groupBy: undefined });
  assert.equal(count.count, rows, "visibility rows");
}

async function checkEpoch(store: Store, at: { lane: number; epoch: number; ledger: Ledger }): Promise<number> {
  const { lane, epoch } = at;
  const name = `lane ${lane} epoch ${epoch}`;
  const last = await store.lastBatch(lane, epoch);
  const acknowledged = at.ledger.acknowledged.get(`${lane} ${epoch}`) ?? 0;
  assert.ok(last >= acknowledged, `${name}: batch ${acknowledged} was acknowledged, ${last} is the last there`);
  const numbers = Array.from({ length: last }, (_, i) => i + 1);
  const metering = await store.readMetering({
    lane,
    afterEpoch: epoch - 1,
    afterBatchNo: BATCHES_MAX,
    limit: BATCHES_MAX,
  });
  const metered = metering.filter((row) => row.epoch === epoch).map((row) => row.batchNo);
  assert.deepEqual(metered, numbers, `${name}: metering rows`);
  const hot = { slot: lane, id: idOf(epoch, 0) };
  const history = await store.readHistory({ ...hot, fromNode: 0, toNode: BATCHES_MAX, bytesMax: 2 ** 30 });
  assert.deepEqual(
    history.map((node) => node.node),
    numbers,
    `${name}: history`,
  );
  const loaded = await store.loadEntity(hot);
  assert.equal(loaded?.dueAt, last === 0 ? undefined : last, `${name}: due time`);
  if (loaded !== undefined) {
    const numbered = { lane, epoch, batchNo: last };
    assert.deepEqual(Buffer.from(loaded.state), blobOf(numbered, 600), `${name}: state`);
    const part = loaded.parts.find((one) => one.part === "last");
    assert.deepEqual(Buffer.from(part?.blob ?? []), blobOf(numbered, 40), `${name}: part`);
  }
  for (const batchNo of numbers) {
    const own = { slot: lane, id: idOf(epoch, batchNo) };
    assert.ok((await store.loadEntity(own)) !== undefined, `${name}: entity of batch ${batchNo}`);
    assert.equal((await store.readHistory({ ...own, fromNode: 0, toNode: 9, bytesMax: 9 })).length, 1);
  }
  assert.equal(
    await store.loadEntity({ slot: lane, id: idOf(epoch, last + 1) }),
    undefined,
    `${name}: a batch too many`,
  );
  return last;
}
