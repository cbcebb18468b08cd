/** One condition on one column, with its values as parameters in the order of their places. */
import type { SQLInputValue } from "node:sqlite";
import type { Comparison } from "../visibility.ts";
import { textSuccessor } from "./text-successor.ts";
import { uuidBlob, uuidBound, uuidPrefixRange } from "./uuid-bound.ts";
import type { Condition } from "./visibility-normal-form.ts";

const FALSE = "0";

export class ConditionSql {
  readonly parameters: SQLInputValue[] = [];

  test(column: string, leaf: Condition): string {
    switch (leaf.kind) {
      case "compare":
        return `${column} ${leaf.op} ${this.bind(leaf.value)}`;
      case "in": {
        // Without values nothing is in the list; everything that has a value is outside it.
        if (leaf.values.length === 0) return leaf.negated ? `${column} IS NOT NULL` : FALSE;
        const list = leaf.values.map((value) => this.bind(value)).join(", ");
        return `${column} ${leaf.negated ? "NOT IN" : "IN"} (${list})`;
      }
      case "between":
        return `${column} ${leaf.negated ? "NOT " : ""}BETWEEN ${this.bind(leaf.low)} AND ${this.bind(leaf.high)}`;
      case "startsWith":
        return this.#range(column, { low: leaf.prefix, high: textSuccessor(leaf.prefix) }, leaf.negated);
      case "isNull":
        return `${column} IS ${leaf.negated ? "NOT " : ""}NULL`;
    }
  }

  /** low <= column < high; without `high` there is no upper end. */
  #range(column: string, range: { low: SQLInputValue; high: SQLInputValue | undefined }, negated: boolean): string {
    const { low, high } = range;
    const below = negated ? "<" : ">=";
    if (high === undefined) return `${column} ${below} ${this.bind(low)}`;
    const above = negated ? ">=" : "<";
    return `(${column} ${below} ${this.bind(low)} ${negated ? "OR" : "AND"} ${column} ${above} ${this.bind(high)})`;
  }

  /** Run ids are stored as 16 bytes, in the order of their texts; any text can be compared with them. */
  uuidTest(column: string, leaf: Condition): string {
    switch (leaf.kind) {
      case "compare":
        return this.#compareUuid(column, leaf.op, String(leaf.value));
      case "in": {
        const values = leaf.values.map((value) => uuidBlob(String(value))).filter((blob) => blob !== undefined);
        const { negated } = leaf;
        if (values.length === 0) return negated ? `${column} IS NOT NULL` : FALSE;
        return `${column} ${negated ? "NOT IN" : "IN"} (${values.map((value) => this.bind(value)).join(", ")})`;
      }
      case "between": {
        const { low, high, negated } = leaf;
        const from = this.#compareUuid(column, negated ? "<" : ">=", String(low));
        const to = this.#compareUuid(column, negated ? ">" : "<=", String(high));
        return `(${from} ${negated ? "OR" : "AND"} ${to})`;
      }
      case "startsWith": {
        const range = uuidPrefixRange(leaf.prefix);
        if (range === undefined) return leaf.negated ? `${column} IS NOT NULL` : FALSE;
        const not = leaf.negated ? "NOT " : "";
        return `${column} ${not}BETWEEN ${this.bind(range.low)} AND ${this.bind(range.high)}`;
      }
      case "isNull":
        return `${column} IS ${leaf.negated ? "NOT " : ""}NULL`;
    }
  }

  #compareUuid(column: string, op: Comparison, text: string): string {
    const exact = uuidBlob(text);
    if (exact !== undefined) return `${column} ${op} ${this.bind(exact)}`;
    if (op === "=") return FALSE;
    if (op === "!=") return `${column} IS NOT NULL`;
    const isBelow = op === "<" || op === "<=";
    const bound = uuidBound(text);
    if (bound === undefined) return isBelow ? `${column} IS NOT NULL` : FALSE;
    return `${column} ${isBelow ? "<" : ">="} ${this.bind(bound)}`;
  }

  bind(value: SQLInputValue | boolean): string {
    this.parameters.push(typeof value === "boolean" ? Number(value) : value);
    return "?";
  }
}
