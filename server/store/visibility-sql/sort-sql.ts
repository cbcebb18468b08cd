/** The order of a list: the default one, perhaps after a field of the query's choice; and what lies after a place in it. */
import type { Row, Statement } from "./statement.ts";
import type { VisibilityPosition } from "../visibility-cursor.ts";
import type { Scalar, SystemColumn, VisibilitySort } from "../visibility.ts";
import { ATTRIBUTE_TYPE_NUMBER } from "../visibility.ts";
import type { VisibilityDialect } from "./dialect.ts";
import { COLUMNS, UUID_COLUMNS } from "./filter-sql.ts";
import { isDivision } from "./scope.ts";
import { uuidBlob } from "./uuid-bound.ts";

const DEFAULT = "v.close_order DESC, v.start_time DESC, v.key DESC";

/** Columns that every row has. */
const PRESENT: ReadonlySet<SystemColumn> = new Set([
  "workflowId",
  "runId",
  "workflowType",
  "taskQueue",
  "status",
  "startTime",
  "executionTime",
  "rootWorkflowId",
  "rootRunId",
]);

export class SortSql {
  readonly #sort: VisibilitySort | undefined;
  readonly #dialect: VisibilityDialect;

  constructor(sort: VisibilitySort | undefined, dialect: VisibilityDialect) {
    this.#sort = sort;
    this.#dialect = dialect;
  }

  /** The sorted value as a column `at_value`, with a comma in front. */
  selected(): Statement {
    const sort = this.#sort;
    if (sort === undefined) return { sql: "", parameters: [] };
    const { sql, parameters } = this.#expression(sort);
    return { sql: `, ${this.#dialect.readable(sql, sort.field)} AS at_value`, parameters };
  }

  /** What follows ORDER BY. */
  orderBy(): Statement {
    const sort = this.#sort;
    if (sort === undefined) return { sql: DEFAULT, parameters: [] };
    const { sql, parameters } = this.#expression(sort);
    const direction = sort.descending ? "DESC" : "ASC";
    return { sql: `${sql} ${direction}${isPresent(sort) ? "" : " NULLS LAST"}, ${DEFAULT}`, parameters };
  }

  /** A condition for what follows the place. */
  after({ closeOrder, startTime, key, value }: VisibilityPosition): Statement {
    const place = "(v.close_order, v.start_time, v.key) < (?, ?, ?)";
    const sort = this.#sort;
    // The first comparison alone bounds the index range; the row value is the exact one.
    if (sort === undefined) {
      return { sql: `v.close_order <= ? AND ${place}`, parameters: [closeOrder, closeOrder, startTime, key] };
    }
    const { sql, parameters } = this.#expression(sort);
    if (value === undefined) {
      return { sql: `(${sql} IS NULL AND ${place})`, parameters: [...parameters, closeOrder, startTime, key] };
    }
    const bound = this.#bind(sort, value);
    const beyond = `${sql} ${sort.descending ? "<" : ">"} ?`;
    const isAbsent = isPresent(sort) ? "" : ` OR ${sql} IS NULL`;
    return {
      sql: `(${beyond}${isAbsent} OR (${sql} = ? AND ${place}))`,
      parameters: [
        ...parameters,
        bound,
        ...(isPresent(sort) ? [] : parameters),
        ...parameters,
        bound,
        closeOrder,
        startTime,
        key,
      ],
    };
  }

  positionOf(row: Row): VisibilityPosition {
    const place = {
      closeOrder: Number(row["at_close"]),
      startTime: Number(row["at_start"]),
      key: Number(row["at_key"]),
    };
    return this.#sort === undefined
      ? place
      : { ...place, value: this.#dialect.read(row["at_value"], this.#sort.field) };
  }

  #expression({ field }: VisibilitySort): Statement {
    if (field.kind === "system") return { sql: COLUMNS[field.column], parameters: [] };
    if (isDivision(field)) return { sql: "v.division", parameters: [] };
    const type = ATTRIBUTE_TYPE_NUMBER[field.type];
    return {
      sql: `(SELECT a.value FROM visibility_attribute a WHERE a.key = v.key AND a.name = ? AND a.type = ${type})`,
      parameters: [this.#dialect.attributeName(field.name)],
    };
  }

  #bind({ field }: VisibilitySort, value: Scalar): Statement["parameters"][number] {
    const isRunId = field.kind === "system" && UUID_COLUMNS.has(field.column);
    return this.#dialect.bindable(isRunId ? (uuidBlob(String(value)) ?? "") : value, field);
  }
}

function isPresent({ field }: VisibilitySort): boolean {
  return field.kind === "system" && PRESENT.has(field.column);
}
