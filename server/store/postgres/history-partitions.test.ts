import { afterEach, beforeEach, expect, test } from "vitest";
import { silentLog, systemTimers } from "../../../base/index.ts";
import { bytes, entity, TestLane } from "../conformance/store-under-test.fixture.ts";
import type { Store } from "../store.ts";
import { Connection } from "./connection.ts";
import { dropSchema, freshSchema, querySchema, TEST_URL } from "./database.fixture.ts";
import { HistoryPartitions } from "./history-partitions.ts";
import { openPostgresStore } from "./postgres-store.ts";
import { openSession } from "./session.ts";

/** As the migration makes the first range. */
const RANGE_IDS = 2 ** 22;

let schema: string;
let store: Store;
let lane: TestLane;
let connection: Connection;

beforeEach(async () => {
  schema = freshSchema();
  store = await openPostgresStore({ url: TEST_URL, schema });
  lane = await TestLane.open(store);
  connection = new Connection({
    connect: () => openSession({ url: TEST_URL, schema, statementMsMax: 30_000, plansByKey: false }),
    timers: systemTimers,
    log: silentLog,
    answerMsMax: 30_000,
  });
});
afterEach(async () => {
  await connection.close();
  await store.close();
  await dropSchema(schema);
});

async function tables(): Promise<unknown> {
  const rows = await querySchema(
    schema,
    `SELECT c.relname AS name, (SELECT count(*)::int4 FROM history h WHERE h.tableoid = c.oid) AS rows FROM pg_inherits i
     JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = '${schema}.history'::regclass ORDER BY 1`,
  );
  return Object.fromEntries((rows as { name: string; rows: number }[]).map(({ name, rows: count }) => [name, count]));
}

async function write(id: number): Promise<void> {
  const key = { slot: 1, id };
  const history = [{ ...key, node: 1, blob: bytes(`of ${id}`) }];
  expect(await lane.commit({ creates: [entity(key)], history, nextId: 6 * RANGE_IDS })).toBe("committed");
}

/** Told of commits that the store's own does not hear of, with ids far apart. */
async function reach(partitions: HistoryPartitions, id: number): Promise<void> {
  partitions.committed(id, false);
  await expect.poll(tables).toHaveProperty(`history_${Math.floor(id / RANGE_IDS) + 1}`);
}

test("a range has its table before ids reach it, and gives it back when hardly anything is left in it", async () => {
  const partitions = new HistoryPartitions({ connection, log: silentLog });
  for (const range of [0, 1, 2]) await reach(partitions, range * RANGE_IDS + 5);
  const [old, survivor, middle, young] = [7, 8, RANGE_IDS + 7, 2 * RANGE_IDS + 7];
  for (const id of [old, survivor, middle, young]) await write(id);
  expect(await tables()).toMatchObject({ history_0: 2, history_1: 1, history_2: 1, history_3: 0, history_rest: 0 });
  await lane.commit({ deletes: [{ slot: 1, id: old }], nextId: 6 * RANGE_IDS });
  expect(await partitions.dropOne()).toBe(true);
  expect(await partitions.dropOne()).toBe(true);
  expect(await partitions.dropOne()).toBe(false);
  const left = await tables();
  expect(left).toMatchObject({ history_2: 1, history_3: 0, history_rest: 2 });
  expect(left).not.toHaveProperty("history_0");
  for (const id of [survivor, middle, young]) {
    const history = await store.readHistory({ slot: 1, id, fromNode: 0, toNode: 9, bytesMax: 99 });
    expect(history).toEqual([{ node: 1, blob: bytes(`of ${id}`) }]);
  }
  const more = [{ slot: 1, id: survivor, node: 2, blob: bytes("later") }];
  expect(await lane.commit({ history: more, nextId: 6 * RANGE_IDS })).toBe("committed");
  expect(await lane.commit({ history: more, nextId: 6 * RANGE_IDS })).toBe("failed");
});

test("a range whose runs are still there stays", async () => {
  const partitions = new HistoryPartitions({ connection, log: silentLog });
  await querySchema(
    schema,
    "INSERT INTO history (key, node, blob) SELECT key, 1, ''::bytea FROM generate_series(4096, 4096 + 10000) AS key",
  );
  await reach(partitions, RANGE_IDS + 5);
  expect(await partitions.dropOne()).toBe(false);
  expect(await tables()).toMatchObject({ history_0: 10_001 });
});
