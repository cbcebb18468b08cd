import * as fc from "fast-check";
import { expect, test } from "vitest";
import { InvalidQueryError } from "../errors.ts";
import type { Query } from "./index.ts";
import { parseQuery, printQuery } from "./index.ts";

const WORDS = `
and OR not IN between is NULL true FALSE starts_with like group order BY limit desc having
WorkflowId a.b @x 'it''s' "q\\"q" '\\n' ' " é ( ) , = != <> < >= <=> && || ; + - * ! ~ 5 -5 1.5e3 1e 0x1F . /*c*/ /* # -- 😀 \0
`
  .trim()
  .split(/\s/)
  .concat("`a b`", "`x``y`", "`", "group by", "order by", "\n");
const soup = fc.array(fc.constantFrom(...WORDS), { maxLength: 25 }).map((words) => words.join(" "));

const name = fc.constantFrom("WorkflowId", "`a b`", "a.b", "`x``y`", "CInt");
const literal = fc.constantFrom(
  "'x'",
  '"it\'s"',
  "'a\\\\b''c'",
  "5",
  "-5",
  "+5",
  "1.5e3",
  "true",
  "FALSE",
  "null",
  "-'x'",
  "f(x, 1)",
);
const { where } = fc.letrec<{ where: string }>((tie) => ({
  where: fc.oneof(
    { maxDepth: 5 },
    fc
      .tuple(name, fc.constantFrom("=", "<>", "<", ">=", "STARTS_WITH", "not like"), literal)
      .map((all) => all.join(" ")),
    fc
      .tuple(name, fc.constantFrom("in", "NOT IN"), fc.array(literal, { minLength: 1, maxLength: 3 }))
      .map(([left, op, list]) => `${left} ${op} (${list.join(",")})`),
    fc
      .tuple(name, fc.constantFrom("", "not "), literal, literal)
      .map(([left, not, low, high]) => `${left} ${not}between ${low} and ${high}`),
    fc.tuple(name, fc.constantFrom("is null", "IS NOT NULL", "is true")).map((all) => all.join(" ")),
    tie("where").map((one) => `not ${one}`),
    tie("where").map((one) => `( ${one} )`),
    fc.tuple(tie("where"), fc.constantFrom(" and ", " OR ", "&&", "||"), tie("where")).map((all) => all.join("")),
  ),
}));

test("any text gives a tree or an InvalidQueryError", () => {
  const text = fc.oneof(soup, fc.string({ unit: "binary" }), fc.string());
  fc.assert(
    fc.property(text, (query) => {
      try {
        parseQuery(query);
      } catch (error) {
        expect(error).toBeInstanceOf(InvalidQueryError);
      }
    }),
    { numRuns: 5_000 },
  );
});

test("a printed tree parses to the same tree", () => {
  const query = fc
    .tuple(
      fc.option(where),
      fc.constantFrom("", "group by CInt, WorkflowId"),
      fc.constantFrom("", "ORDER BY CInt desc, x"),
      fc.constantFrom("", "LIMIT 5, 6"),
    )
    .map(([condition, ...clauses]) => [condition ?? "", ...clauses].filter((part) => part !== "").join(" "))
    .filter((text) => !text.startsWith("LIMIT"));
  fc.assert(
    fc.property(fc.oneof(query, soup), (text) => {
      const tree = parsed(text);
      if (tree === undefined) return;
      expect(withoutPositions(parseQuery(printQuery(tree)))).toEqual(withoutPositions(tree));
    }),
    { numRuns: 2_000 },
  );
  fc.assert(fc.property(query, (text) => parsed(text) !== undefined));
});

function parsed(text: string): Query | undefined {
  try {
    return parseQuery(text);
  } catch {
    return undefined;
  }
}

function withoutPositions(query: Query): unknown {
  return JSON.parse(JSON.stringify(query, (key, value: unknown) => (key === "at" ? undefined : value)));
}
