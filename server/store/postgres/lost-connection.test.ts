/** What a commit answers when the connection breaks around it, and how that is settled. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { bytes, entity, TestLane } from "../conformance/store-under-test.fixture.ts";
import type { Store } from "../store.ts";
import { CuttingProxy } from "./cutting-proxy.fixture.ts";
import { dropSchema, freshSchema } from "./database.fixture.ts";
import { openPostgresStore } from "./postgres-store.ts";

let proxy: CuttingProxy;
let schema: string;
let store: Store;
let lane: TestLane;

beforeEach(async () => {
  proxy = await CuttingProxy.open();
  schema = freshSchema();
  store = await openPostgresStore({ url: proxy.url, schema });
  lane = await TestLane.open(store);
  expect(await lane.commit({ creates: [entity({ slot: 1, id: 1 })] })).toBe("committed");
});

afterEach(async () => {
  await store.close();
  await proxy[Symbol.asyncDispose]();
  await dropSchema(schema);
});

const META = { meta: [{ key: "late", blob: bytes("late") }] };

/** As the kernel does: again and again until the database is there. */
async function lastBatch(): Promise<number> {
  for (;;) {
    try {
      return await store.lastBatch(0, lane.epoch);
    } catch {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

test("a commit whose answer is lost is unknown, and settled as written", async () => {
  proxy.cut = { side: "reply", at: "batch_" };
  expect(await lane.commit(META)).toBe("unknown");
  expect(await lastBatch()).toBe(2);
  expect(await store.readMeta("late")).toHaveLength(1);
});

test("a commit that is lost on its way is unknown, and settled as not written", async () => {
  proxy.cut = { side: "request", at: "batch_" };
  expect(await lane.commit(META)).toBe("unknown");
  expect(await lastBatch()).toBe(1);
  expect(await lane.commit(META)).toBe("committed");
});

test("a commit that arrives after it was settled as not written changes nothing", async () => {
  proxy.cut = { side: "request", at: "batch_", isHeld: true };
  expect(await lane.commit(META)).toBe("unknown");
  expect(await lastBatch()).toBe(1);
  proxy.deliver();
  const other = { meta: [{ key: "other", blob: bytes("other") }] };
  expect(await lane.commit(other)).toBe("committed");
  expect((await store.readMeta("")).map(({ key }) => key)).toEqual(["other"]);
});

test("without a connection a commit has failed, and all goes on when there is one again", async () => {
  proxy.isRefusing = true;
  proxy.breakAll();
  await expect.poll(() => lane.commit(META), { interval: 1 }).toBe("failed");
  await expect(store.readMeta("")).rejects.toThrow("no connection");
  proxy.isRefusing = false;
  await expect.poll(() => lane.commit(META), { timeout: 10_000 }).toBe("committed");
  expect(await store.readMeta("late")).toHaveLength(1);
});
