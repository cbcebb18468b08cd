import { describe, expect, test } from "vitest";
import { InvalidCursorError } from "../errors.ts";
import type { ListVisibility, Store } from "../store.ts";
import type { VisibilityFilter, VisibilityRow } from "../visibility.ts";
import { describeStores } from "./describe-store.fixture.ts";
import { bytes, entity, runIdOf, TestLane, visibilityRow } from "./store-under-test.fixture.ts";

const ALL: ListVisibility = { namespace: 1, kind: 1, filter: undefined, limit: 1000, after: undefined };

async function ids(store: Store, list: Partial<ListVisibility> = {}): Promise<string> {
  const page = await store.listVisibility({ ...ALL, ...list });
  return page.rows.map((row) => row.id).join(" ");
}

describeStores("visibility", (open) => {
  const T = 1_700_000_000_000_000;
  const ROWS = [
    visibilityRow({ slot: 1, id: 1 }, { startTime: T + 1, closeTime: T + 90, status: 2 }),
    visibilityRow({ slot: 2, id: 2 }, { startTime: T + 2 }),
    visibilityRow({ slot: 3, id: 3 }, { startTime: T + 3, closeTime: T + 80, status: 3 }),
    visibilityRow({ slot: 4, id: 4 }, { startTime: T + 2 }),
    visibilityRow({ slot: 5, id: 5 }, { startTime: T + 4, closeTime: T + 90, status: 2 }),
    visibilityRow({ slot: 6, id: 6 }, { startTime: T + 9 }),
  ];
  const ORDER = "6 4 2 5 1 3";

  async function withRows(rows: readonly VisibilityRow[]): Promise<TestLane> {
    const lane = await TestLane.open(await open());
    expect(await lane.commit({ visibility: rows })).toBe("committed");
    return lane;
  }

  test("a row is read back whole", async () => {
    const full = visibilityRow(
      { slot: 4095, id: 2 ** 40 - 1 },
      {
        status: 2,
        closeTime: T + 5,
        historyLength: 51,
        historySizeBytes: 123_456,
        stateTransitionCount: 12,
        executionDurationNs: 5_000,
        parentWorkflowId: "parent",
        parentRunId: runIdOf({ slot: 1, id: 2 }),
        rootWorkflowId: "root",
        rootRunId: runIdOf({ slot: 3, id: 4 }),
        memo: bytes("memo"),
        searchAttributes: bytes("attributes"),
        attributes: [
          { name: "Amount", type: "Double", value: 2 },
          { name: "Big", type: "Int", value: 9_007_199_254_740_993n },
          { name: "Count", type: "Int", value: -7 },
          { name: "Day", type: "Datetime", value: T },
          { name: "Flag", type: "Bool", value: true },
          { name: "Note", type: "Text", value: "some words" },
          { name: "Tags", type: "KeywordList", value: ["a", "b"] },
        ],
      },
    );
    const bare = visibilityRow({ slot: 0, id: 0 });
    const lane = await withRows([full, bare]);
    expect((await lane.store.listVisibility(ALL)).rows).toEqual([bare, full]);
  });

  test.each(["a\u0000b", "\ud800", "", "日本 🦊"])("rows with the text %j are read back", async (text) => {
    const key = { slot: 1, id: 1 };
    const lane = await TestLane.open(await open());
    const row = visibilityRow(key, { workflowId: `x${text}`, workflowType: text, taskQueue: text });
    await lane.commit({ creates: [entity(key, { businessId: `x${text}` })], visibility: [row] });
    expect(await ids(lane.store)).toBe("1");
    expect(await lane.store.loadEntity(key)).toMatchObject(key);
  });

  test("lists what is open first, then by close and start, newest first", async () => {
    const { store } = await withRows(ROWS);
    expect(await ids(store)).toBe(ORDER);
    expect(await ids(store, { namespace: 2 })).toBe("");
    expect(await ids(store, { kind: 2 })).toBe("");
  });

  test.each([1, 2, 3, 5, 6, 7])("pages of %i rows add up to the list", async (limit) => {
    const { store } = await withRows(ROWS);
    const seen: number[] = [];
    let after: string | undefined;
    do {
      const page = await store.listVisibility({ ...ALL, limit, after });
      expect(page.rows.length).toBeLessThanOrEqual(limit);
      seen.push(...page.rows.map((row) => row.id));
      after = page.next;
    } while (after !== undefined);
    expect(seen.join(" ")).toBe(ORDER);
  });

  test("a cursor stays where it was while rows come, move and go", async () => {
    const lane = await withRows(ROWS);
    const { next } = await lane.store.listVisibility({ ...ALL, limit: 3 });
    await lane.commit({
      visibility: [
        visibilityRow({ slot: 7, id: 7 }, { startTime: T + 100 }),
        visibilityRow({ slot: 6, id: 6 }, { startTime: T + 9, closeTime: T + 85, status: 2 }),
      ],
      deletes: [{ slot: 2, id: 2 }],
    });
    expect(await ids(lane.store, { after: next })).toBe("5 1 6 3");
  });

  test.each(["", "x", "1.2", "1.2.3.4", "..", "NaN.1.1"])("the cursor %j is refused", async (after) => {
    const { store } = await withRows(ROWS);
    await expect(store.listVisibility({ ...ALL, after })).rejects.toBeInstanceOf(InvalidCursorError);
  });

  test("a row written again replaces the first, attributes too", async () => {
    const key = { slot: 1, id: 1 };
    const color = (value: string): VisibilityFilter => ({
      kind: "compare",
      field: { kind: "attribute", name: "Color", type: "Keyword" },
      op: "=",
      value,
    });
    const lane = await withRows([
      visibilityRow(key, { attributes: [{ name: "Color", type: "Keyword", value: "red" }] }),
    ]);
    expect(await ids(lane.store, { filter: color("red") })).toBe("1");
    await lane.commit({
      visibility: [visibilityRow(key, { status: 2, attributes: [{ name: "Color", type: "Keyword", value: "blue" }] })],
    });
    expect(await ids(lane.store, { filter: color("red") })).toBe("");
    expect(await ids(lane.store, { filter: color("blue") })).toBe("1");
    await lane.commit({ visibility: [visibilityRow(key)] });
    expect(await ids(lane.store, { filter: color("blue") })).toBe("");
    expect((await lane.store.listVisibility(ALL)).rows).toEqual([visibilityRow(key)]);
  });

  test("a filter and a cursor work together", async () => {
    const { store } = await withRows(ROWS);
    const filter: VisibilityFilter = {
      kind: "compare",
      field: { kind: "system", column: "status", type: "Keyword" },
      op: "=",
      value: 1,
    };
    const first = await store.listVisibility({ ...ALL, filter, limit: 2 });
    expect(first.rows.map((row) => row.id)).toEqual([6, 4]);
    expect(await ids(store, { filter, after: first.next })).toBe("2");
  });

  describe("countVisibility", () => {
    test("counts all, by filter and by status", async () => {
      const { store } = await withRows(ROWS);
      const count = { namespace: 1, kind: 1, filter: undefined, groupBy: undefined };
      expect(await store.countVisibility(count)).toEqual({ count: 6, groups: [] });
      expect(await store.countVisibility({ ...count, namespace: 2 })).toEqual({ count: 0, groups: [] });
      expect(
        await store.countVisibility({ ...count, groupBy: { kind: "system", column: "status", type: "Int" } }),
      ).toEqual({
        count: 6,
        groups: [
          { value: 1, count: 3 },
          { value: 2, count: 2 },
          { value: 3, count: 1 },
        ],
      });
    });
  });
});
