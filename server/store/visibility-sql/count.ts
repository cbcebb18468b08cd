/** Counts, whole or by the values of a field: which statements find them. */
import type { CountVisibility, VisibilityCount, VisibilityGroup } from "../store.ts";
import { sortedGroups } from "../visibility-cursor.ts";
import type { VisibilityField } from "../visibility.ts";
import { ATTRIBUTE_TYPE_NUMBER } from "../visibility.ts";
import type { VisibilityDialect } from "./dialect.ts";
import { COLUMNS } from "./filter-sql.ts";
import { keySources } from "./key-source.ts";
import type { Condition } from "./normal-form.ts";
import { isNegative, withoutNegations } from "./normal-form.ts";
import { isDivision, scoped } from "./scope.ts";
import type { Exchange, Row, Statement } from "./statement.ts";
import { chooseWay, selection } from "./way.ts";
import type { Search } from "./way.ts";

/** More than any reply could hold. */
const GROUPS_MAX = 1_000_000;
/** Of more, reading all entries of the index is cheaper than stepping from one value to the next. */
const STEPS_MAX = 1_000;

export function* countExchange(count: CountVisibility, dialect: VisibilityDialect): Exchange<VisibilityCount> {
  const parts = scoped(count.filter === undefined ? undefined : withoutNegations(count.filter), count);
  const search: Search = { parts, scope: count, dialect };
  if (count.groupBy === undefined) return { count: yield* countRows(search), groups: [] };
  const groups = yield* groupRows(search, count.groupBy, count.groupsMax ?? GROUPS_MAX);
  return { count: groups.reduce((sum, group) => sum + group.count, 0), groups };
}

function* countRows(search: Search): Exchange<number> {
  const short = indexCount(search);
  if (short !== undefined) return countOf(yield short);
  if (search.parts.filter === undefined && search.dialect.isEmbedded) return yield* countAll(search.parts.scopes);
  const way = yield* chooseWay(search);
  let sum = 0;
  for (const scope of search.parts.scopes) {
    const { from, sql, parameters } = selection(search, { way, scope, isOrdered: false });
    sum += countOf(yield { sql: `SELECT count(*) AS count FROM ${from} WHERE ${sql}`, parameters });
  }
  return sum;
}

/** All rows of the scopes. Where there is no other scope, those of the table, for which no entry has to be looked at. */
function* countAll(scopes: readonly number[]): Exchange<number> {
  let sum = 0;
  for (const scope of scopes) {
    const sql = `SELECT CASE WHEN low = ? AND high = ? THEN (SELECT count(*) FROM visibility)
        ELSE (SELECT count(*) FROM visibility v WHERE v.scope = ?) END AS count
      FROM (SELECT (SELECT min(v.scope) FROM visibility v) AS low, (SELECT max(v.scope) FROM visibility v) AS high) AS s`;
    sum += countOf(yield { sql, parameters: [scope, scope, scope] });
  }
  return sum;
}

function countOf(rows: readonly Row[]): number {
  return Number(rows[0]?.["count"] ?? 0);
}

/** One condition on an attribute or a task queue is counted in the index of its values. */
function indexCount({ parts, scope, dialect }: Search): Statement | undefined {
  const { filter, scopes } = parts;
  if (filter === undefined || "filters" in filter || isNegative(filter) || !isCounted(filter)) return undefined;
  const [source] = keySources(filter, { scope, scopes, dialect });
  if (source === undefined) return undefined;
  // A set may have several of the values.
  const counted = hasOneValue(filter) ? "count(*)" : "count(DISTINCT s.key)";
  return { sql: `SELECT ${counted} AS count FROM (${source.sql}) AS s`, parameters: source.parameters };
}

function isCounted({ field }: Condition): boolean {
  return field.kind === "attribute" || field.column === "taskQueue";
}

function hasOneValue(condition: Condition): boolean {
  const { type } = condition.field;
  return (type !== "Text" && type !== "KeywordList") || condition.kind === "compare";
}

/** At most one group more than `groupsMax`, which says that there are too many. */
function* groupRows(search: Search, field: VisibilityField, groupsMax: number): Exchange<VisibilityGroup[]> {
  const stepped = yield* steppedGroups(search, field, groupsMax);
  if (stepped !== undefined) return stepped;
  const counts = new Map<string, VisibilityGroup>();
  const isIndexed = search.parts.filter === undefined && field.kind === "attribute" && !isDivision(field);
  const statements = isIndexed ? indexedGroups(search, field) : yield* filteredGroups(search, field);
  for (const { sql, parameters } of statements) {
    for (const row of yield { sql: `${sql} LIMIT ${groupsMax + 1}`, parameters }) {
      addTo(counts, { value: search.dialect.read(row["value"], field), count: countOf([row]) });
    }
  }
  if (isIndexed && counts.size <= groupsMax) {
    const present = [...counts.values()].reduce((sum, group) => sum + group.count, 0);
    const absent = (yield* countRows(search)) - present;
    if (absent > 0) addTo(counts, { value: undefined, count: absent });
  }
  return sortedGroups([...counts.values()]);
}

