/**
 * Queries with the answers of a real server (1.32, on SQLite) over the rows below. `error` is its message; otherwise
 * `matches` are the workflow ids that it found, or `count` is what it counted.
 */
import type { DatabaseSync } from "node:sqlite";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { evaluate } from "../store/memory/visibility-evaluate.ts";
import { compileFilter, insertRows, NAMESPACE, openVisibility } from "../store/sqlite/visibility-rows-fixture.ts";
import type { Attribute, AttributeType, VisibilityFilter, VisibilityRow } from "../store/visibility.ts";
import { InvalidQueryError } from "./errors.ts";
import { parseQuery, resolveQuery } from "./index.ts";
import { textTokens } from "./text-tokens.ts";

interface Recorded {
  readonly query: string;
  readonly error?: string;
  readonly matches?: readonly string[];
  readonly count?: number;
}

const RECORDED = JSON.parse(
  readFileSync(new URL("recorded-queries.json", import.meta.url), "utf8"),
) as readonly Recorded[];

/** Where we answer differently, and why. */
const PERMITTED: Readonly<Record<string, string>> = {
  "CKeyword STARTS_WITH 'AB'": "a prefix is case-sensitive, as on the peer's other databases",
  "ScheduleId = 'x'": "comes with schedules",
  "TemporalScheduleId = 'x'": "comes with schedules",
  "WorkflowId = 'w1' ORDER BY StartTime": "lists can be sorted",
  "ORDER BY StartTime": "lists can be sorted",
  "ORDER BY StartTime DESC": "lists can be sorted",
  "ORDER BY StartTime DESC, CloseTime ASC": "one field can be sorted by, and the message says so",
  "ORDER BY CInt": "lists can be sorted",
  "ORDER BY CList": "the message says what cannot be sorted by",
  "ORDER BY CKeyword": "lists can be sorted",
  "GROUP BY WorkflowType": "counts can be grouped by more fields",
  "GROUP BY CKeyword": "counts can be grouped by more fields",
  "GROUP BY CBool": "counts can be grouped by more fields",
  "WorkflowId = 'w1' HAVING x = 1": "the peer ignores HAVING; we refuse it",
  "EXISTS (SELECT 1)": "subqueries are no part of our grammar: refused with a syntax error",
  "WorkflowId = (SELECT 1)": "subqueries are no part of our grammar: refused with a syntax error",
  "WorkflowId = CASE WHEN 1 THEN 2 END": "CASE is no part of our grammar: refused with a syntax error",
  "WorkflowId = :v": "parameters are no part of our grammar: refused with a syntax error",
  "WorkflowId = ?": "parameters are no part of our grammar: refused with a syntax error",
  "`Work``x` = 'w1'": "the peer drops backticks from the name in its message",
  "CDate = '2020-01-02T03:04:05.678901234Z'": "the peer compares times of attributes as texts on SQLite",
  "CDate = '2020-01-02T03:04:05.678901Z'": "the peer compares times of attributes as texts on SQLite",
  "CDate < '2020-01-02T03:04:05.678902Z'": "the peer compares times of attributes as texts on SQLite",
  "ExecutionDuration > ''": "the peer's message was lost on its way",
};

const CUSTOM: ReadonlyMap<string, AttributeType> = new Map([
  ["CKeyword", "Keyword"],
  ["CText", "Text"],
  ["CInt", "Int"],
  ["CDouble", "Double"],
  ["CBool", "Bool"],
  ["CDate", "Datetime"],
  ["CList", "KeywordList"],
]);
const registry = { typeOf: (name: string): AttributeType | undefined => CUSTOM.get(name) };

