/** Filters without `not`: it moves into the conditions, each of which has an opposite. */
import type { Comparison, VisibilityFilter } from "../visibility.ts";

export type Condition = Exclude<VisibilityFilter, { kind: "and" | "or" | "not" }>;

export type PositiveFilter = Condition | { readonly kind: "and" | "or"; readonly filters: readonly PositiveFilter[] };

export function withoutNegations(filter: VisibilityFilter, negated = false): PositiveFilter {
  switch (filter.kind) {
    case "not":
      return withoutNegations(filter.filter, !negated);
    case "and":
    case "or": {
      const isAnd = (filter.kind === "and") !== negated;
      return { kind: isAnd ? "and" : "or", filters: filter.filters.map((one) => withoutNegations(one, negated)) };
    }
    default:
      return negated ? opposite(filter) : filter;
  }
}

/** Unknown where the condition is unknown. */
export function opposite(condition: Condition): Condition {
  if (condition.kind === "compare") return { ...condition, op: OPPOSITES[condition.op] };
  return { ...condition, negated: !condition.negated };
}

/** Whether the condition excludes, so that hardly any row fails it. */
export function isNegative(condition: Condition): boolean {
  return condition.kind === "compare" ? condition.op === "!=" : condition.negated;
}

const OPPOSITES: Readonly<Record<Comparison, Comparison>> = {
  "=": "!=",
  "!=": "=",
  "<": ">=",
  ">=": "<",
  ">": "<=",
  "<=": ">",
};
