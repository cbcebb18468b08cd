/** A store that is changed behind its server's back: rows stay such that SQLite, and where wanted their checksums, are content. */
import { DatabaseSync } from "node:sqlite";
import { RunState, StoredState } from "../history/gen/messages.js";
import { CHECKSUM_BYTES } from "../store/sqlite/byte-writer.ts";
import { keySeed, seal, textSeed } from "../store/sqlite/checksum.ts";
import { columnsOf, RowChecks } from "../store/sqlite/row-checks.ts";
import type { StoredColumns } from "../store/sqlite/row-checks.ts";

type Cells = Record<string, string | number | Uint8Array | null>;

export class DamagedStore implements Disposable {
  readonly sql: DatabaseSync;
  readonly #checks = new RowChecks();

  constructor(databaseFile: string) {
    this.sql = new DatabaseSync(databaseFile);
  }

  [Symbol.dispose](): void {
    this.sql.close();
  }

  run(sql: string, ...values: (string | number | Uint8Array | null)[]): void {
    const { changes } = this.sql.prepare(sql).run(...values);
    if (changes === 0) throw new Error(`nothing was damaged by ${sql}`);
  }

  /** The key of a workflow's run: the current one unless another is named, oldest first. */
  key(workflowId: string, at = -1): number {
    const keys = this.sql.prepare("SELECT key FROM entity WHERE business_id = ? ORDER BY key").all(workflowId);
    return keys.at(at)?.["key"] as number;
  }

  row(table: string, where: string): Cells {
    return this.sql.prepare(`SELECT * FROM ${table} WHERE ${where}`).get() as Cells;
  }

  /** Flips a bit in the middle of a blob. */
  flip(table: string, column: string, where: string): void {
    const blob = Uint8Array.from(this.row(table, where)[column] as Uint8Array);
    const middle = blob.length >> 1;
    blob[middle] = (blob[middle] as number) ^ 4;
    this.run(`UPDATE ${table} SET ${column} = ? WHERE ${where}`, blob);
  }

  sealed(blob: Uint8Array, seed: number): Uint8Array {
    return seal(Buffer.concat([blob, Buffer.alloc(CHECKSUM_BYTES)]), seed);
  }

  state(key: number, blob: Uint8Array): void {
    this.run("UPDATE entity SET state = ? WHERE key = ?", this.sealed(blob, keySeed(key, 0)), key);
  }

  /** Changes what a run's state says, and its parts where they lie in the state. */
  edit(key: number, change: (state: RunState, parts: Map<string, Uint8Array>) => Partial<RunState> | undefined): void {
    const cell = this.row("entity", `key = ${key}`)["state"] as Uint8Array;
    const stored = StoredState.decode(Uint8Array.from(cell.subarray(0, -CHECKSUM_BYTES)));
    const state = RunState.decode(Uint8Array.from(stored.state));
    const parts = new Map(stored.parts.map(({ part, blob }) => [part, Uint8Array.from(blob)]));
    const changed = { ...state, ...change(state, parts) };
    const inline = [...parts].map(([part, blob]) => ({ part, blob }));
    this.state(key, StoredState.encode({ ...stored, state: RunState.encode(changed), parts: inline }));
  }

  history(key: number, node: number): Uint8Array {
    const cell = this.row("history", `key = ${key} AND node = ${node}`)["blob"] as Uint8Array;
    return Uint8Array.from(cell.subarray(0, -CHECKSUM_BYTES));
  }

  node(key: number, node: number, blob: Uint8Array): void {
    const sql = "INSERT OR REPLACE INTO history (key, node, blob) VALUES (?, ?, ?)";
    this.run(sql, key, node, this.sealed(blob, keySeed(key, node)));
  }

  part(key: number, part: string, blob: Uint8Array): void {
    const sql = "INSERT OR REPLACE INTO part (key, part, blob) VALUES (?, ?, ?)";
    this.run(sql, key, part, this.sealed(blob, keySeed(key, 0)));
  }

  meta(key: string, blob: Uint8Array): void {
    this.run("INSERT OR REPLACE INTO meta (key, blob) VALUES (?, ?)", key, this.sealed(blob, textSeed(key)));
  }

  metaOf(key: string): Uint8Array {
    const cell = this.row("meta", `key = '${key}'`)["blob"] as Uint8Array;
    return Uint8Array.from(cell.subarray(0, -CHECKSUM_BYTES));
  }

  /** Makes an entity's check right again. */
  checkIds(key: number): void {
    const row = this.row("entity", `key = ${key}`);
    const { kind, namespace } = row as { kind: number; namespace: number };
    const runId = Buffer.from(row["run_id"] as Uint8Array).toString("hex");
    const dashed = [runId.slice(0, 8), runId.slice(8, 12), runId.slice(12, 16), runId.slice(16, 20), runId.slice(20)];
    const identity = { kind, namespace, businessId: row["business_id"] as string, runId: dashed.join("-") };
    this.run("UPDATE entity SET ids_check = ? WHERE key = ?", this.#checks.ofEntity(key, identity), key);
  }

  /** Makes a visibility row's check right again. */
  checkVisibility(key: number): void {
    const row = this.row("visibility", `key = ${key}`) as unknown as StoredColumns;
    const check = this.#checks.ofVisibility(key, columnsOf(row));
    this.run("UPDATE visibility SET row_check = ? WHERE key = ?", check, key);
  }
}
