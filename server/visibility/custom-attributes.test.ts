import { expect, test } from "vitest";
import {
  addCustomAttributes,
  CustomAttributes,
  decodeCustomAttributes,
  encodeCustomAttributes,
  removeCustomAttributes,
  renameCustomAttributes,
} from "./custom-attributes.ts";

const custom = new CustomAttributes([
  { name: "Customer", type: "Keyword", field: "Keyword01", former: [] },
  { name: "Amount", type: "Int", field: "Amount", former: [] },
]);

const NUMBERS = { Text: 1, Keyword: 2, Int: 3 } as const;

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
  expect([...added.types()]).toEqual([
    ["Customer", "Keyword"],
    ["Amount", "Int"],
    ["Notes", "Text"],
    ["temporalFoo", "Bool"],
    ["a b", "KeywordList"],
    ["ScheduledById", "Keyword"],
  ]);
  expect(custom.types().size).toBe(2);
  expect(added.aliases()).toMatchObject({ Keyword01: "Customer", Amount: "Amount", Keyword02: "ScheduledById" });
});

test("removed attributes leave the table, unknown names are no error", () => {
  expect([...removeCustomAttributes(custom, ["Amount", "Nope", "TemporalFoo"]).types()]).toEqual([
    ["Customer", "Keyword"],
  ]);
});

test.each<[string[], string]>([
  [[], "SearchAttributes are not set on request."],
  [["WorkflowId"], "Unable to remove non-custom search attributes: WorkflowId."],
  [["Amount", "BuildIds"], "Unable to remove non-custom search attributes: BuildIds."],
])("removing %j is refused", (names, message) => {
  expect(() => removeCustomAttributes(custom, names)).toThrow(message);
});

test("a name that is given again has its field back with the same type, and a new one with another", () => {
  const removed = removeCustomAttributes(custom, ["Customer"]);
  expect(removed.named("Customer")).toBeUndefined();
  expect(removed.written("Customer")).toMatchObject({ field: "Keyword01" });
  expect(addCustomAttributes(removed, { Customer: NUMBERS.Keyword }).named("Customer")?.field).toBe("Keyword01");
  const other = addCustomAttributes(removed, { Customer: NUMBERS.Int });
  expect(other.written("Customer")).toMatchObject({ field: "Int01", type: "Int" });
  expect(other.attributes.filter(({ former }) => former.includes("Customer"))).toEqual([]);
});

test("a rename takes the name away and gives another; what was written before is shown under it", () => {
  const without = renameCustomAttributes(custom, { Keyword01: "" });
  const renamed = renameCustomAttributes(without, { Keyword01: "Client" });
  expect(renamed.named("Client")).toMatchObject({ field: "Keyword01", type: "Keyword" });
  expect(renamed.named("Customer")).toBeUndefined();
  expect([renamed.currentName("Customer"), renamed.currentName("Client"), renamed.currentName("Else")]).toEqual([
    "Client",
    "Client",
    "Else",
  ]);
  expect(renamed.written("Customer")?.field).toBe("Keyword01");
  const taken = addCustomAttributes(renamed, { Customer: NUMBERS.Text });
  expect([taken.currentName("Customer"), taken.written("Customer")?.field]).toEqual(["Customer", "Text01"]);
});

test("a field that nobody has is made by its name, and what changes nothing is no error", () => {
  const made = renameCustomAttributes(custom, { Keyword07: "Region", Keyword01: "Customer", Int99: "" });
  expect(made.named("Region")).toMatchObject({ field: "Keyword07", type: "Keyword" });
  expect(made.types().size).toBe(3);
  expect(addCustomAttributes(made, { Zone: NUMBERS.Keyword }).named("Zone")?.field).toBe("Keyword08");
});

test.each<[Record<string, string>, string]>([
  [{ Keyword01: "Client" }, "Custom search attribute field name already allocated."],
  [{ Keyword02: "Customer" }, "Search attribute Customer has another field already."],
  [{ Keyword02: "WorkflowId" }, "Search attribute WorkflowId is reserved by system."],
  [{ Nonsense01: "Client" }, "Unknown custom search attribute field Nonsense01."],
])("the names %j are refused", (aliases, message) => {
  expect(() => renameCustomAttributes(custom, aliases)).toThrow(message);
});

test("a thousand attributes of one type are as good as one", () => {
  const names = Array.from({ length: 1_000 }, (_, i) => `Own${i}`);
  const many = addCustomAttributes(custom, Object.fromEntries(names.map((name) => [name, NUMBERS.Keyword])));
  expect(new Set(Object.keys(many.aliases())).size).toBe(1_002);
  expect(decodeCustomAttributes(encodeCustomAttributes(many)).named("Own999")?.field).toBe("Keyword1001");
});

test("a stored table is read back, also one from before there were fields", () => {
  const removed = removeCustomAttributes(custom, ["Amount"]);
  for (const table of [custom, removed]) {
    expect(decodeCustomAttributes(encodeCustomAttributes(table)).attributes).toEqual(table.attributes);
  }
  const old = Buffer.from(JSON.stringify([["Customer", "Keyword"]]));
  expect(decodeCustomAttributes(old).named("Customer")).toMatchObject({ field: "Customer", type: "Keyword" });
});
