/** The answers are those of a real server (1.32); see the exceptions named. */
import { describe, expect, test } from "vitest";
import { Payload, SearchAttributes } from "../../api/gen/messages.js";
import type { Attribute, AttributeType } from "../store/visibility.ts";
import {
  attributePayload,
  checkSearchAttributes,
  decodeAttributes,
  mergeSearchAttributes,
  typedSearchAttributes,
  typedUpsert,
} from "./search-attributes.ts";

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
const owner = { namespace: "default", registry };

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function payload(data: string, metadata: Record<string, string> = { encoding: "json/plain" }): Uint8Array {
  const encoded = Object.entries(metadata).map(([key, value]) => [key, bytes(value)] as const);
  return Payload.encode({ metadata: Object.fromEntries(encoded), data: bytes(data) });
}

function attributes(fields: Record<string, Uint8Array>): SearchAttributes {
  return { indexedFields: fields };
}

function check(fields: Record<string, Uint8Array>): string | undefined {
  try {
    checkSearchAttributes(attributes(fields), owner);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function decode(fields: Record<string, Uint8Array>): readonly Attribute[] {
  const fieldOf = (name: string): { field: string; type: AttributeType } | undefined => {
    const type = registry.typeOf(name);
    return type === undefined ? undefined : { field: name, type };
  };
  return decodeAttributes(SearchAttributes.encode(attributes(fields)), fieldOf);
}

describe("a valid value is indexed as", () => {
  test.each<[string, string, Attribute["value"]]>([
    ["CKeyword", '"x"', "x"],
    ["CKeyword", '["x"]', "x"],
    ["CKeyword", "[null]", ""],
    ["CKeyword", '"\\ud800"', "\ufffd"],
    ["CText", '"Hello, world: HELLO"', ["hello", "world"]],
    ["CText", '["hello"]', ["hello"]],
    ["CText", '"--"', [""]],
    ["CInt", "5", 5],
    ["CInt", "[5]", 5],
    ["CInt", " -7 ", -7],
    ["CInt", "9223372036854775807", 9_223_372_036_854_775_807n],
    ["CDouble", "2.5", 2.5],
    ["CDouble", "2", 2],
    ["CBool", "true", true],
    ["CBool", "[true]", true],
    ["CDate", '"2020-01-02T03:04:05.678901234Z"', 1_577_934_245_678_901],
    ["CDate", '"2020-01-02T03:04:05+02:00"', 1_577_927_045_000_000],
    ["CDate", '["1969-12-31T23:59:59.9999999Z"]', -1],
    ["CList", '["a","b","a"]', ["a", "b", "a"]],
    ["BatcherUser", '"me"', "me"],
    ["TemporalSchedulePaused", "true", true],
  ])("%s %s", (name, json, value) => {
    const fields = { [name]: payload(json) };
    expect(check(fields)).toBeUndefined();
    expect(decode(fields).map((attribute) => attribute.value)).toEqual([value]);
  });
});

describe("null and the empty list are valid and not set", () => {
  test.each([
    ["CKeyword", payload("null")],
    ["CKeyword", payload("[]")],
    ["CKeyword", payload("", { encoding: "binary/null" })],
    ["CInt", payload("null")],
    ["CList", payload("[]")],
    ["", payload('"x"')],
  ])("%s", (name, value) => {
    expect(check({ [name]: value })).toBeUndefined();
    expect(decode({ [name]: value })).toEqual([]);
    expect(typedSearchAttributes(attributes({ [name]: value }), registry).indexedFields).toEqual({});
  });
});

describe("a value of the wrong kind is refused", () => {
  const quoted = 'metadata:{key:"encoding"  value:"json/plain"}';
  test.each<[string, AttributeType, Uint8Array, string]>([
    ["CKeyword", "Keyword", payload("5"), "5"],
    ["CKeyword", "Keyword", payload('["x","y"]'), "[x y]"],
    ["CKeyword", "Keyword", payload('{"a":1}'), "map[a:1]"],
    ["CKeyword", "Keyword", payload("true"), "true"],
    ["CKeyword", "Keyword", payload("[5]"), "[5]"],
    ["CKeyword", "Keyword", payload("{x"), `value from <${quoted}  data:"{x">`],
    ["CKeyword", "Keyword", payload(""), `value from <${quoted}>`],
    ["CKeyword", "Keyword", payload("abc", { encoding: "binary/plain" }), "[97 98 99]"],
    ["CKeyword", "Keyword", payload('"x"', {}), 'value from <data:"\\"x\\"">'],
    ["CKeyword", "Keyword", payload("", {}), "value from <>"],
    ["CKeyword", "Keyword", payload("5", { encoding: "json/plain", type: "Int" }), "5"],
    ["CInt", "Int", payload("5.0"), "5"],
    ["CInt", "Int", payload("5.5"), "5.5"],
    ["CInt", "Int", payload("1e3"), "1000"],
    ["CInt", "Int", payload('"5"'), "5"],
    ["CInt", "Int", payload("9223372036854775808"), "9.223372036854776e+18"],
    ["CInt", "Int", payload("[5,6]"), "[5 6]"],
    ["CDouble", "Double", payload('"2.5"'), "2.5"],
    ["CDouble", "Double", payload("1e999"), `value from <${quoted}  data:"1e999">`],
    ["CBool", "Bool", payload('"true"'), "true"],
    ["CBool", "Bool", payload("1"), "1"],
    ["CDate", "Datetime", payload('"2020-01-02"'), "2020-01-02"],
    ["CDate", "Datetime", payload("5"), "5"],
    ["CList", "KeywordList", payload('"a"'), "a"],
    ["CList", "KeywordList", payload("[1,2]"), "[1 2]"],
    ["TemporalScheduledById", "Keyword", payload("5"), "5"],
  ])("%s", (name, type, value, shown) => {
    expect(check({ [name]: value })).toBe(`invalid value for search attribute ${name} of type ${type}: ${shown}`);
    expect(decode({ [name]: value })).toEqual([]);
  });
});

describe("a name that cannot be set is refused", () => {
  const notDefined = "Namespace default has no mapping defined for search attribute";
  const fixed = "attribute can't be set in SearchAttributes";
  test.each<[string, string]>([
    ["Nope", `${notDefined} Nope`],
    ["TemporalKeyword01", `${notDefined} TemporalKeyword01`],
    ["Memo", `${notDefined} Memo`],
    ["WorkflowId", `WorkflowId ${fixed}`],
    ["ExecutionStatus", `ExecutionStatus ${fixed}`],
    ["TemporalWorkerDeployment", `TemporalWorkerDeployment ${fixed}`],
    ["TemporalUsedWorkerDeploymentVersions", `TemporalUsedWorkerDeploymentVersions ${fixed}`],
    ["TemporalExternalPayloadCount", `TemporalExternalPayloadCount ${fixed}`],
  ])("%s", (name, message) => {
    expect(check({ [name]: payload('"x"') })).toBe(message);
  });

  test("an unknown name is the first thing said", () => {
    expect(check({ WorkflowId: payload('"x"'), Nope: payload('"x"') })).toBe(`${notDefined} Nope`);
  });
});

describe("limits", () => {
  const text = (length: number): Uint8Array => payload(JSON.stringify("x".repeat(length - 2)));
  const everyName = { typeOf: (): AttributeType => "Keyword" };
  const checkAny = (fields: Record<string, Uint8Array>) => (): void =>
    checkSearchAttributes(attributes(fields), { namespace: "default", registry: everyName });
  const many = (count: number, value: Uint8Array): Record<string, Uint8Array> =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`K${i}`, value]));

  test("a value has 2 KiB", () => {
    expect(check({ CKeyword: text(2048) })).toBeUndefined();
    expect(check({ CKeyword: text(2049) })).toBe("search attribute CKeyword value size 2049 exceeds size limit 2048");
  });

  test("there are 100", () => {
    expect(checkAny(many(100, payload("null")))).not.toThrow();
    expect(checkAny(many(101, payload("null")))).toThrow("number of search attributes 101 exceeds limit 100");
  });

  test("together they have 40 KiB", () => {
    expect(checkAny(many(10, text(2000)))).not.toThrow();
    expect(checkAny(many(20, text(2048)))).toThrow("total size of search attributes 41710 exceeds size limit 40960");
  });
});