const ROWS: readonly VisibilityRow[] = [
  row(1, "T", [
    { name: "CKeyword", type: "Keyword", value: "abc" },
    { name: "CText", type: "Text", value: textTokens("Quick brown-fox jumps") },
    { name: "CInt", type: "Int", value: 5 },
    { name: "CDouble", type: "Double", value: 2.5 },
    { name: "CBool", type: "Bool", value: true },
    { name: "CDate", type: "Datetime", value: 1_577_934_245_678_901 },
    { name: "CList", type: "KeywordList", value: ["a", "b"] },
  ]),
  row(2, "T2", []),
  row(3, "T", [
    { name: "CKeyword", type: "Keyword", value: "abd" },
    { name: "CInt", type: "Int", value: -7 },
    { name: "CDouble", type: "Double", value: -0.5 },
    { name: "CBool", type: "Bool", value: false },
    { name: "CList", type: "KeywordList", value: ["b"] },
  ]),
  {
    ...row(4, "U", [
      { name: "CKeyword", type: "Keyword", value: "it's" },
      { name: "CText", type: "Text", value: textTokens("lazy dog") },
      { name: "TemporalChangeVersion", type: "KeywordList", value: ["v-1"] },
      { name: "TemporalScheduledById", type: "Keyword", value: "s" },
    ]),
    status: 5,
    closeTime: 1_795_264_309_309_012,
    historyLength: 4,
    historySizeBytes: 500,
    stateTransitionCount: 2,
    executionDurationNs: 12_000_000,
  },
  row(5, "U", [
    { name: "CKeyword", type: "Keyword", value: "abc" },
    { name: "TemporalNamespaceDivision", type: "Keyword", value: "x" },
  ]),
];

function row(n: number, workflowType: string, attributes: readonly Attribute[]): VisibilityRow {
  const runId = `01a1fe17-6455-702b-8bd1-b3dbcd7fd1b${n}`;
  return {
    slot: n,
    id: n,
    namespace: NAMESPACE,
    kind: 1,
    workflowId: `w${n}`,
    runId,
    workflowType,
    taskQueue: "q",
    status: 1,
    startTime: 1_795_264_308_309_012 + n,
    executionTime: 1_795_264_308_309_012 + n,
    closeTime: undefined,
    historyLength: undefined,
    historySizeBytes: undefined,
    stateTransitionCount: undefined,
    executionDurationNs: undefined,
    parentWorkflowId: undefined,
    parentRunId: undefined,
    rootWorkflowId: `w${n}`,
    rootRunId: runId,
    memo: undefined,
    searchAttributes: undefined,
    attributes,
  };
}

function answer(query: string, find: (filter: VisibilityFilter | undefined) => readonly string[]): Recorded {
  const isCount = /group by/i.test(query);
  try {
    const { filter } = resolveQuery(parseQuery(query), registry, { operation: isCount ? "count" : "list" });
    const matches = find(filter);
    return isCount ? { query, count: matches.length } : { query, matches };
  } catch (error) {
    if (!(error instanceof InvalidQueryError)) throw error;
    return { query, error: error.message };
  }
}

function findInMemory(filter: VisibilityFilter | undefined): readonly string[] {
  const isFound = filter === undefined ? () => true : evaluate(filter);
  return ROWS.filter(isFound).map(({ workflowId }) => workflowId);
}

function finderInSqlite(db: DatabaseSync): (filter: VisibilityFilter | undefined) => readonly string[] {
  return (filter) => {
    const { sql, parameters } = filter === undefined ? { sql: "1", parameters: [] } : compileFilter(filter);
    const statement = db.prepare(`SELECT v.workflow_id AS id FROM visibility v WHERE ${sql} ORDER BY v.workflow_id`);
    return statement.all(...parameters).map(({ id }) => String(id));
  };
}

describe("a recorded query is answered as the real server did", () => {
  const comparable = RECORDED.filter(({ query }) => PERMITTED[query] === undefined);
  const db = openVisibility();
  insertRows(db, ROWS);
  const finders = [
    ["memory", findInMemory],
    ["sqlite", finderInSqlite(db)],
  ] as const;

  test.each(finders)("by the filter in %s", (_, find) => {
    const ours = comparable.map(({ query }) => answer(query, find));
    expect(ours).toEqual(comparable);
  });

  test("every permitted difference is one", () => {
    const permitted = RECORDED.filter(({ query }) => PERMITTED[query] !== undefined);
    expect(permitted.map(({ query }) => query).sort()).toEqual(Object.keys(PERMITTED).sort());
    expect(
      permitted.filter((recorded) =>
        Object.is(JSON.stringify(answer(recorded.query, findInMemory)), JSON.stringify(recorded)),
      ),
    ).toEqual([]);
  });
});
