import type { Parameter } from "./statement.ts";
import { describe, expect, test } from "vitest";
import type { VisibilityField, VisibilityFilter } from "../visibility.ts";
import { textSuccessor } from "./text-successor.ts";
import { uuidBlob, uuidBound, uuidPrefixRange } from "./uuid-bound.ts";
import { compileFilter, openVisibility } from "../sqlite/visibility-rows-fixture.ts";

const keyword: VisibilityField = { kind: "attribute", name: "Customer", type: "Keyword" };
const words: VisibilityField = { kind: "attribute", name: "Notes", type: "Text" };
const equal: VisibilityFilter = { kind: "compare", field: keyword, op: "=", value: "c-1" };
const list: VisibilityField = { kind: "attribute", name: "Tags", type: "KeywordList" };
const unequal: VisibilityFilter = { kind: "compare", field: list, op: "!=", value: "c-1" };

function planOf(sql: string, parameters: readonly Parameter[]): string {
  const statement = openVisibility().prepare(`EXPLAIN QUERY PLAN ${sql}`);
  return statement
    .all(...parameters)
    .map(({ detail }) => String(detail))
    .join("\n");
}

const workflowId: VisibilityField = { kind: "system", column: "workflowId", type: "Keyword" };
const byId: VisibilityFilter = { kind: "compare", field: workflowId, op: "=", value: "w" };

describe("a selective condition is a source of keys, read from an index", () => {
  const values =
    "SEARCH a USING COVERING INDEX visibility_attribute_lot (scope=? AND name=? AND type=? AND <expr>=? AND value";
  const ids = "SEARCH e USING COVERING INDEX entity_business_id (namespace=? AND kind=? AND business_id";
  test.each<[string, VisibilityFilter, readonly string[]]>([
    ["equality", equal, [values]],
    ["inequality of one value", { ...equal, op: "!=" } as VisibilityFilter, [values]],
    ["a list", { kind: "in", field: keyword, values: ["a", "b"], negated: false }, [values]],
    ["a range", { kind: "between", field: keyword, low: "a", high: "b", negated: false }, [values]],
    ["a prefix", { kind: "startsWith", field: keyword, prefix: "c-", negated: false }, [values]],
    ["a word of a text", { kind: "in", field: words, values: ["refund"], negated: false }, [values]],
    ["the workflow id", byId, [ids]],
    ["both of AND", { kind: "and", filters: [equal, unequal, byId] }, [values, ids]],
    ["twice negated", { kind: "not", filter: { kind: "or", filters: [unequal, unequal] } }, [values, values]],
    ["either of OR", { kind: "or", filters: [equal, byId] }, [`${values}=?)`, `${ids}=?)`]],
  ])("%s", (_, filter, indexes) => {
    const plans = compileFilter(filter).keySources.map(({ sql, parameters }) => planOf(sql, parameters));
    expect(plans.length).toBe(filter.kind === "or" ? 1 : indexes.length);
    for (const index of indexes) expect(plans.join("\n")).toContain(index);
  });

  test.each<[string, VisibilityFilter]>([
    ["inequality of a set", unequal],
    ["absence", { kind: "isNull", field: keyword, negated: false }],
    ["OR with something unselective", { kind: "or", filters: [equal, unequal] }],
    ["an OR of very many", { kind: "or", filters: Array.from({ length: 101 }, () => equal) }],
    ["a very long list", { kind: "in", field: keyword, values: Array.from({ length: 2_000 }, String), negated: false }],
  ])("but not %s", (_, filter) => {
    expect(compileFilter(filter).keySources).toEqual([]);
  });
});

test("a condition asks the row's own attributes", () => {
  const { sql, parameters } = compileFilter({ ...equal, op: "!=" } as VisibilityFilter);
  expect(planOf(`SELECT v.key FROM visibility v WHERE ${sql}`, parameters)).toMatch(
    /SEARCH a (EXISTS )?USING PRIMARY KEY \(key=\? AND name=\? AND type=\?\)/,
  );
});

test("the largest filters that the resolver lets through run", () => {
  const db = openVisibility();
  const run = (filter: VisibilityFilter): number => {
    const { sql, parameters } = compileFilter(filter);
    return db.prepare(`SELECT v.key FROM visibility v WHERE ${sql}`).all(...parameters).length;
  };
  const conditions = Array.from({ length: 4_000 }, () => equal);
  expect(run({ kind: "or", filters: conditions })).toBe(0);
  expect(run({ kind: "in", field: keyword, values: Array.from({ length: 12_000 }, String), negated: false })).toBe(0);
  let nested: VisibilityFilter = equal;
  for (let depth = 0; depth < 199; depth++) {
    nested = { kind: depth % 2 === 0 ? "and" : "or", filters: [unequal, equal, unequal, equal, nested] };
  }
  expect(run(nested)).toBe(0);
});

test("the successor of a text is the least text above all that start with it", () => {
  const rows: [string, string | undefined][] = [
    ["", undefined],
    ["a", "b"],
    ["ab", "ac"],
    ["\ud7ff", "\ue000"],
    ["\uffff", "\u{10000}"],
    ["a\u{10ffff}", "b"],
    ["\u{10ffff}\u{10ffff}", undefined],
  ];
  expect(rows.map(([prefix]) => [prefix, textSuccessor(prefix)])).toEqual(rows);
});

const ZEROES = "00000000-0000-0000-0000-000000000000";
const UUID = "01a1fe17-6455-702b-8bd1-b3dbcd7fd1bd";

test("the bound of a text is the least UUID that is not below it", () => {
  const rows: [string, string | undefined][] = [
    ["", ZEROES],
    ["0", ZEROES],
    [UUID, UUID],
    [`${UUID}x`, "01a1fe17-6455-702b-8bd1-b3dbcd7fd1be"],
    ["01A1FE17", "01a00000-0000-0000-0000-000000000000"],
    ["01a1fe17x", "01a1fe18-0000-0000-0000-000000000000"],
    ["01a1fe17.", "01a1fe18-0000-0000-0000-000000000000"],
    ["01a1fe17+", "01a1fe17-0000-0000-0000-000000000000"],
    ["0z", "10000000-0000-0000-0000-000000000000"],
    ["ffz", undefined],
    ["g", undefined],
  ];
  expect(rows.map(([text]) => [text, uuidBound(text)])).toEqual(
    rows.map(([text, bound]) => [text, bound === undefined ? undefined : uuidBlob(bound)]),
  );
});

test("a prefix of UUIDs is a range of them, any other prefix none", () => {
  expect(uuidPrefixRange("01a1fe17-6")).toEqual({
    low: uuidBlob("01a1fe17-6000-0000-0000-000000000000"),
    high: uuidBlob("01a1fe17-6fff-ffff-ffff-ffffffffffff"),
  });
  expect(["g", "01a1fe176", "01A", `${UUID}0`].map(uuidPrefixRange)).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});
