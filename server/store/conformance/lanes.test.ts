import { expect, test } from "vitest";
import { describeStores } from "./describe-store.fixture.ts";
import { batchOf, bytes, entity, TestLane } from "./store-under-test.fixture.ts";

describeStores("lanes", (open) => {
  test("each opening of a lane has the next epoch", async () => {
    const store = await open();
    const epochs = [await TestLane.open(store), await TestLane.open(store), await TestLane.open(store, 5)];
    expect(epochs.map((lane) => lane.epoch)).toEqual([1, 2, 1]);
  });

  test("an earlier epoch is fenced and writes nothing", async () => {
    const store = await open();
    const old = await TestLane.open(store);
    expect(await old.commit({ creates: [entity({ slot: 1, id: 1 })] })).toBe("committed");
    const current = await TestLane.open(store);
    expect(await old.commit({ creates: [entity({ slot: 1, id: 2 })] })).toBe("fenced");
    expect(await store.loadEntity({ slot: 1, id: 2 })).toBeUndefined();
    expect(await current.commit({ creates: [entity({ slot: 1, id: 2 })] })).toBe("committed");
    expect(await old.commit({})).toBe("fenced");
  });

  test("an epoch that was never given out is refused", async () => {
    const store = await open();
    const lane = await TestLane.open(store);
    const result = await store.commit({ lane: 0, epoch: lane.epoch + 1, batchNo: 1, batch: batchOf({}) });
    expect(result.kind).toBe("failed");
    expect((await store.commit({ lane: 44, epoch: 1, batchNo: 1, batch: batchOf({}) })).kind).toBe("failed");
  });

  test.each([0, 1, 3, 4])("batch number %i after batch 1 is refused", async (batchNo) => {
    const store = await open();
    const lane = await TestLane.open(store);
    await lane.commit({});
    const meta = [{ key: "m", blob: bytes("m") }];
    const result = await store.commit({ lane: 0, epoch: lane.epoch, batchNo, batch: batchOf({ meta }) });
    expect(result.kind).toBe("failed");
    expect(await store.readMeta("")).toEqual([]);
  });

  test("the last batch is known for the current epoch and for those before", async () => {
    const store = await open();
    const old = await TestLane.open(store);
    expect(await store.lastBatch(0, old.epoch)).toBe(0);
    for (let i = 0; i < 3; i++) await old.commit({});
    const current = await TestLane.open(store);
    await current.commit({});
    expect(await store.lastBatch(0, old.epoch)).toBe(3);
    expect(await store.lastBatch(0, current.epoch)).toBe(1);
    expect(await store.lastBatch(0, 99)).toBe(0);
    expect(await store.lastBatch(77, 1)).toBe(0);
  });

  test("a lane's allocator goes on where any lane's stopped", async () => {
    const store = await open();
    const lane = await TestLane.open(store);
    expect(lane.nextId).toBe(1);
    await lane.commit({ nextId: 42 });
    expect((await TestLane.open(store)).nextId).toBe(42);
    expect((await TestLane.open(store, 1)).nextId).toBe(42);
  });

  test("an allocator that goes back is refused", async () => {
    const store = await open();
    const lane = await TestLane.open(store);
    await lane.commit({ nextId: 42 });
    expect(await lane.commit({ nextId: 41 })).toBe("failed");
    expect(await lane.commit({ nextId: 42 })).toBe("committed");
  });

  test("a reopened store has everything and fences the time before", async () => {
    const before = await TestLane.open(await open());
    const key = { slot: 4000, id: 17 };
    await before.commit({ creates: [entity(key, { dueAt: 3 })], nextId: 18, metering: bytes("m") });
    await before.commit({ history: [{ ...key, node: 1, blob: bytes("h") }], nextId: 19 });
    const store = await open();
    expect(await store.lastBatch(0, before.epoch)).toBe(2);
    const after = await TestLane.open(store);
    expect(after).toMatchObject({ epoch: before.epoch + 1, nextId: 19 });
    expect(await store.loadEntity(key)).toMatchObject({ dueAt: 3, state: bytes("state 4000/17") });
    expect(await store.readHistory({ ...key, fromNode: 0, toNode: 9, bytesMax: 99 })).toHaveLength(1);
    expect(await store.readMetering({ lane: 0, afterEpoch: 0, afterBatchNo: 0, limit: 9 })).toHaveLength(1);
    expect(["fenced", "failed"]).toContain(await before.commit({ creates: [entity({ slot: 1, id: 99 })] }));
    expect(await store.loadEntity({ slot: 1, id: 99 })).toBeUndefined();
  });
});
