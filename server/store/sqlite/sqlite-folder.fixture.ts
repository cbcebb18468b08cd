import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StoreUnderTest } from "../conformance/store-under-test.fixture.ts";
import type { Store } from "../store.ts";
import { openSqliteStore } from "./sqlite-store.ts";

/** A fresh folder with a SQLite store in it. */
export function sqliteUnderTest(mode: "thread" | "inline"): StoreUnderTest {
  const folder = mkdtempSync(join(tmpdir(), "perdure-store-"));
  let store: Store | undefined;
  return {
    async open() {
      await store?.close();
      store = await openSqliteStore({ folder, mode });
      return store;
    },
    async dispose() {
      await store?.close();
      rmSync(folder, { recursive: true });
    },
  };
}
