import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { bytes, entity, runIdOf, TestLane, visibilityRow } from "../conformance/store-under-test.fixture.ts";
import { CorruptionError } from "../errors.ts";
import type { Store } from "../store.ts";
import { uuidBytes } from "./reader.ts";
import { PAGE_BYTES } from "./schema.ts";
import { openSqliteStore } from "./sqlite-store.ts";

const KEY = { slot: 7, id: 3 };
const RUN = `run 00000007-0000-4000-8000-000000000003 of "business 7/3" in namespace 1`;

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "perdure-damage-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function writeAll(): Promise<void> {
  const store = await openSqliteStore({ folder, mode: "inline" });
  const lane = await TestLane.open(store);
  await lane.commit({
    creates: [entity(KEY, { state: bytes("the state") })],
    parts: [{ ...KEY, part: "request 1", blob: bytes("the part") }],
    history: [{ ...KEY, node: 5, blob: bytes("the events") }],
    visibility: [visibilityRow(KEY, { memo: bytes("the memo"), searchAttributes: bytes("the attributes") })],
    meta: [{ key: "namespace/x", blob: bytes("the namespace") }],
    metering: bytes("the actions"),
  });
  await store.close();
}

const list = (store: Store): Promise<unknown> =>
  store.listVisibility({ namespace: 1, kind: 1, filter: undefined, limit: 9, after: undefined });

const BLOBS = [
  { table: "entity", column: "state", names: `state of ${RUN}`, read: (store: Store) => store.loadEntity(KEY) },
  { table: "part", column: "blob", names: `part "request 1" of ${RUN}`, read: (store: Store) => store.loadEntity(KEY) },
  {
    table: "history",
    column: "blob",
    names: `history node 5 of ${RUN}`,
    read: (store: Store) => store.readHistory({ ...KEY, fromNode: 0, toNode: 9, bytesMax: 99 }),
  },
  { table: "visibility", column: "memo", names: `memo of ${RUN}`, read: list },
  { table: "visibility", column: "search_attributes", names: `search attributes of ${RUN}`, read: list },
  {
    table: "meta",
    column: "blob",
    names: `registry entry "namespace/x"`,
    read: (store: Store) => store.readMeta(""),
  },
  {
    table: "metering",
    column: "blob",
    names: "metering of lane 0, epoch 1, batch 1",
    read: (store: Store) => store.readMetering({ lane: 0, afterEpoch: 0, afterBatchNo: 0, limit: 9 }),
  },
];

