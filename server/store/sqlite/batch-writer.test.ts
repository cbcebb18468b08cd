import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { batchOf, bytes, entity, visibilityRow } from "../conformance/store-under-test.fixture.ts";
import type { Batch } from "../store.ts";
import { encodeBatch } from "./batch-codec.ts";
import { BatchMemoryPool } from "./batch-memory.ts";
import { BatchWriter } from "./batch-writer.ts";
import { openConnection } from "./open-connection.ts";
import { migrate, readMigrations } from "./schema.ts";

let folder = "";
let database: DatabaseSync;
let writer: BatchWriter;
const pool = new BatchMemoryPool();
let batchNo = 0;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "perdure-writer-"));
  database = openConnection(join(folder, "perdure.db"), 256);
  migrate(database, folder, readMigrations());
  writer = new BatchWriter(database);
  writer.openLane({ lane: 0, slotFrom: 0, slotTo: 4096 });
  batchNo = 0;
});
afterEach(() => {
  writer.close();
  rmSync(folder, { recursive: true });
});

function commit(fields: Partial<Batch>): string {
  const [result] = writer.commit([
    encodeBatch({ lane: 0, epoch: 1, batchNo: batchNo + 1, batch: batchOf(fields) }, pool),
  ]);
  if (result?.kind === "committed") batchNo += 1;
  return result?.kind ?? "none";
}

function rows(): Record<string, number> {
  const tables = ["entity", "history", "visibility", "part", "meta", "metering", "lane"];
  const count = (table: string): number =>
    database.prepare(`SELECT count(*) AS rows FROM ${table}`).get()?.["rows"] as number;
  return Object.fromEntries(tables.map((table) => [table, count(table)]));
}

describe("the writer", () => {
  test("answers failed on a full disk, has written nothing, and goes on when there is room", () => {
    expect(commit({ creates: [entity({ slot: 1, id: 1 })] })).toBe("committed");
    const before = rows();
    const pages = database.prepare("PRAGMA page_count").get()?.["page_count"] as number;
    database.exec(`PRAGMA max_page_count = ${pages}`);
    const large = { ...entity({ slot: 1, id: 2 }), state: new Uint8Array(300_000) };
    expect(commit({ creates: [large], history: [{ slot: 1, id: 2, node: 1, blob: bytes("h") }] })).toBe("failed");
    expect(rows()).toEqual(before);
    expect(writer.lastBatch(0, 1)).toBe(1);
    database.exec("PRAGMA max_page_count = 100000");
    expect(commit({ creates: [large] })).toBe("committed");
    expect(writer.lastBatch(0, 1)).toBe(2);
  });

  test("goes on after statements that fail for any reason", () => {
    expect(commit({ creates: [entity({ slot: 1, id: 1 })] })).toBe("committed");
    database.exec("PRAGMA query_only = ON");
    expect(commit({ meta: [{ key: "m", blob: bytes("m") }] })).toBe("failed");
    database.exec("PRAGMA query_only = OFF");
    expect(commit({ meta: [{ key: "m", blob: bytes("m") }] })).toBe("committed");
  });

  test("writes ten rows for a run with one activity, beside the lane's and the metering's per batch", () => {
    const key = { slot: 1, id: 1 };
    const update = { updates: [{ ...key, state: bytes("state"), dueAt: undefined }], metering: bytes("actions") };
    const history = (node: number): Partial<Batch> => ({ history: [{ ...key, node, blob: bytes("events") }] });
    const changes = (): number => database.prepare("SELECT total_changes() AS changes").get()?.["changes"] as number;
    const before = changes();
    commit({ creates: [entity(key)], visibility: [visibilityRow(key)], metering: bytes("actions"), ...history(1) });
    commit({ ...update, ...history(3) });
    commit({ ...update, ...history(6) });
    commit({ ...update, visibility: [visibilityRow(key, { closeTime: 5, status: 2 })], ...history(9) });
    expect(changes() - before - 4 * 2).toBe(10);
  });

  test("keeps a bounded number of ended epochs", () => {
    for (let i = 0; i < 200; i++) writer.openLane({ lane: 5, slotFrom: 0, slotTo: 1 });
    expect(database.prepare("SELECT count(*) AS rows, max(epoch) AS epoch FROM lane WHERE lane = 5").get()).toEqual({
      rows: 65,
      epoch: 200,
    });
  });

  test("a checkpoint empties the log", () => {
    for (let id = 1; id < 50; id++) commit({ creates: [entity({ slot: 1, id })] });
    expect(writer.walPages()).toBeGreaterThan(10);
    writer.checkpoint();
    expect(writer.walPages()).toBe(0);
  });
});
