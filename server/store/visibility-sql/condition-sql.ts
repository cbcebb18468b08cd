/** One condition on one column, with its values as parameters in the order of their places. */
import type { AttributeType, Comparison, Scalar, VisibilityField } from "../visibility.ts";
import type { VisibilityDialect } from "./dialect.ts";
import { wholeNumbers } from "./whole-numbers.ts";
import type { Condition } from "./normal-form.ts";
import type { Parameter } from "./statement.ts";
import { textSuccessor } from "./text-successor.ts";
import { uuidBlob, uuidBound, uuidPrefixRange } from "./uuid-bound.ts";

/** Both are conditions that need no boolean type. */
export const TRUE = "1 = 1";
export const FALSE = "1 = 0";

export class ConditionSql {
  readonly parameters: Parameter[] = [];
  readonly #dialect: VisibilityDialect;

  constructor(dialect: VisibilityDialect) {
    this.#dialect = dialect;
  }

  test(column: string, condition: Condition): string {
    const { field } = condition;
    const leaf = WHOLE.has(field.type) ? wholeNumbers(condition) : condition;
    switch (leaf.kind) {
      case "always":
        return `${column} IS NOT NULL`;
      case "never":
        return FALSE;
      case "compare":
        return `${column} ${leaf.op} ${this.#value(leaf.value, field)}`;
      case "in": {
        // Without values nothing is in the list; everything that has a value is outside it.
        if (leaf.values.length === 0) return leaf.negated ? `${column} IS NOT NULL` : FALSE;
        const list = leaf.values.map((value) => this.#value(value, field)).join(", ");
        return `${column} ${leaf.negated ? "NOT IN" : "IN"} (${list})`;
      }
      case "between": {
        const low = this.#value(leaf.low, field);
        const high = this.#value(leaf.high, field);
        return `${column} ${leaf.negated ? "NOT " : ""}BETWEEN ${low} AND ${high}`;
      }
      case "startsWith":
        return this.#range(column, leaf);
      case "isNull":
        return `${column} IS ${leaf.negated ? "NOT " : ""}NULL`;
    }
  }

  /** From the prefix to the least text above all that start with it, if there is one. */
  #range(column: string, { field, prefix, negated }: Condition & { kind: "startsWith" }): string {
    const high = textSuccessor(prefix);
    const from = `${column} ${negated ? "<" : ">="} ${this.#value(prefix, field)}`;
    if (high === undefined) return from;
    return `(${from} ${negated ? "OR" : "AND"} ${column} ${negated ? ">=" : "<"} ${this.#value(high, field)})`;
  }

  /** Run ids are stored as 16 bytes, in the order of their texts; any text can be compared with them. */
  uuidTest(column: string, leaf: Condition): string {
    switch (leaf.kind) {
      case "compare":
        return this.#compareUuid(column, { field: leaf.field, op: leaf.op, text: String(leaf.value) });
      case "in": {
        const values = leaf.values.map((value) => uuidBlob(String(value))).filter((blob) => blob !== undefined);
        const { negated } = leaf;
        if (values.length === 0) return negated ? `${column} IS NOT NULL` : FALSE;
        return `${column} ${negated ? "NOT IN" : "IN"} (${values.map((value) => this.#value(value, leaf.field)).join(", ")})`;
      }
      case "between": {
        const { field, low, high, negated } = leaf;
        const from = this.#compareUuid(column, { field, op: negated ? "<" : ">=", text: String(low) });
        const to = this.#compareUuid(column, { field, op: negated ? ">" : "<=", text: String(high) });
        return `(${from} ${negated ? "OR" : "AND"} ${to})`;
      }
      case "startsWith": {
        const range = uuidPrefixRange(leaf.prefix);
        if (range === undefined) return leaf.negated ? `${column} IS NOT NULL` : FALSE;
        const not = leaf.negated ? "NOT " : "";
        return `${column} ${not}BETWEEN ${this.#value(range.low, leaf.field)} AND ${this.#value(range.high, leaf.field)}`;
      }
      case "isNull":
        return `${column} IS ${leaf.negated ? "NOT " : ""}NULL`;
    }
  }

  #compareUuid(column: string, { field, op, text }: { field: VisibilityField; op: Comparison; text: string }): string {
    const exact = uuidBlob(text);
    if (exact !== undefined) return `${column} ${op} ${this.#value(exact, field)}`;
    if (op === "=") return FALSE;
    if (op === "!=") return `${column} IS NOT NULL`;
    const isBelow = op === "<" || op === "<=";
    const bound = uuidBound(text);
    if (bound === undefined) return isBelow ? `${column} IS NOT NULL` : FALSE;
    return `${column} ${isBelow ? "<" : ">="} ${this.#value(bound, field)}`;
  }

  bind(value: Parameter): string {
    this.parameters.push(value);
    return "?";
  }

  attributeName(name: string): string {
    return this.bind(this.#dialect.attributeName(name));
  }

  #value(value: Scalar | Uint8Array, field: VisibilityField): string {
    return this.bind(this.#dialect.bindable(value, field));
  }
}

/** Types whose columns hold whole numbers only. */
const WHOLE: ReadonlySet<AttributeType> = new Set(["Int", "Datetime"]);
