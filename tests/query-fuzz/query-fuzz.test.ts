import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { openMemoryStore, openSqliteStore } from "../../server/store/index.ts";
import { fuzz } from "./fuzz.ts";

test("random queries find what they mean, and broken ones are refused as queries", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "perdure-query-fuzz-"));
  const stores = [openMemoryStore(), await openSqliteStore({ folder, mode: "inline" })];
  const { refused, found } = await fuzz({ stores, seed: 7, count: 1_000 });
  expect(refused).toBeGreaterThan(100);
  expect(found).toBeGreaterThan(5_000);
  for (const store of stores) await store.close();
  rmSync(folder, { recursive: true });
});
