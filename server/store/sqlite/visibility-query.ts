/**
 * A visibility filter as a condition of SQL over the table `visibility`, aliased `v`.
 *
 * 1. Negations are pushed down to the conditions first (in three-valued logic De Morgan's rules hold, and a negated
 *    comparison is the opposite comparison: unknown stays unknown). Then nothing in the SQL is negated as a whole, so
 *    unknown may count as false everywhere, and a condition on an attribute can be a plain EXISTS or IN.
 * 2. What may be selective (equality, ranges, prefixes) reads keys from the index of visibility_attribute;
 *    what hardly ever is (inequality, absence) asks the row's own attributes.
 * 3. Values are parameters, never text of the statement: equal shapes share a prepared statement.
 * 4. AND and OR are nested as balanced trees: SQLite bounds the depth of an expression.
 */
import type { SQLInputValue } from "node:sqlite";
import { assert } from "../../../base/index.ts";
import type { Comparison, SystemColumn, VisibilityField, VisibilityFilter } from "../visibility.ts";
import { ATTRIBUTE_TYPE_NUMBER } from "./batch-codec.ts";
import { textSuccessor } from "./text-successor.ts";
import { uuidBlob, uuidBound, uuidPrefixRange } from "./uuid-bound.ts";

export interface CompiledFilter {
  /** A boolean expression. */
  readonly sql: string;
  readonly parameters: readonly SQLInputValue[];
}

type Leaf = Exclude<VisibilityFilter, { kind: "and" | "or" | "not" }>;
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

export function compileFilter(filter: VisibilityFilter, namespace: number): CompiledFilter {
  const compiler = new Compiler(namespace);
  return { sql: compiler.condition(filter, false), parameters: compiler.parameters };
}

class Compiler {
  readonly parameters: SQLInputValue[] = [];
  readonly #namespace: number;

  constructor(namespace: number) {
    this.#namespace = namespace;
  }

  condition(filter: VisibilityFilter, negated: boolean): string {
    switch (filter.kind) {
      case "not":
        return this.condition(filter.filter, !negated);
      case "and":
      case "or": {
        const isAnd = (filter.kind === "and") !== negated;
        const conditions = filter.filters.map((one) => this.condition(one, negated));
        return balanced(conditions, isAnd ? "AND" : "OR");
      }
      default: {
        const leaf = negated ? opposite(filter) : filter;
        return leaf.field.kind === "attribute" ? this.#attribute(leaf, leaf.field) : this.#column(leaf);
      }
    }
  }

  #attribute(leaf: Leaf, field: AttributeField): string {
    if (leaf.kind === "isNull") return leaf.negated ? this.#exists(field, "") : this.#notExists(field, "");
    const isSet = field.type === "Text" || field.type === "KeywordList";
    if (isSet && isNegative(leaf)) return this.#notExists(field, () => this.#test("a.value", opposite(leaf)));
    if (isNegative(leaf)) return this.#exists(field, () => this.#test("a.value", leaf));
    this.parameters.push(this.#namespace, field.name);
    const type = ATTRIBUTE_TYPE_NUMBER[field.type];
    const test = this.#test("a.value", leaf);
    return `v.key IN (SELECT a.key FROM visibility_attribute a WHERE a.namespace = ? AND a.name = ? AND a.type = ${type} AND ${test})`;
  }

