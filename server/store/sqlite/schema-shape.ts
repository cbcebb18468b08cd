/** What a database's tables and indexes lack against a new one of this version. */
import { DatabaseSync } from "node:sqlite";
import { migrate, readMigrations } from "./schema.ts";

interface Shape {
  readonly type: string;
  readonly name: string;
  readonly sql: string | null;
}

/** One sentence per table or index that is missing or another. What is there besides does no harm. */
export function shapeComplaints(database: DatabaseSync): string[] {
  const found = new Map(shapesOf(database).map((shape) => [shape.name, shape]));
  return expected().flatMap(({ type, name, sql }) => {
    const there = found.get(name);
    if (there === undefined) return [`${type} ${name} is missing`];
    return normal(there.sql) === normal(sql) ? [] : [`${type} ${name} is not as this version makes it`];
  });
}

function expected(): Shape[] {
  const fresh = new DatabaseSync(":memory:");
  migrate(fresh, "a new database", readMigrations());
  const shapes = shapesOf(fresh);
  fresh.close();
  return shapes;
}

function shapesOf(database: DatabaseSync): Shape[] {
  const sql = "SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY name";
  return database.prepare(sql).all() as unknown as Shape[];
}

/** ALTER TABLE leaves other white space than a whole statement has. */
function normal(sql: string | null): string {
  return (sql ?? "").replaceAll(/--[^\n]*/g, "").replaceAll(/\s+/g, " ");
}
