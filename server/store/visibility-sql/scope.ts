/**
 * Rows that lists tell apart before anything else have one number together, the scope: namespace, kind, and whether
 * the row belongs to a division. Hardly any query spans scopes, so every index begins with it.
 */
import type { VisibilityField } from "../visibility.ts";
import { DIVISION_NAME } from "../visibility.ts";
import type { PositiveFilter } from "./normal-form.ts";

export interface VisibilityScope {
  readonly namespace: number;
  readonly kind: number;
}

const KINDS = 256;

export function scopeNumber({ namespace, kind }: VisibilityScope, hasDivision: boolean): number {
  return (namespace * KINDS + kind) * 2 + (hasDivision ? 1 : 0);
}

export function isDivision(field: VisibilityField): boolean {
  return field.kind === "attribute" && field.name === DIVISION_NAME && field.type === "Keyword";
}

export interface ScopedFilter {
  readonly scopes: readonly number[];
  /** What is left to ask of the rows in the scopes. */
  readonly filter: PositiveFilter | undefined;
}

/** Divides a filter into the scopes it can be true in and the rest. */
export function scoped(filter: PositiveFilter | undefined, scope: VisibilityScope): ScopedFilter {
  const conditions = filter === undefined ? [] : conjuncts(filter);
  let mayLack = true;
  let mayHave = true;
  const rest = conditions.filter((condition) => {
    if ("filters" in condition || !isDivision(condition.field)) return true;
    const asksForNone = condition.kind === "isNull" && !condition.negated;
    if (asksForNone) mayHave = false;
    else mayLack = false;
    return condition.kind !== "isNull";
  });
  const scopes = [...(mayLack ? [false] : []), ...(mayHave ? [true] : [])].map((has) => scopeNumber(scope, has));
  return { scopes, filter: rest.length <= 1 ? rest[0] : { kind: "and", filters: rest } };
}

/** What all has to be true. */
export function conjuncts(filter: PositiveFilter): readonly PositiveFilter[] {
  return filter.kind === "and" ? filter.filters.flatMap(conjuncts) : [filter];
}
