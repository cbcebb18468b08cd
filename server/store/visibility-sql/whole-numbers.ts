/**
 * Conditions on columns of 64-bit integers, with values that are such integers: `> 2.5` is `>= 3`, and `= 2.5` is never
 * true. What is left is the same in every database.
 */
import type { Comparison, Scalar } from "../visibility.ts";
import type { Condition } from "./normal-form.ts";

const MAX = 2n ** 63n - 1n;
const MIN = -(2n ** 63n);

/** `always` and `never` are of rows that have a value. */
export type WholeCondition = Condition | { readonly kind: "always" } | { readonly kind: "never" };

export function wholeNumbers(condition: Condition): WholeCondition {
  switch (condition.kind) {
    case "compare":
      return isWhole(condition.value) ? condition : comparison(condition, condition.op, condition.value as number);
    case "in": {
      if (condition.values.every(isWhole)) return condition;
      return { ...condition, values: condition.values.filter(isWhole) };
    }
    case "between": {
      const low = bound(condition.low, Math.ceil);
      const high = bound(condition.high, Math.floor);
      const isEmpty = low === "above" || high === "below";
      if (isEmpty) return { kind: condition.negated ? "always" : "never" };
      return { ...condition, low: low === "below" ? MIN : low, high: high === "above" ? MAX : high };
    }
    default:
      return condition;
  }
}

function comparison(condition: Condition & { kind: "compare" }, op: Comparison, value: number): WholeCondition {
  switch (op) {
    case "=":
      return { kind: "never" };
    case "!=":
      return { kind: "always" };
    case "<":
    case "<=": {
      const high = bound(value, Math.floor);
      if (high === "above") return { kind: "always" };
      return high === "below" ? { kind: "never" } : { ...condition, op: "<=", value: high };
    }
    case ">":
    case ">=": {
      const low = bound(value, Math.ceil);
      if (low === "below") return { kind: "always" };
      return low === "above" ? { kind: "never" } : { ...condition, op: ">=", value: low };
    }
  }
}

function isWhole(value: Scalar): boolean {
  if (typeof value === "bigint") return value >= MIN && value <= MAX;
  return typeof value !== "number" || Number.isSafeInteger(value);
}

/** The next whole number, or on which side of all of them the value is. */
function bound(value: Scalar, round: (value: number) => number): Scalar | "above" | "below" {
  if (isWhole(value)) return value;
  const rounded = BigInt(round(Number(value)));
  if (rounded > MAX) return "above";
  return rounded < MIN ? "below" : rounded;
}
