/**
 * The way to the rows of a filter. When few rows can match, their keys are read from an index and drive the statement;
 * otherwise the rows are walked in an order that may end early. Databases without statistics, or with bad ones, choose
 * wrongly here, and a short look at the index does not: counting up to KEYS_MAX entries takes less than a millisecond.
 */
import type { OrderedIndex, VisibilityDialect } from "./dialect.ts";
import { filterSql } from "./filter-sql.ts";
import type { KeySource } from "./key-source.ts";
import { keySources } from "./key-source.ts";
import { conjuncts } from "./scope.ts";
import type { ScopedFilter, VisibilityScope } from "./scope.ts";
import type { Exchange, Parameter, Statement } from "./statement.ts";
import type { SystemColumn } from "../visibility.ts";

/** Up to so many rows are looked up and sorted; of more, a page is found sooner by walking the order. */
export const KEYS_MAX = 3_000;
/** Sources that are looked at before giving up. */
const PROBES_MAX = 8;

export type Way =
  | { readonly kind: "keys"; readonly source: KeySource }
  | { readonly kind: "walk"; readonly index: OrderedIndex };

export interface Search {
  readonly parts: ScopedFilter;
  readonly scope: VisibilityScope;
  readonly dialect: VisibilityDialect;
}

export function* chooseWay({ parts, scope, dialect }: Search): Exchange<Way> {
  if (parts.filter === undefined) return { kind: "walk", index: "visibility_order" };
  const sources = keySources(parts.filter, { scope, scopes: parts.scopes, dialect });
  for (const source of sources.slice(0, PROBES_MAX)) {
    const { sql, parameters } = source;
    const [row] = yield { sql: `SELECT count(*) AS count FROM (${sql} LIMIT ${KEYS_MAX + 1}) AS s`, parameters };
    if (Number(row?.["count"]) <= KEYS_MAX) return { kind: "keys", source };
  }
  return { kind: "walk", index: walkedIndex(parts) };
}

/** With a type or a status that must be, the rows that have it are walked. */
function walkedIndex({ filter }: ScopedFilter): OrderedIndex {
  if (filter === undefined) return "visibility_order";
  const columns = conjuncts(filter).flatMap((one) =>
    one.kind === "compare" && one.op === "=" && one.field.kind === "system" ? [one.field.column] : [],
  );
  if (columns.includes("workflowType")) return "visibility_type";
  return columns.includes("status") ? "visibility_status" : "visibility_order";
}

export interface Selection extends Statement {
  /** What follows FROM; `sql` is what follows WHERE. */
  readonly from: string;
}

/** The rows of one scope, found on the way. Without an order to walk in, the database chooses how. */
export function selection(
  { parts, dialect }: Search,
  { way, scope, isOrdered }: { way: Way; scope: number; isOrdered: boolean },
): Selection {
  const isDecided = parts.filter === undefined || (way.kind === "keys" && way.source.isExact);
  // One condition that many rows meet: a page is full after a few of them.
  const isBeside = way.kind === "walk" && isOrdered && parts.filter !== undefined && !("filters" in parts.filter);
  const filter = isDecided ? undefined : filterSql(parts.filter, dialect, isBeside);
  const conditions: string[] = [];
  const parameters: Parameter[] = [];
  if (way.kind === "keys") {
    conditions.push(dialect.keyAmong(way.source.sql), `${dialect.withoutIndex("v.scope")} = ?`);
    parameters.push(...way.source.parameters, scope);
  } else {
    conditions.push("v.scope = ?");
    parameters.push(scope);
    const goesOn = isOrdered || !isIndexOnly(parts) ? dialect.goesOn("v.key") : undefined;
    if (goesOn !== undefined) conditions.push(goesOn);
  }
  if (filter !== undefined) {
    conditions.push(`(${filter.sql})`);
    parameters.push(...filter.parameters);
  }
  const from = dialect.from(way.kind === "walk" && isOrdered ? way.index : undefined);
  return { from, sql: conditions.join(" AND "), parameters };
}

const INDEXED: ReadonlySet<SystemColumn> = new Set(["workflowType", "status", "startTime", "closeTime"]);

/** All rows, or those of one condition whose index answers alone: that ends soon, and asking whether to go on would cost a third more. */
function isIndexOnly({ filter }: ScopedFilter): boolean {
  if (filter === undefined) return true;
  return !("filters" in filter) && filter.field.kind === "system" && INDEXED.has(filter.field.column);
}
