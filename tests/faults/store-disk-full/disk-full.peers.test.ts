import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { entity, TestLane } from "../../../server/store/conformance/store-under-test.fixture.ts";
import { openSqliteStore, StoreOpenError } from "../../../server/store/index.ts";
import { compileShim } from "../store-power-loss/power-loss.ts";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "perdure-full-"));
});
afterEach(() => rmSync(root, { recursive: true }));

const EXPECTED = `healthy: committed
full: failed
still full: failed
read while full: true
last while full: 1
space again: committed
unsynced: unknown
last while unsynced: StoreUnavailableError
commit while unsettled: failed
last once settled: 2
written: false
again: committed
unsynced again: unknown
commit settles by itself: committed
`;

describe("a store whose disk fails", () => {
  test.each(["thread", "inline"] as const)(
    "answers failed or unknown truly and goes on afterwards (%s)",
    async (mode) => {
      const folder = join(root, "data");
      const failFile = join(root, "fail");
      writeFileSync(failFile, "-");
      const script = fileURLToPath(new URL("./failing-disk.ts", import.meta.url));
      const env = {
        ...process.env,
        LD_PRELOAD: compileShim(root),
        STORE_SHIM_FOLDER: folder,
        STORE_SHIM_FAIL: failFile,
      };
      const run = spawnSync(process.execPath, [script, folder, failFile, mode], { env });
      expect(run.stderr.toString()).toBe("");
      expect(run.stdout.toString()).toBe(EXPECTED);
      const store = await openSqliteStore({ folder, mode: "inline" });
      const found = await Promise.all([1, 2, 3, 4].map((id) => store.loadEntity({ slot: 1, id })));
      expect(found.map((one) => one !== undefined)).toEqual([true, true, true, true]);
      expect(await store.lastBatch(0, 1)).toBe(4);
      await store.close();
    },
  );
});

/** A file system of a few megabytes; undefined where this user may not mount one (the shim's full disk remains). */
function mountSmallDisk(path: string): (() => void) | undefined {
  mkdirSync(path);
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=6m", "tmpfs", path]);
  if (mounted.status !== 0) return undefined;
  return () => spawnSync("umount", [path]);
}

describe("a small disk", () => {
  test("fills up, refuses, and serves again when there is room", async () => {
    const disk = join(root, "disk");
    const unmount = mountSmallDisk(disk);
    if (unmount === undefined) {
      process.stderr.write("no right to mount a tmpfs: only the simulated full disk was tested\n");
      return;
    }
    try {
      const ballast = join(disk, "ballast");
      writeFileSync(ballast, Buffer.alloc(2_000_000));
      const store = await openSqliteStore({ folder: join(disk, "data"), mode: "thread" });
      const lane = await TestLane.open(store);
      const state = new Uint8Array(20_000);
      let id = 1;
      while ((await lane.commit({ creates: [entity({ slot: 1, id }, { state })] })) === "committed") id += 1;
      expect(await lane.commit({ creates: [entity({ slot: 1, id }, { state })] })).toBe("failed");
      expect(await store.lastBatch(0, 1)).toBe(id - 1);
      rmSync(ballast);
      expect(await lane.commit({ creates: [entity({ slot: 1, id }, { state })] })).toBe("committed");
      await store.close();
      writeFileSync(ballast, Buffer.alloc(0));
      const reopened = await openSqliteStore({ folder: join(disk, "data"), mode: "inline" });
      expect(await reopened.loadEntity({ slot: 1, id })).toBeDefined();
      await reopened.close();
    } finally {
      unmount();
    }
  });

  test("that is full from the beginning is named in one sentence", async () => {
    const disk = join(root, "disk");
    const unmount = mountSmallDisk(disk);
    if (unmount === undefined) return;
    try {
      expect(() => writeFileSync(join(disk, "ballast"), Buffer.alloc(8_000_000))).toThrow("ENOSPC");
      const opening = openSqliteStore({ folder: join(disk, "data"), mode: "inline" });
      await expect(opening).rejects.toBeInstanceOf(StoreOpenError);
      await expect(opening).rejects.toThrow(/is on a full disk: free some space/);
    } finally {
      unmount();
    }
  });
});
