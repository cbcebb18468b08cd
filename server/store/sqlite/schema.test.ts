import { readFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "vitest";
import { silentLog } from "../../../base/index.ts";
import { UPGRADING } from "../migrations.ts";
import { Reader } from "./reader.ts";
import { readMigrations, migrate, PAGE_BYTES, schemaVersion } from "./schema.ts";
import { VisibilityReader } from "./visibility-reader.ts";

function pragma(database: DatabaseSync, name: string): unknown {
  return Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0];
}

function shapeOf(database: DatabaseSync): unknown {
  return database.prepare("SELECT type, name, sql FROM sqlite_schema ORDER BY name").all();
}

describe("the schema", () => {
  test("is made from empty, recognisable and with its pages reclaimable", () => {
    const database = new DatabaseSync(":memory:");
    migrate(database, "here", readMigrations());
    expect(schemaVersion(database)).toBe(readMigrations().length);
    expect(pragma(database, "application_id")).toBe(0x50455244);
    expect(pragma(database, "auto_vacuum")).toBe(2);
    expect(pragma(database, "page_size")).toBe(PAGE_BYTES);
  });

  test.each(readMigrations().map(({ version }) => version))("is the same when it comes from version %i", (version) => {
    const migrations = readMigrations();
    const old = new DatabaseSync(":memory:");
    migrate(old, "here", migrations.slice(0, version));
    expect(schemaVersion(old)).toBe(version);
    // Rows as that version wrote them, one per table at least: a migration has to carry them over.
    old.exec(
      readFileSync(new URL(`./migrations/fixtures/${String(version).padStart(4, "0")}.sql`, import.meta.url), "utf8"),
    );
    const warned: unknown[] = [];
    const log = { ...silentLog, warn: (...entry: unknown[]) => void warned.push(entry) };
    migrate(old, "here", migrations, log);
    const upgrade = { where: "here", from: version, to: migrations.length };
    expect(warned).toEqual(version < migrations.length ? [[UPGRADING, upgrade]] : []);
    const fresh = new DatabaseSync(":memory:");
    migrate(fresh, "here", migrations, log);
    expect(warned.length).toBeLessThanOrEqual(1);
    expect(shapeOf(old)).toEqual(shapeOf(fresh));
    const found = new Reader(old).findEntity({ slot: 1, kind: 1, namespace: 1, businessId: "order" });
    expect(found).toMatchObject({ id: 2, runId: "00000000-0000-4000-8000-000000000001" });
    const list = { namespace: 1, kind: 1, filter: undefined, limit: 9, after: undefined };
    expect(new VisibilityReader(old).list(list).rows).toMatchObject([{ workflowId: "order", taskQueue: "orders" }]);
    for (const table of [
      "lane",
      "entity",
      "part",
      "history",
      "visibility",
      "visibility_attribute",
      "meta",
      "metering",
    ]) {
      expect(old.prepare(`SELECT count(*) AS rows FROM ${table}`).get()).not.toEqual({ rows: 0 });
    }
  });

  test("stays at the version before a migration that fails, and goes on from there", () => {
    const database = new DatabaseSync(":memory:");
    const migrations = readMigrations();
    const latest = migrations.length;
    const broken = { version: latest + 1, sql: "CREATE TABLE half (x); CREATE TABLE half (x);" };
    expect(() => migrate(database, "here", [...migrations, broken])).toThrow("half");
    expect(schemaVersion(database)).toBe(latest);
    migrate(database, "here", [...migrations, { version: latest + 1, sql: "CREATE TABLE half (x);" }]);
    expect(schemaVersion(database)).toBe(latest + 1);
  });

  /** What a later version may bring: an expansion, the next one, and what takes the first one's old half away. */
  const LATER = [
    (version: number) => `-- Needs: ${version - 1}\nALTER TABLE entity ADD COLUMN colour TEXT;`,
    (version: number) => `-- Needs: ${version - 1}\nALTER TABLE entity ADD COLUMN shape TEXT;`,
    () => `UPDATE entity SET colour = 'grey' WHERE colour IS NULL;`,
  ].map((sql, index) => {
    const version = readMigrations().length + index + 1;
    return { version, sql: sql(version) };
  });

  test.each([
    // A program that knows so many of the later migrations, on a store to which so many were applied.
    [0, 0, "opens"],
    [0, 1, "opens"],
    [1, 1, "opens"],
    [0, 2, "is refused"],
    [1, 2, "opens"],
    [2, 2, "opens"],
    [0, 3, "is refused"],
    [1, 3, "is refused"],
    [2, 3, "is refused"],
    [3, 3, "opens"],
  ])("beside which a program that knows %i of later versions meets one with %i: it %s", (known, applied, outcome) => {
    const database = new DatabaseSync(":memory:");
    const all = [...readMigrations(), ...LATER];
    const latest = readMigrations().length;
    expect(migrate(database, "here", all.slice(0, latest + applied))).toEqual({ from: 0, to: latest + applied });
    const open = (): unknown => migrate(database, "here", all.slice(0, latest + known));
    if (outcome === "is refused") {
      expect(open).toThrow(
        /here was written by a newer Perdure \(schema \d+, this one knows \d+\): start that version/,
      );
    } else {
      expect(open()).toEqual({ from: latest + applied, to: latest + applied });
      // What the older one writes is there for the newer one.
      database.exec(
        `INSERT INTO entity (key, kind, namespace, business_id, run_id, state) VALUES (1, 1, 1, 'b', x'00', x'00')`,
      );
    }
    expect(schemaVersion(database)).toBe(latest + applied);
    expect(migrate(database, "here", all)).toEqual({ from: latest + applied, to: latest + 3 });
    expect(schemaVersion(database)).toBe(latest + 3);
  });

  test("takes up what a program of schema 2 has written since it went on to 3", () => {
    const database = new DatabaseSync(":memory:");
    const migrations = readMigrations().slice(0, 3);
    migrate(database, "here", migrations);
    expect(pragma(database, "user_version")).toBe(2);
    const attribute = database.prepare(
      "INSERT INTO visibility_attribute (key, name, type, value, namespace) VALUES (4097, ?, 2, ?, 7)",
    );
    attribute.run("Customer", "ann");
    attribute.run("TemporalNamespaceDivision", "north");
    database.exec(`INSERT INTO visibility (key, namespace, kind, status, start_time, execution_time, workflow_type,
        workflow_id, run_id, task_queue, attribute_count, row_check) VALUES (4097, 7, 1, 1, 1, 1, 't', 'w', x'00', 'q', 2, 0)`);
    migrate(database, "here", migrations);
    const scope = (7 * 256 + 1) * 2 + 1;
    expect(database.prepare("SELECT division, scope FROM visibility").get()).toEqual({ division: "north", scope });
    expect(database.prepare("SELECT DISTINCT scope, namespace FROM visibility_attribute").all()).toEqual([
      { scope, namespace: 7 },
    ]);
  });

  test("of a newer version is refused in one sentence", () => {
    const database = new DatabaseSync(":memory:");
    migrate(database, "here", readMigrations());
    database.exec("PRAGMA user_version = 77");
    expect(() => migrate(database, "here", readMigrations())).toThrow("here was written by a newer Perdure (schema 77");
  });
});
