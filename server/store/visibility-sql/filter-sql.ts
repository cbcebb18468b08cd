/**
 * A visibility filter as a condition of SQL over the table `visibility`, aliased `v`.
 *
 * 1. Negations are pushed down to the conditions first (in three-valued logic De Morgan's rules hold, and a negated
 *    comparison is the opposite comparison: unknown stays unknown). Then nothing in the SQL is negated as a whole, so
 *    unknown may count as false everywhere, and a condition on an attribute can be a plain EXISTS.
 * 2. The condition alone is exact. It asks each row for its own attributes, which is right when many rows match.
 *    For when few do, key sources (key-source.ts) name supersets of the matching keys, read from indexes.
 * 3. Values are parameters, never text of the statement: equal shapes share a prepared statement.
 * 4. AND and OR are nested as balanced trees: databases bound the depth of an expression.
 */
import { assert } from "../../../base/index.ts";
import { OPEN_CLOSE_ORDER } from "../visibility-cursor.ts";
import type { SystemColumn, VisibilityField } from "../visibility.ts";
import { ATTRIBUTE_TYPE_NUMBER } from "../visibility.ts";
import { ConditionSql, FALSE, TRUE } from "./condition-sql.ts";
import type { VisibilityDialect } from "./dialect.ts";
import type { Condition, PositiveFilter } from "./normal-form.ts";
import { isNegative, opposite } from "./normal-form.ts";
import { isDivision } from "./scope.ts";
import type { Statement } from "./statement.ts";

type AttributeField = Extract<VisibilityField, { kind: "attribute" }>;

export const COLUMNS: Readonly<Record<SystemColumn, string>> = {
  workflowId: "v.workflow_id",
  runId: "v.run_id",
  workflowType: "v.workflow_type",
  taskQueue: "v.task_queue",
  status: "v.status",
  startTime: "v.start_time",
  // So an index of both need not hold it twice.
  executionTime: "coalesce(nullif(v.execution_time, v.start_time), v.start_time)",
  closeTime: "v.close_time",
  historyLength: "v.history_length",
  historySizeBytes: "v.history_size_bytes",
  stateTransitionCount: "v.state_transition_count",
  executionDurationNs: "v.execution_duration_ns",
  parentWorkflowId: "v.parent_workflow_id",
  parentRunId: "v.parent_run_id",
  // NULL when they are the row's own.
  rootWorkflowId: "coalesce(v.root_workflow_id, v.workflow_id)",
  rootRunId: "coalesce(v.root_run_id, v.run_id)",
};

export const UUID_COLUMNS: ReadonlySet<SystemColumn> = new Set(["runId", "parentRunId", "rootRunId"]);

const CLOSED = `v.close_order < ${OPEN_CLOSE_ORDER}`;

const KNOWN_AT_CLOSE: ReadonlySet<SystemColumn> = new Set([
  "historyLength",
  "historySizeBytes",
  "stateTransitionCount",
  "executionDurationNs",
]);

/** A boolean expression and its parameters; `isBeside` when it is to be asked of row after row. */
export function filterSql(filter: PositiveFilter, dialect: VisibilityDialect, isBeside = false): Statement {
  const compiler = new Compiler(dialect, isBeside);
  const sql = compiler.condition(filter);
  return { sql, parameters: compiler.parameters };
}

class Compiler {
  readonly #sql: ConditionSql;
  readonly #exist: (from: string) => string;

  constructor(dialect: VisibilityDialect, isBeside: boolean) {
    this.#sql = new ConditionSql(dialect);
    this.#exist = (isBeside ? dialect.existsBeside : undefined) ?? ((from) => `EXISTS (SELECT 1 ${from})`);
  }

  get parameters(): Statement["parameters"] {
    return this.#sql.parameters;
  }

  condition(filter: PositiveFilter): string {
    if ("filters" in filter) {
      const conditions = filter.filters.map((one) => this.condition(one));
      return balanced(conditions, filter.kind === "and" ? "AND" : "OR");
    }
    const { field } = filter;
    if (isDivision(field)) return this.#sql.test("v.division", filter);
    return field.kind === "attribute" ? this.#attribute(filter, field) : this.#column(filter);
  }

  #attribute(leaf: Condition, field: AttributeField): string {
    if (leaf.kind === "isNull") return leaf.negated ? this.#exists(field, "") : this.#notExists(field, "");
    const test = (tested: Condition) => (): string => this.#sql.test("a.value", tested);
    const isSet = field.type === "Text" || field.type === "KeywordList";
    return isSet && isNegative(leaf) ? this.#notExists(field, test(opposite(leaf))) : this.#exists(field, test(leaf));
  }

  #exists(field: AttributeField, test: "" | (() => string)): string {
    const name = this.#sql.attributeName(field.name);
    const type = ATTRIBUTE_TYPE_NUMBER[field.type];
    const and = test === "" ? "" : ` AND ${test()}`;
    return this.#exist(
      `FROM visibility_attribute a WHERE a.key = v.key AND a.name = ${name} AND a.type = ${type}${and}`,
    );
  }

  /** Most rows have no attributes at all, which the row itself says. */
  #notExists(field: AttributeField, test: "" | (() => string)): string {
    return `(v.attribute_count = 0 OR NOT ${this.#exists(field, test)})`;
  }

  #column(leaf: Condition): string {
    assert(leaf.field.kind === "system", "attributes have their own compilation");
    const { column } = leaf.field;
    if (UUID_COLUMNS.has(column)) return this.#sql.uuidTest(COLUMNS[column], leaf);
    if (column === "closeTime") return this.#closeTime(leaf);
    const test = this.#sql.test(COLUMNS[column], leaf);
    const isAbsent = leaf.kind === "isNull" && !leaf.negated;
    // Open executions come first, and a walk need not look at them.
    return KNOWN_AT_CLOSE.has(column) && !isAbsent ? `(${test} AND ${CLOSED})` : test;
  }

  /** By the column that the order's index has. */
  #closeTime(leaf: Condition): string {
    if (leaf.kind === "isNull") return leaf.negated ? CLOSED : `v.close_order = ${OPEN_CLOSE_ORDER}`;
    return `(${this.#sql.test("v.close_order", leaf)} AND ${CLOSED})`;
  }
}

function balanced(conditions: readonly string[], operator: "AND" | "OR"): string {
  if (conditions.length === 0) return operator === "AND" ? TRUE : FALSE;
  if (conditions.length === 1) return conditions[0] as string;
  const middle = conditions.length >> 1;
  const left = balanced(conditions.slice(0, middle), operator);
  const right = balanced(conditions.slice(middle), operator);
  return `(${left} ${operator} ${right})`;
}
