import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { InvalidCursorError } from "../errors.ts";
import { entity, TestLane, visibilityRow } from "../conformance/store-under-test.fixture.ts";
import type { Store } from "../store.ts";
import type { VisibilityFilter, VisibilityRow } from "../visibility.ts";
import { openSqliteStore } from "./sqlite-store.ts";

const ALL = { namespace: 1, kind: 1, filter: undefined, groupBy: undefined };
const LIST = { namespace: 1, kind: 1, filter: undefined, limit: 10, after: undefined };

/** Asks each row for many attributes that none has. */
const SLOW: VisibilityFilter = {
  kind: "or",
  filters: Array.from({ length: 200 }, (_, i) => ({
    kind: "compare",
    field: { kind: "attribute", name: `Keyword${i}`, type: "Keyword" },
    op: "=",
    value: "x",
  })),
};

let folder: string;
let store: Store;
let lane: TestLane;

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "perdure-visibility-"));
  store = await openSqliteStore({ folder, mode: "thread" });
  lane = await TestLane.open(store);
});

afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

async function write(count: number): Promise<void> {
  const rows: VisibilityRow[] = Array.from({ length: count }, (_, i) =>
    visibilityRow(
      { slot: i % 4096, id: i + 1 },
      { attributes: [{ name: "Keyword5000", type: "Keyword", value: "y" }] },
    ),
  );
  expect(await lane.commit({ creates: rows.map((row) => entity(row)), visibility: rows })).toBe("committed");
}

test("a commit that was answered is seen", async () => {
  for (let id = 1; id <= 20; id++) {
    const row = visibilityRow({ slot: id, id });
    await lane.commit({ creates: [entity(row)], visibility: [row] });
    expect((await store.countVisibility(ALL)).count).toBe(id);
    expect((await store.listVisibility({ ...LIST, limit: 1 })).rows).toEqual([row]);
  }
});

test("a question that takes long is answered, and others meanwhile", async () => {
  await write(2_000);
  const slow = store.countVisibility({ ...ALL, filter: SLOW });
  const quick = await Promise.all([store.countVisibility(ALL), store.listVisibility(LIST)]);
  expect([quick[0].count, quick[1].rows.length]).toEqual([2_000, 10]);
  expect((await slow).count).toBe(0);
});

test("an aborted question ends with the signal's reason, and the next one is answered", async () => {
  await write(2_000);
  const controller = new AbortController();
  const slow = store.countVisibility({ ...ALL, filter: SLOW }, controller.signal);
  controller.abort(new Error("nobody waits"));
  await expect(slow).rejects.toThrow("nobody waits");
  await expect(store.listVisibility(LIST, controller.signal)).rejects.toThrow("nobody waits");
  expect((await store.countVisibility(ALL)).count).toBe(2_000);
});

test("a place that is none of ours is refused, also for another order", async () => {
  await write(20);
  const { next } = await store.listVisibility(LIST);
  const sort = { field: { kind: "system", column: "startTime", type: "Datetime" }, descending: true } as const;
  for (const after of ["nonsense", `${next}.x`]) {
    await expect(store.listVisibility({ ...LIST, after })).rejects.toBeInstanceOf(InvalidCursorError);
  }
  await expect(store.listVisibility({ ...LIST, sort, after: next })).rejects.toBeInstanceOf(InvalidCursorError);
});

test("questions that are open when the store closes are refused", async () => {
  await write(2_000);
  const slow = store.countVisibility({ ...ALL, filter: SLOW }).catch((error: Error) => error.message);
  await store.close();
  expect(await slow).toMatch(/closed|stopped/);
});
