import { describe, expect, test } from "vitest";
import { NESTING_MAX, parseQuery, QUERY_LENGTH_MAX } from "./parser.ts";

const condition = "WorkflowId='w'";
const nested = (open: string, close: string, times: number): string =>
  `${open.repeat(times)}${condition}${close.repeat(times)}`;
const chain = (word: string, times: number): string => Array.from({ length: times }, () => condition).join(` ${word} `);

describe("what is nested or chained too deep is refused, the last allowed size is not", () => {
  test.each<[string, string, string, string]>([
    [
      "parentheses",
      nested("(", ")", NESTING_MAX),
      nested("(", ")", NESTING_MAX + 1),
      "max nesting level reached at position 228",
    ],
    [
      "NOT",
      nested("NOT ", "", NESTING_MAX),
      nested("NOT ", "", NESTING_MAX + 1),
      "max nesting level reached at position 827 near 'not'",
    ],
    [
      "signs",
      `HistoryLength=${"- ".repeat(199)}5`,
      `HistoryLength=${"- ".repeat(200)}5`,
      "max nesting level reached at position 441",
    ],
    ["AND", chain("AND", 995), chain("AND", 996), "max ast depth reached"],
    ["OR", chain("OR", 995), chain("OR", 996), "max ast depth reached"],
  ])("%s", (_, allowed, refused, reason) => {
    expect(() => parseQuery(allowed)).not.toThrow();
    expect(() => parseQuery(refused)).toThrow(`invalid query: malformed SQL query: ${reason}`);
  });
});

test("a query has a length limit", () => {
  const padded = condition.padEnd(QUERY_LENGTH_MAX);
  expect(() => parseQuery(padded)).not.toThrow();
  expect(() => parseQuery(`${padded} `)).toThrow("query is 1000001 characters, the limit is 1000000");
});

test("AND binds stronger than OR, NOT than both, and a chain is one node", () => {
  const { where } = parseQuery("a = 1 OR NOT b = 2 AND c = 3 AND d = 4 OR e = 5");
  expect(where).toMatchObject({
    kind: "or",
    operands: [
      { kind: "compare" },
      {
        kind: "and",
        operands: [{ kind: "not", operand: { kind: "compare" } }, { kind: "compare" }, { kind: "compare" }],
      },
      { kind: "compare", right: { kind: "number", text: "5", at: 46 } },
    ],
  });
});

test("the clauses that the whole grammar will need are in the tree", () => {
  expect(parseQuery("WorkflowId = 'w' GROUP BY a, b ORDER BY c DESC, d ASC, e LIMIT 5")).toMatchObject({
    where: { kind: "compare" },
    groupBy: [{ name: "a" }, { name: "b" }],
    orderBy: [
      { key: { name: "c" }, descending: true },
      { key: { name: "d" }, descending: false },
      { key: { name: "e" }, descending: false },
    ],
    hasLimit: true,
  });
});
