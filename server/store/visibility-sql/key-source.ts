/**
 * Where to read the keys of all rows that may match a filter: indexes of attribute values, of columns, or of entities
 * by business id (a visibility row has the key of its entity). A source names a superset of the matching rows, which then
 * are asked; only one of attributes' values alone names just them, and asking those again would cost as much as finding them.
 *
 * Where a database has lots, indexes of what comes in no order begin with the lot: 2,048 executions that were made one after
 * the other. A source then goes from lot to lot, two seeks in each, which takes about 10 µs.
 */
import type { SystemColumn } from "../visibility.ts";
import { ATTRIBUTE_TYPE_NUMBER } from "../visibility.ts";
import { ConditionSql } from "./condition-sql.ts";
import type { VisibilityDialect } from "./dialect.ts";
import type { Condition, PositiveFilter } from "./normal-form.ts";
import { isNegative } from "./normal-form.ts";
import { isDivision } from "./scope.ts";
import type { VisibilityScope } from "./scope.ts";
import type { Parameter, Statement } from "./statement.ts";

export interface KeySource extends Statement {
  /** How good it looks before anything is counted: equality is better than a range. */
  readonly isRange: boolean;
  /** The keys are those of the matching rows and no others. */
  readonly isExact: boolean;
}

export interface SourceContext {
  readonly scope: VisibilityScope;
  readonly scopes: readonly number[];
  readonly dialect: VisibilityDialect;
}

/** SQLite allows 500 SELECTs in a compound. */
const ALTERNATIVES_MAX = 100;
/** Every value is looked for in every lot. */
const LOT_ALTERNATIVES = 5;
/** A source is run beside the filter, which has parameters of its own. */
const PARAMETERS_MAX = 2_000;

interface Draft extends KeySource {
  readonly alternatives: number;
}

/** A SELECT of keys, perhaps of one key several times, for each of them. */
export function keySources(filter: PositiveFilter, context: SourceContext): readonly KeySource[] {
  const sources = drafts(filter, context).filter(({ parameters }) => parameters.length <= PARAMETERS_MAX);
  return sources.sort((a, b) => Number(a.isRange) - Number(b.isRange));
}

function drafts(filter: PositiveFilter, context: SourceContext): Draft[] {
  switch (filter.kind) {
    case "and":
      return filter.filters.flatMap((one) => drafts(one, context)).map((one) => ({ ...one, isExact: false }));
    case "or": {
      const union = unionOf(filter.filters.map((one) => drafts(one, context)[0]));
      return union === undefined ? [] : [union];
    }
    default: {
      if (isNegative(filter)) return besides(filter, context);
      const source = conditionSource(filter, context);
      return source === undefined ? [] : [source];
    }
  }
}

/** What differs from a value is below or above it. A set differs by what it lacks, and no index says that. */
function besides(condition: Condition, context: SourceContext): Draft[] {
  const { field } = condition;
  if (condition.kind !== "compare" || field.type === "Text" || field.type === "KeywordList") return [];
  const below = conditionSource({ ...condition, op: "<" }, context);
  const union = unionOf([below, conditionSource({ ...condition, op: ">" }, context)]);
  return union === undefined ? [] : [union];
}

/** Of any of them; unknown as soon as one is. */
function unionOf(sources: readonly (Draft | undefined)[]): Draft | undefined {
  const known = sources.filter((source) => source !== undefined);
  const alternatives = known.reduce((sum, source) => sum + source.alternatives, 0);
  if (known.length < sources.length || alternatives === 0 || alternatives > ALTERNATIVES_MAX) return undefined;
  return {
    sql: known.map(({ sql }) => sql).join(" UNION ALL "),
    parameters: known.flatMap(({ parameters }) => parameters),
    isRange: known.some(({ isRange }) => isRange),
    isExact: known.every(({ isExact }) => isExact),
    alternatives,
  };
}

