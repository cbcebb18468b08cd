/** The rows of an execution's attributes, one per value: what a new set changes is written, and nothing else. */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { VALUE_BIG, VALUE_INTEGER, VALUE_TEXT } from "./batch-codec.ts";
import type { BatchCursor, Span } from "./batch-cursor.ts";

export interface AttributeCell {
  readonly name: string;
  readonly type: number;
  readonly value: string | number | bigint;
}

interface StoredCell extends AttributeCell {
  readonly scope: bigint;
}

/** Those in a span that ends where the cursor is. */
export function readAttributes(cursor: BatchCursor, span: Span): readonly AttributeCell[] {
  const cells: AttributeCell[] = [];
  cursor.goTo(span);
  while (cursor.at < span.to) {
    const name = cursor.string();
    const type = cursor.u32();
    for (let values = cursor.u32(); values > 0; values--) cells.push({ name, type, value: readValue(cursor) });
  }
  return cells;
}

export class VisibilityAttributes {
  readonly #count: StatementSync;
  readonly #read: StatementSync;
  readonly #write: StatementSync;
  readonly #delete: StatementSync;
  readonly #deleteAll: StatementSync;

  constructor(database: DatabaseSync) {
    this.#count = database.prepare("SELECT attribute_count FROM visibility WHERE key = ?");
    this.#read = database.prepare("SELECT name, type, value, scope FROM visibility_attribute WHERE key = ?");
    this.#read.setReadBigInts(true);
    // The namespace, which is the upper part of the scope, is what programs of schema 2 look for.
    this.#write = database.prepare(
      `INSERT INTO visibility_attribute (key, name, type, value, scope, namespace)
       VALUES (?1, ?2, ?3, ?4, ?5, CAST(?5 AS INTEGER) >> 9)`,
    );
    this.#delete = database.prepare(
      "DELETE FROM visibility_attribute WHERE key = ? AND name = ? AND type = ? AND value = ?",
    );
    this.#deleteAll = database.prepare("DELETE FROM visibility_attribute WHERE key = ?");
  }

  /** Those of a new row of `visibility`. */
  insert(key: number, scope: number, cells: readonly AttributeCell[]): void {
    for (const cell of cells) this.#insert(key, scope, cell);
  }

  /** To be called before the row of `visibility` changes, which says how many there are. */
  replace(key: number, scope: number, cells: readonly AttributeCell[]): void {
    if (this.#countOf(key) === 0) {
      this.insert(key, scope, cells);
      return;
    }
    const stored = this.#read.all(key) as unknown as StoredCell[];
    const isMoved = stored.some((cell) => Number(cell.scope) !== scope);
    if (isMoved) this.#deleteAll.run(key);
    const kept = new Map(isMoved ? [] : stored.map((cell) => [cellName(cell), cell] as const));
    for (const cell of cells) {
      if (!kept.delete(cellName(cell))) this.#insert(key, scope, cell);
    }
    for (const { name, type, value } of kept.values()) this.#delete.run(key, name, type, value);
  }

  remove(key: number): void {
    if (this.#countOf(key) > 0) this.#deleteAll.run(key);
  }

  #countOf(key: number): number {
    return (this.#count.get(key)?.["attribute_count"] as number | undefined) ?? 0;
  }

  #insert(key: number, scope: number, { name, type, value }: AttributeCell): void {
    this.#write.run(key, name, type, value, scope);
  }
}

function cellName({ name, type, value }: AttributeCell): string {
  return `${type} ${typeof value} ${name}\0${value}`;
}

/** A number is bound as REAL, a bigint as INTEGER: the value column has no affinity that would convert. */
function readValue(cursor: BatchCursor): string | number | bigint {
  const tag = cursor.u32();
  if (tag === VALUE_TEXT) return cursor.string();
  if (tag === VALUE_BIG) return BigInt(cursor.string());
  return tag === VALUE_INTEGER ? BigInt(Math.trunc(cursor.f64())) : cursor.f64();
}
