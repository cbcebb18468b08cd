import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { entity, TestLane, bytes } from "../conformance/store-under-test.fixture.ts";
import { openSqliteStore } from "./sqlite-store.ts";

test.each(["inline", "thread"] as const)("a file from which most was removed becomes small (%s)", async (mode) => {
  const folder = mkdtempSync(path.join(tmpdir(), "perdure-space-"));
  const size = (): number => statSync(path.join(folder, "perdure.db")).size;
  try {
    let store = await openSqliteStore({ folder, mode });
    const lane = await TestLane.open(store);
    const keys = Array.from({ length: 1_000 }, (_, index) => ({ slot: 3, id: index + 1 }));
    await lane.commit({
      creates: keys.map((key) => entity(key)),
      history: keys.map((key) => ({ ...key, node: 1, blob: bytes("x".repeat(10_000)) })),
    });
    await lane.commit({ deletes: keys });
    await store.close();
    const before = size();
    expect(before).toBeGreaterThan(8_000_000);
    store = await openSqliteStore({ folder, mode });
    let calls = 1;
    while (await store.giveBackSpace()) calls++;
    expect(calls).toBeGreaterThan(3);
    await store.close();
    expect(size()).toBeLessThan(before / 4);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
