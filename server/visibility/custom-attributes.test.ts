import { expect, test } from "vitest";
import type { CustomAttributes } from "./custom-attributes.ts";
import {
  addCustomAttributes,
  decodeCustomAttributes,
  encodeCustomAttributes,
  removeCustomAttributes,
} from "./custom-attributes.ts";

const custom: CustomAttributes = new Map([
  ["Customer", "Keyword"],
  ["Amount", "Int"],
]);

test.each<[Record<string, number>, string]>([
  [{}, "SearchAttributes are not set on request."],
  [{ A: 0 }, "Unable to create search attributes: cannot have more than 0 search attribute of type Unspecified."],
  [{ A: 99 }, "Unknown search attribute type: 99."],
  [{ WorkflowId: 2 }, "Search attribute WorkflowId is reserved by system."],
  [{ A: 2, BuildIds: 7 }, "Search attribute BuildIds is reserved by system."],
  [{ Memo: 2 }, "Search attribute Memo is reserved by system."],
  [{ NamespaceId: 2 }, "Search attribute NamespaceId is reserved by system."],
  [{ MemoEncoding: 2 }, "Search attribute MemoEncoding is reserved by system."],
  [{ VisibilityTaskKey: 2 }, "Search attribute VisibilityTaskKey is reserved by system."],
  [{ Temporal: 2 }, "Search attribute Temporal is reserved by system."],
  [{ TemporalFoo: 2 }, "Search attribute TemporalFoo is reserved by system."],
])("adding %j is refused", (added, message) => {
  expect(() => addCustomAttributes(custom, added)).toThrow(message);
});

test("added attributes join the table, and those that are there keep their types", () => {
  const added = addCustomAttributes(custom, { Notes: 1, Customer: 3, temporalFoo: 5, "a b": 7, ScheduledById: 2 });
  expect([...added]).toEqual([
    ["Customer", "Keyword"],
    ["Amount", "Int"],
    ["Notes", "Text"],
    ["temporalFoo", "Bool"],
    ["a b", "KeywordList"],
    ["ScheduledById", "Keyword"],
  ]);
  expect(custom.size).toBe(2);
});

test("removed attributes leave the table, unknown names are no error", () => {
  expect([...removeCustomAttributes(custom, ["Amount", "Nope", "TemporalFoo"])]).toEqual([["Customer", "Keyword"]]);
});

test.each<[string[], string]>([
  [[], "SearchAttributes are not set on request."],
  [["WorkflowId"], "Unable to remove non-custom search attributes: WorkflowId."],
  [["Amount", "BuildIds"], "Unable to remove non-custom search attributes: BuildIds."],
])("removing %j is refused", (names, message) => {
  expect(() => removeCustomAttributes(custom, names)).toThrow(message);
});

test("a stored table is read back", () => {
  expect(decodeCustomAttributes(encodeCustomAttributes(custom))).toEqual(custom);
});