function conditionSource(condition: Condition, context: SourceContext): Draft | undefined {
  const { field } = condition;
  if (condition.kind === "isNull" || isDivision(field)) return undefined;
  if (field.kind === "attribute") return attributeSource(condition, context);
  if (field.column !== "workflowId" && !context.dialect.indexed.has(field.column)) return undefined;
  switch (field.column) {
    case "workflowId":
      return entitySource(condition, context);
    case "runId":
      return runIdSource(condition, context);
    case "taskQueue":
      return taskQueueSource(condition, context);
    case "workflowType":
    case "status":
    case "startTime":
      return columnSource(condition, context, { column: PLAIN[field.column] });
    case "parentWorkflowId":
      return columnSource(condition, context, {
        column: "v.parent_workflow_id",
        where: "v.parent_workflow_id IS NOT NULL",
      });
    case "rootWorkflowId":
      return rootSource(condition, context);
    case "executionTime":
      return executionTimeSource(condition, context);
    case "historyLength":
    case "historySizeBytes":
    case "stateTransitionCount":
    case "executionDurationNs":
      return tailSource(condition, context, TAILS[field.column]);
    default:
      return undefined;
  }
}

const PLAIN = {
  workflowType: "v.workflow_type",
  status: "v.status",
  startTime: "v.start_time",
} as const satisfies Partial<Record<SystemColumn, string>>;

/** Only uncommonly large values are indexed; the conditions are those of the partial indexes. */
const TAILS = {
  historyLength: { column: "v.history_length", above: 100 },
  historySizeBytes: { column: "v.history_size_bytes", above: 65_536 },
  stateTransitionCount: { column: "v.state_transition_count", above: 100 },
  executionDurationNs: { column: "v.execution_duration_ns", above: 60_000_000_000 },
} as const;

class SourceSql extends ConditionSql {
  readonly #context: SourceContext;

  constructor(context: SourceContext) {
    super(context.dialect);
    this.#context = context;
  }

  /** The scopes of the query: an equality where there is one, as hardly ever there are more. */
  scope(column: string): string {
    const { scopes } = this.#context;
    const [only, ...others] = scopes;
    if (only === undefined) return "1 = 0";
    if (others.length === 0) return `${column} = ${this.bind(only)}`;
    return `${column} IN (${scopes.map((scope) => this.bind(scope)).join(", ")})`;
  }
}

function attributeSource(condition: Condition, context: SourceContext): Draft | undefined {
  const { field } = condition;
  if (field.kind !== "attribute") return undefined;
  const type = ATTRIBUTE_TYPE_NUMBER[field.type];
  const { lotOf } = context.dialect;
  if (lotOf !== undefined) {
    const of = (row: string, sql: SourceSql): string =>
      `${row}.name = ${sql.attributeName(field.name)} AND ${row}.type = ${type}`;
    return lotSource(condition, context, { table: "visibility_attribute", lotOf, of, column: "value" });
  }
  const sql = new SourceSql(context);
  const of = `${sql.scope("a.scope")} AND a.name = ${sql.attributeName(field.name)} AND a.type = ${type}`;
  const test = sql.test("a.value", condition);
  return draft(`SELECT a.key FROM visibility_attribute a WHERE ${of} AND ${test}`, sql.parameters, condition);
}

/** An index (scope, what `of` says, lot, column). */
interface LotIndex {
  readonly table: "visibility" | "visibility_attribute";
  readonly lotOf: (row: string) => string;
  readonly of?: (row: string, sql: SourceSql) => string;
  readonly column: string;
}

function lotSource(
  condition: Condition,
  context: SourceContext,
  { table, lotOf, of, column }: LotIndex,
): Draft | undefined {
  const values = condition.kind === "in" ? condition.values.length : 1;
  const sources = context.scopes.map((scope) => {
    const sql = new SourceSql(context);
    const within = (row: string): string =>
      `${row}.scope = ${sql.bind(scope)}${of === undefined ? "" : ` AND ${of(row, sql)}`}`;
    const lots = `WITH RECURSIVE lots (lot) AS (
      SELECT min(${lotOf("f")}) FROM ${table} f WHERE ${within("f")} UNION ALL
      SELECT (SELECT min(${lotOf("n")}) FROM ${table} n WHERE ${within("n")} AND ${lotOf("n")} > lots.lot) FROM lots WHERE lots.lot IS NOT NULL
    ) SELECT lot FROM lots WHERE lot IS NOT NULL`;
    const ofLot = `${within("a")} AND ${lotOf("a")} = l.lot AND ${sql.test(`a.${column}`, condition)}`;
    const select = `SELECT a.key FROM (${lots}) AS l CROSS JOIN ${table} a WHERE ${ofLot}`;
    return { ...draft(select, sql.parameters, condition), alternatives: values * LOT_ALTERNATIVES };
  });
  return unionOf(sources);
}

