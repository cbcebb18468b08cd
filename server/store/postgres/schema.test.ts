import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { silentLog, systemTimers } from "../../../base/index.ts";
import { StoreOpenError } from "../errors.ts";
import { UPGRADING } from "../migrations.ts";
import { Connection } from "./connection.ts";
import { dropSchema, freshSchema, querySchema, TEST_URL } from "./database.fixture.ts";
import { openPostgresStore } from "./postgres-store.ts";
import { migrate, readMigrations, schemaVersion, withoutPartitions } from "./schema.ts";
import { openSession } from "./session.ts";

let schema: string;
const connections: Connection[] = [];

beforeEach(() => {
  schema = freshSchema();
});
afterEach(async () => {
  for (const connection of connections.splice(0)) await connection.close();
  await dropSchema(schema);
});

function connect(): Connection {
  const connection = new Connection({
    connect: () => openSession({ url: TEST_URL, schema, statementMsMax: 30_000, plansByKey: true }),
    timers: systemTimers,
    log: silentLog,
    answerMsMax: 30_000,
  });
  connections.push(connection);
  return connection;
}

test("several servers that start at once make the schema once", async () => {
  const migrations = readMigrations();
  const all = Array.from({ length: 4 }, connect);
  await Promise.all(all.map((connection) => migrate({ connection, where: "here", schema, migrations })));
  expect(await schemaVersion(connect())).toBe(migrations.length);
});

test("a migration that fails leaves the version before it, and all goes on from there", async () => {
  const migrations = readMigrations();
  const connection = connect();
  const version = migrations.length + 1;
  const broken = { version, sql: "CREATE TABLE half (x integer); CREATE TABLE other (x no_such_type);" };
  const options = { connection, where: "here", schema };
  await expect(migrate({ ...options, migrations: [...migrations, broken] })).rejects.toThrow("no_such_type");
  expect(await schemaVersion(connection)).toBe(migrations.length);
  await migrate({ ...options, migrations: [...migrations, { version, sql: "CREATE TABLE half (x integer)" }] });
  expect(await schemaVersion(connection)).toBe(version);
});

test("a schema of a newer version is refused in one sentence, and nothing is changed", async () => {
  await (await openPostgresStore({ url: TEST_URL, schema })).close();
  await querySchema(schema, "INSERT INTO schema_version (version) VALUES (77)");
  const opening = openPostgresStore({ url: TEST_URL, schema });
  await expect(opening).rejects.toBeInstanceOf(StoreOpenError);
  await expect(opening).rejects.toThrow("was written by a newer Perdure (schema 77");
});

test("a program goes on beside one of the next version, and not beside later ones", async () => {
  const migrations = readMigrations();
  const [connection, latest] = [connect(), migrations.length];
  const options = { connection, where: "here", schema };
  const later = [1, 2].map((step) => ({
    version: latest + step,
    sql: `-- Needs: ${latest + step - 1}\nALTER TABLE entity ADD COLUMN later_${step} integer;`,
  }));
  await migrate({ ...options, migrations: [...migrations, ...later.slice(0, 1)] });
  await migrate({ ...options, migrations });
  expect(await schemaVersion(connection)).toBe(latest + 1);
  await migrate({ ...options, migrations: [...migrations, ...later] });
  await migrate({ ...options, migrations: [...migrations, ...later.slice(0, 1)] });
  await expect(migrate({ ...options, migrations })).rejects.toThrow("was written by a newer Perdure");
});

describe("a database of an older version", () => {
  async function makeOlder(): Promise<void> {
    await querySchema(schema, "DELETE FROM schema_version WHERE version > 1");
    await querySchema(schema, "DROP INDEX visibility_run_id");
  }

  test("is not changed while a server has it", async () => {
    const older = await openPostgresStore({ url: TEST_URL, schema });
    await makeOlder();
    await expect(openPostgresStore({ url: TEST_URL, schema })).rejects.toThrow("is open in another server");
    expect(await schemaVersion(connect())).toBe(1);
    await older.close();
  });

  test("is brought up to date however long that takes, and the log says so first", async () => {
    await (await openPostgresStore({ url: TEST_URL, schema })).close();
    await makeOlder();
    const busy = await openSession({ url: TEST_URL, schema, statementMsMax: 30_000, plansByKey: false });
    await busy.query("BEGIN; LOCK TABLE visibility IN ROW EXCLUSIVE MODE");
    const warned: unknown[] = [];
    const answerMsMax = 200;
    const log = { ...silentLog, warn: (...entry: unknown[]) => void warned.push(entry) };
    const opening = openPostgresStore({ url: TEST_URL, schema, answerMsMax, log });
    await vi.waitFor(() => expect(warned).not.toEqual([]));
    await new Promise((resolve) => setTimeout(resolve, 3 * answerMsMax));
    await busy.query("COMMIT");
    await busy.end();
    await (await opening).close();
    expect(await schemaVersion(connect())).toBe(readMigrations().length);
    expect(warned).toEqual([[UPGRADING, { where: expect.any(String), from: 1, to: 2 }]]);
  });
});

test("where there are no partitions, history is a plain table", () => {
  const sql = withoutPartitions((readMigrations()[0] as { sql: string }).sql);
  expect(sql).not.toMatch(/PARTITION (BY|OF)/);
  expect(sql).toMatch(/PRIMARY KEY \(key, node\)\s*\) ;/);
});
