import { describe, expect, test } from "vitest";
import type { DueEntity, Store } from "../store.ts";
import { describeStores } from "./describe-store.fixture.ts";
import { bytes, entity, runIdOf, TestLane } from "./store-under-test.fixture.ts";

describeStores("reads", (open) => {
  describe("findEntity", () => {
    test("gives the current entity, or the one with the run id", async () => {
      const store = await open();
      const lane = await TestLane.open(store);
      const keys = [
        { slot: 9, id: 5 },
        { slot: 9, id: 80 },
        { slot: 9, id: 300 },
      ];
      for (const key of keys) await lane.commit({ creates: [entity(key, { businessId: "order" })] });
      const find = { slot: 9, namespace: 1, kind: 1, businessId: "order" };
      expect(await store.findEntity(find)).toMatchObject({ id: 300, runId: runIdOf({ slot: 9, id: 300 }) });
      for (const key of keys) expect(await store.findEntity({ ...find, runId: runIdOf(key) })).toMatchObject(key);
      expect(await store.findEntity({ ...find, runId: runIdOf({ slot: 9, id: 6 }) })).toBeUndefined();
      await lane.commit({ deletes: [{ slot: 9, id: 300 }] });
      expect(await store.findEntity(find)).toMatchObject({ id: 80 });
    });

    test.each([{ slot: 8 }, { namespace: 2 }, { kind: 2 }, { businessId: "Order" }])(
      "does not mix up %o",
      async (other) => {
        const store = await open();
        const lane = await TestLane.open(store);
        await lane.commit({ creates: [entity({ slot: 9, id: 1 }, { businessId: "order" })] });
        const find = { slot: 9, namespace: 1, kind: 1, businessId: "order" };
        expect(await store.findEntity({ ...find, ...other })).toBeUndefined();
      },
    );
  });

  describe("readHistory", () => {
    test("begins with the node that holds the first event and ends with the range or the size", async () => {
      const store = await open();
      const lane = await TestLane.open(store);
      const key = { slot: 3, id: 3 };
      const nodes = [1, 2, 5, 9, 300];
      await lane.commit({
        creates: [entity(key), entity({ slot: 3, id: 4 })],
        history: nodes.map((node) => ({ ...key, node, blob: bytes(`${node}`.padEnd(10)) })),
      });
      await lane.commit({ history: [{ slot: 3, id: 4, node: 6, blob: bytes("other") }] });
      const read = async (fromNode: number, toNode: number, bytesMax: number): Promise<number[]> =>
        (await store.readHistory({ ...key, fromNode, toNode, bytesMax })).map((one) => one.node);
      expect(await read(0, 1000, 1000)).toEqual(nodes);
      expect(await read(2, 9, 1000)).toEqual([2, 5]);
      expect(await read(3, 1000, 1)).toEqual([2]);
      expect(await read(3, 10, 1000)).toEqual([2, 5, 9]);
      expect(await read(9, 10, 1000)).toEqual([9]);
      expect(await read(0, 1000, 20)).toEqual([1, 2]);
      expect(await read(0, 1000, 21)).toEqual([1, 2, 5]);
      expect(await read(301, 1000, 100)).toEqual([300]);
      expect(await read(3, 2, 100)).toEqual([]);
      expect(await store.readHistory({ slot: 3, id: 99, fromNode: 0, toNode: 9, bytesMax: 9 })).toEqual([]);
    });
  });

  describe("readDue", () => {
    const DUE = [
      { dueAt: 10, slot: 1, id: 9 },
      { dueAt: 10, slot: 2, id: 1 },
      { dueAt: 10, slot: 2, id: 7 },
      { dueAt: 11, slot: 1, id: 1 },
      { dueAt: 12, slot: 0, id: 5 },
      { dueAt: 12, slot: 4095, id: 4 },
    ];

    async function withDue(): Promise<Store> {
      const store = await open();
      const lane = await TestLane.open(store);
      const never = entity({ slot: 1, id: 100 });
      await lane.commit({ creates: [...DUE.toReversed().map((due) => entity(due, { dueAt: due.dueAt })), never] });
      return store;
    }

    test("orders by time, slot and id", async () => {
      const store = await withDue();
      const all = { slotFrom: 0, slotTo: 4096, after: undefined, limit: 100 };
      expect(await store.readDue({ ...all, upTo: 100 })).toEqual(DUE);
      expect(await store.readDue({ ...all, upTo: 11 })).toEqual(DUE.slice(0, 4));
      expect(await store.readDue({ ...all, upTo: 9 })).toEqual([]);
    });

    test("pages after any position, also one that is gone", async () => {
      const store = await withDue();
      const read = { slotFrom: 0, slotTo: 4096, upTo: 12, limit: 2 };
      const seen: DueEntity[] = [];
      for (let after: DueEntity | undefined; ; after = seen.at(-1)) {
        const page = await store.readDue({ ...read, after });
        if (page.length === 0) break;
        seen.push(...page);
      }
      expect(seen).toEqual(DUE);
      expect(await store.readDue({ ...read, after: { dueAt: 10, slot: 2, id: 3 } })).toEqual(DUE.slice(2, 4));
    });

    test("keeps to its slots", async () => {
      const store = await withDue();
      const read = { upTo: 100, after: undefined, limit: 100 };
      expect(await store.readDue({ ...read, slotFrom: 0, slotTo: 2 })).toEqual(DUE.filter((due) => due.slot < 2));
      expect(await store.readDue({ ...read, slotFrom: 2, slotTo: 4096 })).toEqual(DUE.filter((due) => due.slot >= 2));
      expect(await store.readDue({ ...read, slotFrom: 5, slotTo: 5 })).toEqual([]);
    });

    test("reads at once say what reads one after the other do", async () => {
      const store = await withDue();
      const read = { slotFrom: 0, slotTo: 4096, limit: 100 };
      const pages = [
        { ...read, upTo: 10, after: undefined },
        { ...read, upTo: 11, after: DUE[2] },
        { ...read, upTo: 12, after: DUE[3] },
      ];
      const found = await Promise.all(pages.map((page) => store.readDue(page)));
      expect(found).toEqual([DUE.slice(0, 3), DUE.slice(3, 4), DUE.slice(4)]);
    });

    test("follows updates", async () => {
      const store = await open();
      const lane = await TestLane.open(store);
      const key = { slot: 1, id: 1 };
      const due = (): Promise<readonly DueEntity[]> =>
        store.readDue({ slotFrom: 0, slotTo: 4096, upTo: 100, after: undefined, limit: 9 });
      await lane.commit({ creates: [entity(key)] });
      expect(await due()).toEqual([]);
      for (const dueAt of [50, 20, 20, 70]) {
        await lane.commit({ updates: [{ ...key, state: bytes(""), dueAt }] });
        expect(await due()).toEqual([{ ...key, dueAt }]);
      }
      await lane.commit({ updates: [{ ...key, state: bytes(""), dueAt: undefined }] });
      expect(await due()).toEqual([]);
    });
  });

  describe("spilled tasks", () => {
    const task = (queue: string, priority: number, order: number) => ({
      queue,
      priority,
      order,
      blob: bytes(`${priority}.${order}`),
    });

    test("are taken once, by priority and order, per queue", async () => {
      const store = await open();
      await store.spillTasks([task("q", 3, 1), task("q", 1, 9), task("other", 1, 1), task("q", 1, 2), task("q", 3, 0)]);
      expect(await store.countSpilledTasks("q")).toBe(4);
      expect(await store.takeSpilledTasks("q", 3)).toEqual([task("q", 1, 2), task("q", 1, 9), task("q", 3, 0)]);
      expect(await store.takeSpilledTasks("q", 3)).toEqual([task("q", 3, 1)]);
      expect(await store.takeSpilledTasks("q", 3)).toEqual([]);
      expect(await store.countSpilledTasks("q")).toBe(0);
      expect(await store.countSpilledTasks("other")).toBe(1);
      expect(await store.countSpilledTasks("none")).toBe(0);
    });
  });
});