function entitySource(condition: Condition, context: SourceContext): Draft {
  const sql = new SourceSql(context);
  const { namespace, kind } = context.scope;
  const of = `e.namespace = ${sql.bind(namespace)} AND e.kind = ${sql.bind(kind)}`;
  return draft(
    `SELECT e.key FROM entity e WHERE ${of} AND ${sql.test("e.business_id", condition)}`,
    sql.parameters,
    condition,
  );
}

function columnSource(
  condition: Condition,
  context: SourceContext,
  { column, where }: { column: string; where?: string },
): Draft {
  const sql = new SourceSql(context);
  const of = `${sql.scope("v.scope")}${where === undefined ? "" : ` AND ${where}`}`;
  return draft(
    `SELECT v.key FROM visibility v WHERE ${of} AND ${sql.test(column, condition)}`,
    sql.parameters,
    condition,
  );
}

function taskQueueSource(condition: Condition, context: SourceContext): Draft | undefined {
  const { lotOf } = context.dialect;
  if (lotOf === undefined) return columnSource(condition, context, { column: "v.task_queue" });
  return lotSource(condition, context, { table: "visibility", lotOf, column: "task_queue" });
}

function runIdSource(condition: Condition, context: SourceContext): Draft {
  const sql = new SourceSql(context);
  const of = sql.scope("v.scope");
  const test = sql.uuidTest("v.run_id", condition);
  return draft(`SELECT v.key FROM visibility v WHERE ${of} AND ${test}`, sql.parameters, condition);
}

/** Those that are their own root have no root's id. */
function rootSource(condition: Condition, context: SourceContext): Draft | undefined {
  const column = "v.root_workflow_id";
  const given = columnSource(condition, context, { column, where: `${column} IS NOT NULL` });
  return unionOf([given, entitySource(condition, context)]);
}

/** Hardly any execution begins at another time than its start. */
function executionTimeSource(condition: Condition, context: SourceContext): Draft | undefined {
  const same = columnSource(condition, context, { column: "v.start_time" });
  const later = columnSource(condition, context, {
    column: "v.execution_time",
    where: "v.execution_time <> v.start_time",
  });
  return unionOf([same, later]);
}

function tailSource(
  condition: Condition,
  context: SourceContext,
  { column, above }: { column: string; above: number },
): Draft | undefined {
  if (leastOf(condition) <= above) return undefined;
  const { lotOf } = context.dialect;
  if (lotOf !== undefined && column === TAILS.executionDurationNs.column) {
    const of = (row: string): string => `${row}.execution_duration_ns > ${above}`;
    return lotSource(condition, context, { table: "visibility", lotOf, of, column: "execution_duration_ns" });
  }
  return columnSource(condition, context, { column, where: `${column} > ${above}` });
}

/** No value below it makes the condition true. */
function leastOf(condition: Condition): number {
  if (condition.kind === "between") return Number(condition.low);
  if (condition.kind === "in") return Math.min(...condition.values.map(Number));
  return condition.kind === "compare" && [">", ">=", "="].includes(condition.op)
    ? Number(condition.value)
    : Number.NEGATIVE_INFINITY;
}

function draft(sql: string, parameters: readonly Parameter[], condition: Condition): Draft {
  const isEquality = condition.kind === "in" || (condition.kind === "compare" && condition.op === "=");
  const isExact = condition.field.kind === "attribute";
  return { sql, parameters, isRange: !isEquality, isExact, alternatives: 1 };
}