describe("a flipped bit", () => {
  test.each(BLOBS)("anywhere in $table.$column is refused and names it", async ({ table, column, names, read }) => {
    await writeAll();
    const intact = await openSqliteStore({ folder, mode: "inline" });
    await read(intact);
    await intact.close();
    const file = join(folder, "perdure.db");
    const stored = new DatabaseSync(file);
    const blob = stored.prepare(`SELECT ${column} AS blob FROM ${table}`).get()?.["blob"] as Uint8Array;
    for (const at of [0, Math.floor(blob.length / 2), blob.length - 1]) {
      const damaged = blob.slice();
      damaged[at] = (damaged[at] as number) ^ 16;
      stored.prepare(`UPDATE ${table} SET ${column} = ?`).run(damaged);
      const store = await openSqliteStore({ folder, mode: "inline" });
      const error = await read(store).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      expect(error).toBeInstanceOf(CorruptionError);
      expect((error as CorruptionError).what).toBe(names);
      expect((error as Error).message).toMatch(/ is damaged: its checksum is [0-9a-f]{8}, its bytes give [0-9a-f]{8}$/);
      await store.close();
    }
    stored.close();
  });

  const find = (store: Store): Promise<unknown> =>
    store.findEntity({ slot: 7, namespace: 1, kind: 1, businessId: "business 7/3" });
  const findRun = (store: Store): Promise<unknown> =>
    store.findEntity({ slot: 7, namespace: 1, kind: 1, businessId: "business 7/3", runId: runIdOf(KEY) });
  const load = (store: Store): Promise<unknown> => store.loadEntity(KEY);
  const ids = `ids of ${RUN}`;
  const shown = `visibility of ${RUN}`;
  const COLUMNS = [
    { column: "entity.run_id", sql: "randomblob(16)", names: ids, reads: { find, findRun, load } },
    { column: "entity.kind", sql: "kind + 2", names: ids, reads: { load } },
    { column: "entity.namespace", sql: "namespace + 2", names: ids, reads: { load } },
    { column: "entity.business_id", sql: "'business 7/1'", names: ids, reads: { load } },
    { column: "visibility.run_id", sql: "randomblob(16)", names: shown, reads: { list } },
    { column: "visibility.workflow_id", sql: "'business 7/1'", names: shown, reads: { list } },
    { column: "visibility.parent_run_id", sql: "randomblob(16)", names: shown, reads: { list } },
    { column: "visibility.root_run_id", sql: "randomblob(16)", names: shown, reads: { list } },
    { column: "visibility.status", sql: "status + 4", names: shown, reads: { list } },
    { column: "visibility.close_time", sql: "start_time", names: shown, reads: { list } },
  ];

  test.each(COLUMNS)("in $column is refused and names the run", async ({ column, sql, names, reads }) => {
    await writeAll();
    const [table, name] = column.split(".");
    const stored = new DatabaseSync(join(folder, "perdure.db"));
    stored.prepare(`UPDATE ${table} SET ${name} = ${sql}`).run();
    stored.close();
    const store = await openSqliteStore({ folder, mode: "inline" });
    for (const read of Object.values(reads)) {
      const error = await read(store).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(CorruptionError);
      expect((error as Error).message).toMatch(
        / is damaged: its checksum is [0-9a-f]{8}, its columns give [0-9a-f]{8}$/,
      );
      expect((error as CorruptionError).what).toBe(names);
    }
    await store.close();
  });

  test("in a business id that its index still knows is refused and names the run", async () => {
    await writeAll();
    const file = join(folder, "perdure.db");
    const text = "business 7/3";
    const row = Buffer.concat([Buffer.from(text), uuidBytes(runIdOf(KEY))]);
    const at = readFileSync(file).indexOf(row);
    const pages = openSync(file, "r+");
    writeSync(pages, "d", at, "latin1");
    closeSync(pages);
    const store = await openSqliteStore({ folder, mode: "inline" });
    expect(await find(store)).toMatchObject(KEY);
    await expect(load(store)).rejects.toThrow(`${ids} is damaged`);
    await store.close();
  });

  test("of SQLite's own structure is refused and names the file", async () => {
    await writeAll();
    const file = join(folder, "perdure.db");
    const database = new DatabaseSync(file);
    const root = database.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'history'").get()?.[
      "rootpage"
    ] as number;
    database.close();
    const pages = openSync(file, "r+");
    writeSync(pages, Buffer.alloc(16, 0xaa), 0, 16, (root - 1) * PAGE_BYTES);
    closeSync(pages);
    const store = await openSqliteStore({ folder, mode: "inline" });
    const reading = store.readHistory({ ...KEY, fromNode: 0, toNode: 9, bytesMax: 99 });
    await expect(reading).rejects.toThrow(CorruptionError);
    await expect(reading).rejects.toThrow(`${file} (`);
    expect(await store.loadEntity(KEY)).toBeDefined();
    await store.close();
  });

  test("that moved a blob to another run is refused", async () => {
    await writeAll();
    const database = new DatabaseSync(join(folder, "perdure.db"));
    database.exec("UPDATE history SET key = key + 4096");
    database.close();
    const store = await openSqliteStore({ folder, mode: "inline" });
    await expect(store.readHistory({ slot: 7, id: 4, fromNode: 0, toNode: 9, bytesMax: 99 })).rejects.toThrow(
      "history node 5 of entity 7/4 is damaged",
    );
    await store.close();
  });
});