  #exists(field: AttributeField, test: "" | (() => string)): string {
    this.parameters.push(field.name);
    const type = ATTRIBUTE_TYPE_NUMBER[field.type];
    const and = test === "" ? "" : ` AND ${test()}`;
    return `EXISTS (SELECT 1 FROM visibility_attribute a WHERE a.key = v.key AND a.name = ? AND a.type = ${type}${and})`;
  }

  /** Most rows have no attributes at all, which the row itself says. */
  #notExists(field: AttributeField, test: "" | (() => string)): string {
    return `(v.attribute_count = 0 OR NOT ${this.#exists(field, test)})`;
  }

  #column(leaf: Leaf): string {
    assert(leaf.field.kind === "system", "attributes have their own compilation");
    const { column } = leaf.field;
    return UUID_COLUMNS.has(column) ? this.#uuid(COLUMNS[column], leaf) : this.#test(COLUMNS[column], leaf);
  }

  #test(column: string, leaf: Leaf): string {
    switch (leaf.kind) {
      case "compare":
        return `${column} ${leaf.op} ${this.#bind(leaf.value)}`;
      case "in": {
        // Without values nothing is in the list; everything that has a value is outside it.
        if (leaf.values.length === 0) return leaf.negated ? `${column} IS NOT NULL` : FALSE;
        const list = leaf.values.map((value) => this.#bind(value)).join(", ");
        return `${column} ${leaf.negated ? "NOT IN" : "IN"} (${list})`;
      }
      case "between":
        return `${column} ${leaf.negated ? "NOT " : ""}BETWEEN ${this.#bind(leaf.low)} AND ${this.#bind(leaf.high)}`;
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
    if (high === undefined) return `${column} ${below} ${this.#bind(low)}`;
    const above = negated ? ">=" : "<";
    return `(${column} ${below} ${this.#bind(low)} ${negated ? "OR" : "AND"} ${column} ${above} ${this.#bind(high)})`;
  }

  /** Run ids are stored as 16 bytes, in the order of their texts; any text can be compared with them. */
  #uuid(column: string, leaf: Leaf): string {
    switch (leaf.kind) {
      case "compare":
        return this.#compareUuid(column, leaf.op, String(leaf.value));
      case "in": {
        const values = leaf.values.map((value) => uuidBlob(String(value))).filter((blob) => blob !== undefined);
        const { negated } = leaf;
        if (values.length === 0) return negated ? `${column} IS NOT NULL` : FALSE;
        return `${column} ${negated ? "NOT IN" : "IN"} (${values.map((value) => this.#bind(value)).join(", ")})`;
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
        return `${column} ${not}BETWEEN ${this.#bind(range.low)} AND ${this.#bind(range.high)}`;
      }
      case "isNull":
        return `${column} IS ${leaf.negated ? "NOT " : ""}NULL`;
    }
  }

  #compareUuid(column: string, op: Comparison, text: string): string {
    const exact = uuidBlob(text);
    if (exact !== undefined) return `${column} ${op} ${this.#bind(exact)}`;
    if (op === "=") return FALSE;
    if (op === "!=") return `${column} IS NOT NULL`;
    const isBelow = op === "<" || op === "<=";
    const bound = uuidBound(text);
    if (bound === undefined) return isBelow ? `${column} IS NOT NULL` : FALSE;
    return `${column} ${isBelow ? "<" : ">="} ${this.#bind(bound)}`;
  }

  #bind(value: SQLInputValue | boolean): string {
    this.parameters.push(typeof value === "boolean" ? Number(value) : value);
    return "?";
  }
}

/** The conditions that the peer's users write to exclude something. */
function isNegative(leaf: Leaf): boolean {
  return leaf.kind === "compare" ? leaf.op === "!=" : leaf.negated;
}

const OPPOSITES: Readonly<Record<Comparison, Comparison>> = {
  "=": "!=",
  "!=": "=",
  "<": ">=",
  ">=": "<",
  ">": "<=",
  "<=": ">",
};

function opposite(leaf: Leaf): Leaf {
  return leaf.kind === "compare" ? { ...leaf, op: OPPOSITES[leaf.op] } : { ...leaf, negated: !leaf.negated };
}

function balanced(conditions: readonly string[], operator: "AND" | "OR"): string {
  if (conditions.length === 0) return operator === "AND" ? TRUE : FALSE;
  if (conditions.length === 1) return conditions[0] as string;
  const middle = conditions.length >> 1;
  const left = balanced(conditions.slice(0, middle), operator);
  const right = balanced(conditions.slice(middle), operator);
  return `(${left} ${operator} ${right})`;
}
