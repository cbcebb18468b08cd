import { expect, test } from "vitest";
import { describeStores } from "./describe-store.fixture.ts";
import { bytes, entity, TestLane, visibilityRow } from "./store-under-test.fixture.ts";

describeStores("removal", (open) => {
  test("executions are read by their close time, also those of divisions, the open ones last", async () => {
    const store = await open();
    const lane = await TestLane.open(store);
    const closeTimes = [500, undefined, 100, 300, 300, undefined, 200];
    const keys = closeTimes.map((_, index) => ({ slot: 7, id: index + 1 }));
    await lane.commit({
      creates: keys.map((key) => entity(key)),
      visibility: keys.map((key, index) =>
        visibilityRow(key, {
          closeTime: closeTimes[index],
          startTime: 10 + index,
          attributes: index === 3 ? [{ name: "TemporalNamespaceDivision", type: "Keyword", value: "d" }] : [],
        }),
      ),
    });
    const read = async (before: number | undefined, fields = {}): Promise<number[]> =>
      (await store.readByCloseTime({ namespace: 1, kind: 1, before, limit: 10, skip: 0, ...fields })).map(
        ({ slot, id }) => slot * 1000 + id,
      );
    expect((await read(300)).toSorted()).toEqual([7003, 7007]);
    expect((await read(301)).toSorted()).toEqual([7003, 7004, 7005, 7007]);
    expect((await read(301)).slice(0, 2)).toEqual([7003, 7007]);
    expect(await read(301, { limit: 1 })).toEqual([7003]);
    expect(await read(301, { limit: 1, skip: 1 })).toEqual([7007]);
    expect(await read(100)).toEqual([]);
    expect(await read(301, { namespace: 2 })).toEqual([]);
    expect(await read(301, { kind: 2 })).toEqual([]);
    const all = await read(undefined);
    expect(all.slice(0, 2)).toEqual([7003, 7007]);
    expect(all.slice(4)).toEqual([7001, 7002, 7006]);
    await lane.commit({ deletes: [keys[2] as { slot: number; id: number }] });
    expect(await read(undefined)).toHaveLength(6);
  });

  test("reads at once say what reads one after the other do", async () => {
    const store = await open();
    const lane = await TestLane.open(store);
    const key = { slot: 7, id: 1 };
    await lane.commit({ creates: [entity(key)], visibility: [visibilityRow(key, { closeTime: 100 })] });
    const read = { namespace: 1, kind: 1, limit: 10, skip: 0 };
    const found = await Promise.all([50, 200, 150].map((before) => store.readByCloseTime({ ...read, before })));
    expect(found).toEqual([[], [key], [key]]);
  });

  test("space can be given back at any time, and nothing is lost by it", async () => {
    const store = await open();
    const lane = await TestLane.open(store);
    const keys = Array.from({ length: 600 }, (_, index) => ({ slot: 3, id: index + 1 }));
    const create = async (): Promise<void> => {
      await lane.commit({
        creates: keys.map((key) => entity(key)),
        history: keys.map((key) => ({ ...key, node: 1, blob: bytes("x".repeat(5_000)) })),
        visibility: keys.map((key) => visibilityRow(key)),
      });
    };
    expect(await store.giveBackSpace()).toBe(false);
    await create();
    await lane.commit({ deletes: keys.slice(1) });
    for (let calls = 0; await store.giveBackSpace(); calls++) expect(calls).toBeLessThan(100);
    const kept = keys[0] as { slot: number; id: number };
    const [node] = await store.readHistory({ ...kept, fromNode: 1, toNode: 2, bytesMax: 1 });
    expect(node?.blob.length).toBe(5_000);
    expect(await store.readByCloseTime({ namespace: 1, kind: 1, before: undefined, limit: 9, skip: 0 })).toEqual([
      kept,
    ]);
  });
});
