import { expect, test } from "vitest";
import { describeStores } from "./describe-store.fixture.ts";
import { batchOf, bytes, dumpEntity, entity, TestLane, visibilityRow } from "./store-under-test.fixture.ts";

const KEY = { slot: 7, id: 3 };

describeStores("commits", (open) => {
  test("what a batch wrote is read back whole", async () => {
    const store = await open();
    const lane = await TestLane.open(store);
    const created = entity(KEY, { dueAt: 1_700_000_000_123 });
    const kind = await lane.commit({
      creates: [created],
      parts: [
        { ...KEY, part: "b", blob: bytes("two") },
        { ...KEY, part: "a", blob: bytes("") },
      ],
      history: [{ ...KEY, node: 1, blob: bytes("started") }],
    });
    expect(kind).toBe("committed");
    expect(await dumpEntity(store, KEY)).toEqual({
      loaded: {
        ...created,
        state: "state 7/3",
        parts: [
          ["a", ""],
          ["b", "two"],
        ],
      },
      history: [[1, "started"]],
    });
  });

  test("an update replaces state and due time and nothing else", async () => {
    const store = await open();
    const lane = await TestLane.open(store);
    await lane.commit({ creates: [entity(KEY, { dueAt: 5 })] });
    await lane.commit({ updates: [{ ...KEY, state: bytes("new"), dueAt: undefined }] });
    const loaded = await store.loadEntity(KEY);
    expect(loaded).toMatchObject({ businessId: "business 7/3", dueAt: undefined, state: bytes("new") });
  });

  test("parts are replaced, deleted and cleared, and clears come before writes", async () => {
    const store = await open();
    const lane = await TestLane.open(store);
    await lane.commit({
      creates: [entity(KEY)],
      parts: ["a", "b", "c"].map((part) => ({ ...KEY, part, blob: bytes(part) })),
    });
    await lane.commit({
      parts: [
        { ...KEY, part: "a", blob: bytes("A") },
        { ...KEY, part: "b", blob: undefined },
      ],
    });
    expect(await dumpEntity(store, KEY)).toMatchObject({
      loaded: {
        parts: [
          ["a", "A"],
          ["c", "c"],
        ],
      },
    });
    await lane.commit({ partClears: [KEY], parts: [{ ...KEY, part: "z", blob: bytes("z") }] });
    expect(await dumpEntity(store, KEY)).toMatchObject({ loaded: { parts: [["z", "z"]] } });
  });

  test("a delete removes everything of an entity and nothing of its neighbours", async () => {
    const store = await open();
    const lane = await TestLane.open(store);
    const others = [
      { slot: 7, id: 2 },
      { slot: 7, id: 4 },
      { slot: 8, id: 3 },
    ];
    const all = [KEY, ...others];
    await lane.commit({
      creates: all.map((key) => entity(key, { dueAt: 9 })),
      parts: all.map((key) => ({ ...key, part: "p", blob: bytes("p") })),
      history: all.map((key) => ({ ...key, node: 1, blob: bytes("h") })),
      visibility: all.map((key) =>
        visibilityRow(key, { attributes: [{ name: "Color", type: "Keyword", value: "red" }] }),
      ),
    });
    await lane.commit({ deletes: [KEY, { slot: 99, id: 99 }] });
    expect(await dumpEntity(store, KEY)).toEqual({ loaded: undefined, history: [] });
    for (const key of others) {
      expect(await dumpEntity(store, key)).toMatchObject({ loaded: { parts: [["p", "p"]] }, history: [[1, "h"]] });
    }
    const due = await store.readDue({ slotFrom: 0, slotTo: 4096, upTo: 100, after: undefined, limit: 10 });
    expect(due).toHaveLength(3);
    const page = await store.listVisibility({ namespace: 1, kind: 1, filter: undefined, limit: 10, after: undefined });
    expect(page.rows.map((row) => `${row.slot}/${row.id}`).sort()).toEqual(["7/2", "7/4", "8/3"]);
    expect(await store.findEntity({ slot: 7, namespace: 1, kind: 1, businessId: "business 7/3" })).toBeUndefined();
    expect(await lane.commit({ creates: [entity(KEY)], history: [{ ...KEY, node: 1, blob: bytes("h") }] })).toBe(
      "committed",
    );
  });

  const refusals: readonly (readonly [string, Parameters<TestLane["commit"]>[0]])[] = [
    ["creates an entity that exists", { creates: [entity({ slot: 1, id: 1 }), entity(KEY)] }],
    ["creates one entity twice", { creates: [entity({ slot: 1, id: 1 }), entity({ slot: 1, id: 1 })] }],
    ["creates an id that its allocator has not passed", { creates: [entity({ slot: 1, id: 1 })], nextId: 1 }],
    ["updates an entity that does not exist", { updates: [{ slot: 1, id: 1, state: bytes("x"), dueAt: undefined }] }],
    ["appends a history node that exists", { history: [{ ...KEY, node: 1, blob: bytes("again") }] }],
  ];
  test.each(refusals)("a batch that %s writes nothing at all", async (_name, violation) => {
    const store = await open();
    const lane = await TestLane.open(store);
    await lane.commit({ creates: [entity(KEY)], history: [{ ...KEY, node: 1, blob: bytes("first") }] });
    const before = await dumpEntity(store, KEY);
    const kind = await lane.commit({
      ...violation,
      updates: [{ ...KEY, state: bytes("changed"), dueAt: 4 }, ...(violation.updates ?? [])],
      history: [{ ...KEY, node: 2, blob: bytes("second") }, ...(violation.history ?? [])],
      parts: [{ ...KEY, part: "p", blob: bytes("p") }],
      visibility: [visibilityRow(KEY)],
      meta: [{ key: "m", blob: bytes("m") }],
      metering: bytes("metering"),
    });
    expect(kind).toBe("failed");
    expect(await dumpEntity(store, KEY)).toEqual(before);
    expect(await store.loadEntity({ slot: 1, id: 1 })).toBeUndefined();
    expect(await store.readMeta("")).toEqual([]);
    expect(await store.readMetering({ lane: 0, afterEpoch: 0, afterBatchNo: 0, limit: 10 })).toEqual([]);
    const page = await store.listVisibility({ namespace: 1, kind: 1, filter: undefined, limit: 10, after: undefined });
    expect(page.rows).toEqual([]);
    expect(await store.lastBatch(0, lane.epoch)).toBe(1);
    expect(await lane.commit({ meta: [{ key: "after", blob: bytes("x") }] })).toBe("committed");
  });

  test("a batch may hold nothing but its number", async () => {
    const lane = await TestLane.open(await open());
    expect(await lane.commit({})).toBe("committed");
    expect(await lane.store.lastBatch(0, lane.epoch)).toBe(1);
  });

  test("the bytes of a batch belong to the caller again once commit has been called", async () => {
    const store = await open();
    const lane = await TestLane.open(store);
    const state = bytes("original");
    const committed = lane.commit({ creates: [entity(KEY, { state })] });
    state.fill(0);
    expect(await committed).toBe("committed");
    expect((await store.loadEntity(KEY))?.state).toEqual(bytes("original"));
  });

  test("batches of several lanes at once each have their own outcome", async () => {
    const store = await open();
    const lanes = await Promise.all([0, 1, 2, 3].map((lane) => TestLane.open(store, lane)));
    const results = await Promise.all(
      lanes.map((lane, index) =>
        lane.commit(
          index === 2
            ? { updates: [{ slot: 1, id: 1, state: bytes(""), dueAt: undefined }] }
            : { creates: [entity({ slot: 1000 * index, id: 1 })] },
        ),
      ),
    );
    expect(results).toEqual(["committed", "committed", "failed", "committed"]);
    const written = await Promise.all(lanes.map((_, index) => store.loadEntity({ slot: 1000 * index, id: 1 })));
    expect(written.map((one) => one !== undefined)).toEqual([true, true, false, true]);
    expect(await Promise.all(lanes.map((lane) => store.lastBatch(lane.lane, lane.epoch)))).toEqual([1, 1, 0, 1]);
  });

  test("batches of one lane sent without waiting are applied in order", async () => {
    const store = await open();
    const lane = await TestLane.open(store);
    const requests = [1, 2, 3, 4].map((batchNo) => ({
      ...lane.request({ meta: [{ key: "last", blob: bytes(String(batchNo)) }] }),
      batchNo,
    }));
    const results = await Promise.all(requests.map((request) => store.commit(request)));
    expect(results.map((result) => result.kind)).toEqual(Array(4).fill("committed"));
    expect(await store.readMeta("last")).toEqual([{ key: "last", blob: bytes("4") }]);
  });

  test("large blobs and odd texts survive", async () => {
    const store = await open();
    const lane = await TestLane.open(store);
    const blob = new Uint8Array(3_000_000).map((_, i) => i % 251);
    const businessId = "naïve 工作 🚀 '\"; drop table entity";
    await lane.commit({
      creates: [entity(KEY, { businessId, state: blob })],
      history: [{ ...KEY, node: 1, blob }],
      parts: [{ ...KEY, part: businessId, blob }],
    });
    const loaded = await store.loadEntity(KEY);
    expect(Buffer.compare(loaded?.state as Uint8Array, blob)).toBe(0);
    expect(loaded?.parts[0]?.part).toBe(businessId);
    expect(await store.findEntity({ slot: 7, namespace: 1, kind: 1, businessId })).toMatchObject({ businessId, id: 3 });
    const [node] = await store.readHistory({ ...KEY, fromNode: 0, toNode: 9, bytesMax: 1 });
    expect(Buffer.compare(node?.blob as Uint8Array, blob)).toBe(0);
  });

  test("metering rows are read in order and after a position", async () => {
    const store = await open();
    const first = await TestLane.open(store);
    for (const text of ["a", "b", "c"]) await first.commit({ metering: bytes(text) });
    await first.commit({});
    const second = await TestLane.open(store);
    await second.commit({ metering: bytes("d") });
    const other = await TestLane.open(store, 1);
    await other.commit({ metering: bytes("x") });
    const read = async (afterEpoch: number, afterBatchNo: number, limit: number): Promise<string> => {
      const rows = await store.readMetering({ lane: 0, afterEpoch, afterBatchNo, limit });
      return rows.map((row) => `${row.epoch}.${row.batchNo}${String.fromCharCode(...row.blob)}`).join(" ");
    };
    expect(await read(0, 0, 10)).toBe("1.1a 1.2b 1.3c 2.1d");
    expect(await read(1, 1, 2)).toBe("1.2b 1.3c");
    expect(await read(1, 4, 10)).toBe("2.1d");
    expect(await read(2, 1, 10)).toBe("");
  });

  test("registry entries are found by prefix and in order", async () => {
    const lane = await TestLane.open(await open());
    const meta = ["namespace/b", "namespace/a", "namespac", "namespacf", "cluster"];
    await lane.commit({ meta: meta.map((key) => ({ key, blob: bytes(key) })) });
    await lane.commit({
      meta: [
        { key: "namespace/b", blob: bytes("new") },
        { key: "cluster", blob: undefined },
      ],
    });
    expect(await lane.store.readMeta("namespace/")).toEqual([
      { key: "namespace/a", blob: bytes("namespace/a") },
      { key: "namespace/b", blob: bytes("new") },
    ]);
    expect((await lane.store.readMeta("")).map((entry) => entry.key)).toEqual([
      "namespac",
      "namespace/a",
      "namespace/b",
      "namespacf",
    ]);
  });

  test("a closed store refuses", async () => {
    const store = await open();
    const lane = await TestLane.open(store);
    await store.close();
    expect(await store.commit({ ...lane.request({}), batch: batchOf({}) })).toMatchObject({ kind: "failed" });
    await expect(store.loadEntity(KEY)).rejects.toThrow("closed");
  });
});