/** Of all rows by status or type, of which there are few: from value to value in the index, counting each one's range. */
function* steppedGroups(
  { parts, dialect }: Search,
  field: VisibilityField,
  groupsMax: number,
): Exchange<VisibilityGroup[] | undefined> {
  const [scope, another] = parts.scopes;
  if (!dialect.isEmbedded || parts.filter !== undefined || scope === undefined || another !== undefined)
    return undefined;
  if (field.kind !== "system" || (field.column !== "status" && field.column !== "workflowType")) return undefined;
  const column = COLUMNS[field.column];
  const sql = `WITH RECURSIVE steps (value) AS (
      SELECT min(${column}) FROM visibility v WHERE v.scope = ? UNION ALL
      SELECT (SELECT min(${column}) FROM visibility v WHERE v.scope = ? AND ${column} > steps.value) FROM steps
      WHERE steps.value IS NOT NULL)
    SELECT s.value, (SELECT count(*) FROM visibility v WHERE v.scope = ? AND ${column} = s.value) AS count
    FROM (SELECT value FROM steps WHERE value IS NOT NULL LIMIT ?) AS s`;
  const rows = yield { sql, parameters: [scope, scope, scope, Math.min(groupsMax, STEPS_MAX) + 1] };
  if (rows.length > STEPS_MAX) return undefined;
  return sortedGroups(rows.map((row) => ({ value: dialect.read(row["value"], field), count: countOf([row]) })));
}

/** Of all rows, in the index of attribute values: it lacks those without the attribute. */
function indexedGroups({ parts, dialect }: Search, field: VisibilityField & { kind: "attribute" }): Statement[] {
  const of = `a.scope = ? AND a.name = ? AND a.type = ${ATTRIBUTE_TYPE_NUMBER[field.type]}`;
  const grouped = (by: string): string =>
    `SELECT a.value, count(*) AS count FROM visibility_attribute a WHERE ${of} GROUP BY ${by}`;
  // The index's own order first: then what is left to sort are the groups of the lots.
  const lot = dialect.lotOf?.("a");
  const groups =
    lot === undefined
      ? grouped("a.value")
      : `SELECT l.value, sum(l.count) AS count FROM (${grouped(`${lot}, a.value`)}) AS l GROUP BY l.value`;
  const sql = `SELECT ${dialect.readable("s.value", field)} AS value, s.count FROM (${groups}) AS s ORDER BY s.value`;
  return parts.scopes.map((scope) => ({ sql, parameters: [scope, dialect.attributeName(field.name)] }));
}

function* filteredGroups(search: Search, field: VisibilityField): Exchange<Statement[]> {
  const way = yield* chooseWay(search);
  const { sql: value, parameters: names } = groupedValue(field, search.dialect);
  return search.parts.scopes.map((scope) => {
    const { from, sql, parameters } = selection(search, { way, scope, isOrdered: false });
    const grouped = `SELECT ${value} AS value FROM ${from} WHERE ${sql}`;
    return {
      sql: `SELECT ${search.dialect.readable("s.value", field)} AS value, count(*) AS count FROM (${grouped}) AS s
        GROUP BY s.value ORDER BY s.value`,
      parameters: [...names, ...parameters],
    };
  });
}

function groupedValue(field: VisibilityField, dialect: VisibilityDialect): Statement {
  if (field.kind === "system") return { sql: COLUMNS[field.column], parameters: [] };
  if (isDivision(field)) return { sql: "v.division", parameters: [] };
  const of = `a.key = v.key AND a.name = ? AND a.type = ${ATTRIBUTE_TYPE_NUMBER[field.type]}`;
  return {
    sql: `(SELECT a.value FROM visibility_attribute a WHERE ${of})`,
    parameters: [dialect.attributeName(field.name)],
  };
}

function addTo(groups: Map<string, VisibilityGroup>, { value, count }: VisibilityGroup): void {
  const name = value === undefined ? "" : `${typeof value}:${String(value)}`;
  groups.set(name, { value, count: (groups.get(name)?.count ?? 0) + count });
}
