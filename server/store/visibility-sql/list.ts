/** A page of a list: which statements find it. The rows are decoded by the store. */
import type { ListVisibility } from "../store.ts";
import { decodeCursor, encodeCursor, isAfter } from "../visibility-cursor.ts";
import type { VisibilityPosition } from "../visibility-cursor.ts";
import type { VisibilityDialect } from "./dialect.ts";
import { withoutNegations } from "./normal-form.ts";
import { scoped } from "./scope.ts";
import { SortSql } from "./sort-sql.ts";
import type { Exchange, Row, Statement } from "./statement.ts";
import { chooseWay, selection } from "./way.ts";
import type { Selection } from "./way.ts";

export interface ListedPage {
  readonly rows: readonly Row[];
  readonly next: string | undefined;
}

/** What stores decode; `at_…` come besides. */
const COLUMNS = `key namespace kind status start_time close_time execution_time workflow_type workflow_id run_id
  task_queue history_length history_size_bytes state_transition_count execution_duration_ns parent_workflow_id parent_run_id
  root_workflow_id root_run_id memo search_attributes attribute_count row_check`
  .split(/\s+/)
  .map((name) => `v.${name}`)
  .join(", ");

export function* listExchange(list: ListVisibility, dialect: VisibilityDialect): Exchange<ListedPage> {
  const parts = scoped(list.filter === undefined ? undefined : withoutNegations(list.filter), list);
  const search = { parts, scope: list, dialect };
  const after = list.after === undefined ? undefined : decodeCursor(list.after, list.sort);
  const sort = new SortSql(list.sort, dialect);
  const way = yield* chooseWay(search);
  const found: Row[] = [];
  for (const scope of parts.scopes) {
    const selected = selection(search, { way, scope, isOrdered: list.sort === undefined });
    found.push(...(yield pageStatement(selected, { sort, after, limit: list.limit + 1 })));
  }
  if (parts.scopes.length > 1) {
    found.sort((a, b) => (isAfter(sort.positionOf(a), sort.positionOf(b), list.sort) ? 1 : -1));
  }
  const rows = found.slice(0, list.limit);
  const last = found.length > list.limit ? rows.at(-1) : undefined;
  return { rows, next: last === undefined ? undefined : encodeCursor(sort.positionOf(last), list.sort) };
}

interface Page {
  readonly sort: SortSql;
  readonly after: VisibilityPosition | undefined;
  readonly limit: number;
}

function pageStatement(selected: Selection, { sort, after, limit }: Page): Statement {
  const value = sort.selected();
  const rest = after === undefined ? undefined : sort.after(after);
  const order = sort.orderBy();
  const sql = `SELECT ${COLUMNS}, v.key AS at_key, v.close_order AS at_close, v.start_time AS at_start${value.sql}
    FROM ${selected.from} WHERE ${selected.sql}${rest === undefined ? "" : ` AND ${rest.sql}`}
    ORDER BY ${order.sql} LIMIT ?`;
  const parameters = [
    ...value.parameters,
    ...selected.parameters,
    ...(rest?.parameters ?? []),
    ...order.parameters,
    limit,
  ];
  return { sql, parameters };
}
