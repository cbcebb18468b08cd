/**
 * A visibility filter as a condition of SQL over the table `visibility`, aliased `v`.
 *
 * 1. Negations are pushed down to the conditions first (in three-valued logic De Morgan's rules hold, and a negated
 *    comparison is the opposite comparison: unknown stays unknown). Then nothing in the SQL is negated as a whole, so
 *    unknown may count as false everywhere, and a condition on an attribute can be a plain EXISTS.
 * 2. The condition alone is exact. It asks each row for its own attributes, which is right when many rows match.
 *    For when few do, key sources (visibility-key-source.ts) name supersets of the matching keys, read from indexes.
 * 3. Values are parameters, never text of the statement: equal shapes share a prepared statement.
 * 4. AND and OR are nested as balanced trees: SQLite bounds the depth of an expression.
 */
import type { SQLInputValue } from "node:sqlite";
import { assert } from "../../../base/index.ts";
import type { SystemColumn, VisibilityField, VisibilityFilter } from "../visibility.ts";
import { ATTRIBUTE_TYPE_NUMBER } from "./batch-codec.ts";
import { ConditionSql } from "./condition-sql.ts";
import type { KeySource, VisibilityScope } from "./visibility-key-source.ts";
import { keySources } from "./visibility-key-source.ts";
import type { Condition, PositiveFilter } from "./visibility-normal-form.ts";
import { isNegative, opposite, withoutNegations } from "./visibility-normal-form.ts";

export interface CompiledFilter {
  /** A boolean expression. */
  readonly sql: string;
  readonly parameters: readonly SQLInputValue[];
  /** Any of them may stand in for the order's index. */
  readonly keySources: readonly KeySource[];
}

type AttributeField = Extract<VisibilityField, { kind: "attribute" }>;

const TRUE = "1";
const FALSE = "0";

const COLUMNS: Readonly<Record<SystemColumn, string>> = {
  workflowId: "v.workflow_id",
  runId: "v.run_id",
  workflowType: "v.workflow_type",
  taskQueue: "v.task_queue",
  status: "v.status",
  startTime: "v.start_time",
  executionTime: "v.execution_time",
  closeTime: "v.close_time",
  historyLength: "v.history_length",
  historySizeBytes: "v.history_size_bytes",
  stateTransitionCount: "v.state_transition_count",
  executionDurationNs: "v.execution_duration_ns",
  parentWorkflowId: "v.parent_workflow_id",
  parentRunId: "v.parent_run_id",
  // NULL when they are the row's own.
  rootWorkflowId: "ifnull(v.root_workflow_id, v.workflow_id)",
  rootRunId: "ifnull(v.root_run_id, v.run_id)",
};

const UUID_COLUMNS: ReadonlySet<SystemColumn> = new Set(["runId", "parentRunId", "rootRunId"]);

export function compileFilter(filter: VisibilityFilter, scope: VisibilityScope): CompiledFilter {
  const positive = withoutNegations(filter);
  const compiler = new Compiler();
  const sql = compiler.condition(positive);
  return { sql, parameters: compiler.parameters, keySources: keySources(positive, scope) };
}

class Compiler {
  readonly #sql = new ConditionSql();

  get parameters(): readonly SQLInputValue[] {
    return this.#sql.parameters;
  }

  condition(filter: PositiveFilter): string {
    if ("filters" in filter) {
      const conditions = filter.filters.map((one) => this.condition(one));
      return balanced(conditions, filter.kind === "and" ? "AND" : "OR");
    }
    return filter.field.kind === "attribute" ? this.#attribute(filter, filter.field) : this.#column(filter);
  }

  #attribute(leaf: Condition, field: AttributeField): string {
    if (leaf.kind === "isNull") return leaf.negated ? this.#exists(field, "") : this.#notExists(field, "");
    const isSet = field.type === "Text" || field.type === "KeywordList";
    if (isSet && isNegative(leaf)) return this.#notExists(field, () => this.#sql.test("a.value", opposite(leaf)));
    return this.#exists(field, () => this.#sql.test("a.value", leaf));
  }

  #exists(field: AttributeField, test: "" | (() => string)): string {
    const name = this.#sql.bind(field.name);
    const type = ATTRIBUTE_TYPE_NUMBER[field.type];
    const and = test === "" ? "" : ` AND ${test()}`;
    return `EXISTS (SELECT 1 FROM visibility_attribute a WHERE a.key = v.key AND a.name = ${name} AND a.type = ${type}${and})`;
  }

  /** Most rows have no attributes at all, which the row itself says. */
  #notExists(field: AttributeField, test: "" | (() => string)): string {
    return `(v.attribute_count = 0 OR NOT ${this.#exists(field, test)})`;
  }

  #column(leaf: Condition): string {
    assert(leaf.field.kind === "system", "attributes have their own compilation");
    const { column } = leaf.field;
    return UUID_COLUMNS.has(column) ? this.#sql.uuidTest(COLUMNS[column], leaf) : this.#sql.test(COLUMNS[column], leaf);
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