test("replies name the type, and keep what the payload said itself", () => {
  const { indexedFields } = typedSearchAttributes(
    attributes({
      CKeyword: payload('["x"]'),
      CInt: payload("5", { encoding: "json/plain", type: "Foo", note: "mine" }),
      BuildIds: payload('["b"]'),
      Unknown: payload("5"),
    }),
    registry,
  );
  const shown = Object.entries(indexedFields).map(([name, encoded]) => {
    const { metadata, data } = Payload.decode(encoded);
    const texts = Object.entries(metadata).map(([key, value]) => [key, Buffer.from(value).toString()]);
    return [name, Buffer.from(data).toString(), Object.fromEntries(texts)];
  });
  expect(shown).toEqual([
    ["CKeyword", '["x"]', { encoding: "json/plain", type: "Keyword" }],
    ["CInt", "5", { encoding: "json/plain", type: "Foo", note: "mine" }],
    ["BuildIds", '["b"]', { encoding: "json/plain", type: "KeywordList" }],
  ]);
});

test("a payload of the server's own is what a client would have sent", () => {
  const fields = { TemporalReportedProblems: attributePayload("KeywordList", ["category=WorkflowTaskFailed"]) };
  expect(check(fields)).toBeUndefined();
  expect(decode(fields)).toEqual([
    { name: "TemporalReportedProblems", type: "KeywordList", value: ["category=WorkflowTaskFailed"] },
  ]);
});

test("an upsert's event keeps null and the empty list, which remove what was set", () => {
  const before = attributes({ CInt: payload("5"), CBool: payload("true"), CList: payload('["a"]') });
  const upserted = typedUpsert(
    attributes({ CInt: payload("null"), CList: payload("[]"), CKeyword: payload('"x"') }),
    registry,
  );
  expect(Object.keys(upserted.indexedFields)).toEqual(["CInt", "CList", "CKeyword"]);
  const { metadata } = Payload.decode(upserted.indexedFields["CInt"] as Uint8Array);
  expect(Buffer.from(metadata["type"] as Uint8Array).toString()).toBe("Int");
  const merged = mergeSearchAttributes(before, upserted);
  expect(Object.keys(merged.indexedFields).sort()).toEqual(["CBool", "CKeyword"]);
});
