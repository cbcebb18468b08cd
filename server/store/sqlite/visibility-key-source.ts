/**
 * Where to read the keys of all rows that may match a filter: an index of attribute values, or the index of entities
 * by business id (a visibility row has the key of its entity). A source names a superset of the matching rows; it
 * serves to find them, never to decide.
 */
import type { SQLInputValue } from "node:sqlite";
import { ATTRIBUTE_TYPE_NUMBER } from "./batch-codec.ts";
import { ConditionSql } from "./condition-sql.ts";
import type { Condition, PositiveFilter } from "./visibility-normal-form.ts";
import { isNegative } from "./visibility-normal-form.ts";

export interface VisibilityScope {
  readonly namespace: number;
  readonly kind: number;
}

export interface KeySource {
  /** A SELECT of keys, perhaps of one key several times. */
  readonly sql: string;
  readonly parameters: readonly SQLInputValue[];
}

/** SQLite allows 500 SELECTs in a compound. */
const ALTERNATIVES_MAX = 100;
/** A source is run beside the filter, which has parameters of its own. */
const PARAMETERS_MAX = 2_000;

interface Draft extends KeySource {
  readonly alternatives: number;
}

/** The most promising sources come in no particular order; none is known for a filter without selective conditions. */
export function keySources(filter: PositiveFilter, scope: VisibilityScope): readonly KeySource[] {
  return drafts(filter, scope).filter(({ parameters }) => parameters.length <= PARAMETERS_MAX);
}

function drafts(filter: PositiveFilter, scope: VisibilityScope): readonly Draft[] {
  switch (filter.kind) {
    case "and":
      return filter.filters.flatMap((one) => drafts(one, scope));
    case "or": {
      const union = unionOf(filter.filters.map((one) => drafts(one, scope)[0]));
      return union === undefined ? [] : [union];
    }
    default: {
      const source = isNegative(filter) ? undefined : conditionSource(filter, scope);
      return source === undefined ? [] : [{ ...source, alternatives: 1 }];
    }
  }
}

/** Of any of them; unknown as soon as one is. */
function unionOf(sources: readonly (Draft | undefined)[]): Draft | undefined {
  const known = sources.filter((source) => source !== undefined);
  const alternatives = known.reduce((sum, source) => sum + source.alternatives, 0);
  if (known.length < sources.length || alternatives === 0 || alternatives > ALTERNATIVES_MAX) return undefined;
  return {
    sql: known.map(({ sql }) => sql).join(" UNION ALL "),
    parameters: known.flatMap(({ parameters }) => parameters),
    alternatives,
  };
}

function conditionSource(condition: Condition, scope: VisibilityScope): KeySource | undefined {
  const { field } = condition;
  const sql = new ConditionSql();
  if (field.kind === "attribute") {
    if (condition.kind === "isNull") return undefined;
    const type = ATTRIBUTE_TYPE_NUMBER[field.type];
    const of = `a.namespace = ${sql.bind(scope.namespace)} AND a.name = ${sql.bind(field.name)} AND a.type = ${type}`;
    const select = `SELECT a.key FROM visibility_attribute a WHERE ${of} AND ${sql.test("a.value", condition)}`;
    return { sql: select, parameters: sql.parameters };
  }
  if (field.column !== "workflowId" || condition.kind === "isNull") return undefined;
  const of = `e.namespace = ${sql.bind(scope.namespace)} AND e.kind = ${sql.bind(scope.kind)}`;
  const select = `SELECT e.key FROM entity e WHERE ${of} AND ${sql.test("e.business_id", condition)}`;
  return { sql: select, parameters: sql.parameters };
}
