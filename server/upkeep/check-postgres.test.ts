import { afterAll, beforeAll, expect, test } from "vitest";
import type { Finding, FindingKind } from "../history/index.ts";
import { migrateSqlite, readIdleFolderInBulk, readPostgresInBulk, writePostgresInBulk } from "../store/index.ts";
import { dropSchema, freshSchema, querySchema, TEST_URL } from "../store/postgres/database.fixture.ts";
import { checkStore } from "./check-store.ts";
import { copyStore } from "./copy-store.ts";
import { Folders, supervision } from "./stored-runs.fixture.ts";

const folders = new Folders();
const schema = freshSchema();
afterAll(async () => {
  folders.remove();
  await dropSchema(schema);
});

beforeAll(async () => {
  const folder = folders.stored();
  migrateSqlite(folder);
  const [from, to] = [readIdleFolderInBulk(folder), await writePostgresInBulk({ url: TEST_URL, schema })];
  await copyStore({ from, to }, supervision());
  await from.close();
  await to.close();
});

async function findings(): Promise<Finding[]> {
  const found: Finding[] = [];
  const reader = await readPostgresInBulk({ url: TEST_URL, schema });
  await checkStore(reader, { ...supervision(), found: (finding) => found.push(finding) });
  await reader.close();
  return found;
}

/** A workflow's current run. */
function keyOf(workflowId: string): string {
  return `(SELECT max(key) FROM entity WHERE business_id = '${workflowId}'::bytea)`;
}

/** A bit of a blob, turned; turned again, it is whole. */
function turned(table: string, column: string, where: string): readonly [string, string] {
  const turn = `UPDATE ${table} SET ${column} = set_byte(${column}, 9, get_byte(${column}, 9) # 4) WHERE ${where}`;
  return [turn, turn];
}

const PLANTS: readonly {
  readonly what: string;
  /** What damages, and what mends. */
  readonly sql: readonly [string, string];
  readonly kind: FindingKind;
  readonly affected: string;
}[] = [
  {
    what: "a bit of a state",
    sql: turned("entity", "state", `key = ${keyOf("timer")}`),
    kind: "damaged-bytes",
    affected: "state of run",
  },
  {
    what: "a bit of a part",
    sql: turned("part", "blob", `key = ${keyOf("timers")} AND part = 't:t3'::bytea`),
    kind: "damaged-bytes",
    affected: 'part "t:t3" of run',
  },
  {
    what: "a bit of a history",
    sql: turned("history", "blob", `key = ${keyOf("done")} AND node = 1`),
    kind: "damaged-bytes",
    affected: "history node 1 of run",
  },
  {
    what: "a bit of a memo",
    sql: turned("visibility", "memo", `key = ${keyOf("waiting")}`),
    kind: "damaged-bytes",
    affected: "memo of run",
  },
  {
    what: "a bit of a metering row",
    sql: turned("metering", "blob", "batch_no = 6"),
    kind: "damaged-bytes",
    affected: "metering of lane 0, epoch 1, batch 6",
  },
  {
    what: "a bit of a registry entry",
    sql: turned("meta", "blob", "key = 'cluster/id'::bytea"),
    kind: "damaged-bytes",
    affected: 'registry entry "cluster/id"',
  },
  {
    what: "a namespace's number in a row",
    sql: [
      `UPDATE entity SET namespace = namespace + 1 WHERE key = ${keyOf("done")}`,
      `UPDATE entity SET namespace = namespace - 1 WHERE business_id = 'done'::bytea`,
    ],
    kind: "damaged-bytes",
    affected: "ids of run",
  },
  {
    what: "a status in lists",
    sql: [
      `UPDATE visibility SET status = status + 1 WHERE key = ${keyOf("done")}`,
      `UPDATE visibility SET status = status - 1 WHERE key = ${keyOf("done")}`,
    ],
    kind: "damaged-bytes",
    affected: "visibility of run",
  },
  {
    what: "the scope of an attribute",
    sql: [
      `UPDATE visibility_attribute SET scope = scope + 2 WHERE name = 'Customer'::bytea`,
      `UPDATE visibility_attribute SET scope = scope - 2 WHERE name = 'Customer'::bytea`,
    ],
    kind: "damaged-bytes",
    affected: "visibility of run",
  },
  {
    what: "a place in lists",
    sql: [
      `UPDATE visibility SET close_order = close_order + 1 WHERE key = ${keyOf("done")}`,
      `UPDATE visibility SET close_order = close_order - 1 WHERE key = ${keyOf("done")}`,
    ],
    kind: "database",
    affected: "database",
  },
  {
    what: "a due time",
    sql: [
      `UPDATE entity SET due_at = due_at + 60000 WHERE key = ${keyOf("activity")}`,
      `UPDATE entity SET due_at = due_at - 60000 WHERE key = ${keyOf("activity")}`,
    ],
    kind: "due-time",
    affected: 'of "activity" in namespace',
  },
  {
    what: "an allocator",
    sql: ["UPDATE lane SET next_id = next_id - 5", "UPDATE lane SET next_id = next_id + 5"],
    kind: "id-not-allocated",
    affected: "in namespace",
  },
  {
    what: "a part of nobody",
    sql: ["INSERT INTO part VALUES (7, 't:x', ''::bytea)", "DELETE FROM part WHERE key = 7"],
    kind: "damaged-bytes",
    affected: 'part "t:x" of entity 7/0',
  },
];

test.each(PLANTS)("$what that is damaged in PostgreSQL is found, and nothing once it is mended", async (plant) => {
  const [damage, mend] = plant.sql;
  await querySchema(schema, damage);
  expect(await findings()).toContainEqual({
    kind: plant.kind,
    affected: expect.stringContaining(plant.affected),
    problem: expect.any(String),
  });
  await querySchema(schema, mend);
  expect(await findings()).toEqual([]);
});
