import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";

export interface Blob {
  readonly table: string;
  readonly column: string;
  /** Which row, as SQL; the last one when there are several. */
  readonly where: string;
}

/** Flips one bit in the middle of a stored blob of a folder that no server has open. */
export function flipByte(folder: string, { table, column, where }: Blob): void {
  const database = new DatabaseSync(join(folder, "perdure.db"));
  try {
    const key = `SELECT rowid AS id, ${column} AS blob FROM ${table} WHERE ${where}`;
    const hasRowId = !isWithoutRowId(database, table);
    const row = database
      .prepare(
        hasRowId
          ? `${key} ORDER BY rowid DESC LIMIT 1`
          : `SELECT ${column} AS blob FROM ${table} WHERE ${where} LIMIT 1`,
      )
      .get();
    const blob = row?.["blob"];
    if (!(blob instanceof Uint8Array)) throw new Error(`there is no ${table}.${column} where ${where}`);
    const damaged = Uint8Array.from(blob);
    const at = damaged.length >> 1;
    damaged[at] = (damaged[at] as number) ^ 0x10;
    const { changes } = database.prepare(`UPDATE ${table} SET ${column} = ? WHERE ${column} = ?`).run(damaged, blob);
    if (changes !== 1) throw new Error(`${changes} rows hold the blob of ${table}.${column} where ${where}`);
  } finally {
    database.close();
  }
}

function isWithoutRowId(database: DatabaseSync, table: string): boolean {
  const sql = database.prepare("SELECT sql FROM sqlite_schema WHERE name = ?").get(table)?.["sql"];
  return String(sql).includes("WITHOUT ROWID");
}

/** Every column of the database that holds blobs with a checksum, as `table.column`. */
export function blobColumns(folder: string): string[] {
  const database = new DatabaseSync(join(folder, "perdure.db"), { readOnly: true });
  try {
    const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
    return tables.flatMap(({ name }) =>
      database
        .prepare("SELECT name FROM pragma_table_info(?) WHERE type = 'BLOB'")
        .all(String(name))
        .map((column) => `${String(name)}.${String(column["name"])}`),
    );
  } finally {
    database.close();
  }
}
