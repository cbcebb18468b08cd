import { spawn } from "node:child_process";
import { hostname } from "node:os";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { systemTimers } from "../../../base/index.ts";
import type { Timers } from "../../../base/index.ts";
import { bytes, entity, TestLane } from "../conformance/store-under-test.fixture.ts";
import { StoreOpenError } from "../errors.ts";
import type { Store } from "../store.ts";
import { dropSchema, freshSchema, querySchema, TEST_URL } from "./database.fixture.ts";
import { openPostgresStore } from "./postgres-store.ts";

let schema: string;
const opened: Store[] = [];

beforeEach(() => {
  schema = freshSchema();
});
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
  await dropSchema(schema);
});

async function open(timers?: Timers, onTaken?: () => void): Promise<Store> {
  const store = await openPostgresStore({ url: TEST_URL, schema, timers, onTaken });
  opened.push(store);
  return store;
}

/** Like a paused process: its heartbeats do not happen. */
const SILENT: Timers = {
  ...systemTimers,
  set: (delayMs, fn) => (delayMs === 5_000 ? {} : systemTimers.set(delayMs, fn)),
};

test("a second server is refused in one sentence that names the first", async () => {
  await open();
  const refused = open();
  await expect(refused).rejects.toBeInstanceOf(StoreOpenError);
  await expect(refused).rejects.toThrow(
    `is open in another server (process ${process.pid} on ${hostname()}): stop that one or choose another database`,
  );
});

test("whoever takes the lease of a silent server fences it at its next commit, in every lane", async () => {
  let taken = 0;
  const heard = Promise.withResolvers<void>();
  const first = await open(SILENT, () => {
    taken++;
    heard.resolve();
  });
  const lanes = [await TestLane.open(first, 0), await TestLane.open(first, 1)] as const;
  for (const lane of lanes) expect(await lane.commit({})).toBe("committed");
  await querySchema(schema, "UPDATE lease SET expires_at = now()");
  const second = await open();
  // Before the second has opened a lane: the first could not know.
  for (const lane of lanes) {
    expect(await lane.commit({ creates: [entity({ slot: 1, id: 1 })] })).toBe("fenced");
  }
  expect(await second.loadEntity({ slot: 1, id: 1 })).toBeUndefined();
  const own = await TestLane.open(second, 0);
  expect(own.epoch).toBe(lanes[0].epoch + 1);
  expect(await own.commit({ meta: [{ key: "m", blob: bytes("m") }] })).toBe("committed");
  expect(await lanes[0].commit({})).toBe("fenced");
  await heard.promise;
  expect(await first.isOurs()).toBe(false);
  expect(taken).toBe(1);
  // What the first had written is known to it all the same.
  expect(await first.lastBatch(0, lanes[0].epoch)).toBe(1);
});

describe("a server that was paused for longer than its lease", () => {
  function afterPause(ms: number): void {
    const at = Date.now();
    vi.spyOn(Date, "now").mockReturnValue(at + ms);
  }
  afterEach(() => void vi.restoreAllMocks());

  test("asks before it answers, and has lost nothing when nobody came", async () => {
    const store = await open(SILENT);
    expect(store.isOurs()).toBe(true);
    afterPause(20_000);
    expect(await Promise.all([store.isOurs(), store.isOurs()])).toEqual([true, true]);
    expect(store.isOurs()).toBe(true);
  });

  test("knows that another one has come", async () => {
    const store = await open(SILENT);
    await querySchema(schema, "UPDATE lease SET expires_at = now()");
    const next = await open();
    afterPause(20_000);
    expect(await store.isOurs()).toBe(false);
    expect(next.isOurs()).toBeInstanceOf(Promise);
    expect(await next.isOurs()).toBe(true);
    // Whatever the time is then.
    vi.restoreAllMocks();
    expect(await store.isOurs()).toBe(false);
  });
});

test("a server that was closed leaves the database to the next at once", async () => {
  await (await open()).close();
  expect(await querySchema(schema, "SELECT count(*)::int4 AS rows FROM lease")).toEqual([{ rows: 0 }]);
  await open();
});

test("the lease of a process of this machine that is gone is taken at once", async () => {
  await open();
  const dead = spawn(process.execPath, ["--version"]);
  await new Promise((resolve) => dead.on("exit", resolve));
  await querySchema(schema, `UPDATE lease SET holder = 'gone', pid = ${dead.pid}`);
  await open();
});

test("a holder elsewhere is waited for until it is heard", async () => {
  await open();
  await querySchema(
    schema,
    "UPDATE lease SET holder = 'far', host = 'elsewhere', expires_at = now() + interval '9 seconds'",
  );
  let fault: Error | undefined;
  const opening = open().catch((error: Error) => (fault = error));
  while (fault === undefined)
    await querySchema(schema, "UPDATE lease SET expires_at = expires_at + interval '1 second'");
  await opening;
  expect(fault.message).toContain(`(process ${process.pid} on elsewhere)`);
});
