import { expect, test } from "vitest";
import { describeStores } from "./describe-store.fixture.ts";
import { bytes, dumpEntity, entity, TestLane, visibilityRow } from "./store-under-test.fixture.ts";

const ROWS = 10_000;
const PER_BATCH = 500;

describeStores("scale", (open) => {
  test("ten thousand entities are written, listed, found due and changed", async () => {
    const store = await open();
    const lane = await TestLane.open(store);
    const keys = Array.from({ length: ROWS }, (_, i) => ({ slot: (i * 2_654_435_761) % 4096, id: i + 1 }));
    for (let from = 0; from < ROWS; from += PER_BATCH) {
      const some = keys.slice(from, from + PER_BATCH);
      await lane.commit({
        creates: some.map((key) => entity(key, { dueAt: ROWS - key.id })),
        history: some.map((key) => ({ ...key, node: 1, blob: bytes(`event of ${key.id}`) })),
        visibility: some.map((key) => visibilityRow(key)),
      });
    }
    const page = await store.listVisibility({
      namespace: 1,
      kind: 1,
      filter: undefined,
      limit: 1000,
      after: undefined,
    });
    expect(page.rows.map((row) => row.id)).toEqual(Array.from({ length: 1000 }, (_, i) => ROWS - i));
    const due = await store.readDue({ slotFrom: 0, slotTo: 4096, upTo: ROWS, after: undefined, limit: ROWS + 1 });
    expect(due.map((one) => one.dueAt)).toEqual(Array.from({ length: ROWS }, (_, i) => i));
    const some = keys.filter((_, i) => i % 7 === 0);
    await lane.commit({ updates: some.map((key) => ({ ...key, state: bytes("changed"), dueAt: undefined })) });
    await lane.commit({ deletes: keys.filter((_, i) => i % 2 === 1) });
    const left = await store.countVisibility({ namespace: 1, kind: 1, filter: undefined, groupBy: undefined });
    expect(left.count).toBe(ROWS / 2);
    expect(await dumpEntity(store, keys[14] as { slot: number; id: number })).toMatchObject({
      loaded: { state: "changed", dueAt: undefined },
      history: [[1, "event of 15"]],
    });
  });
});
