/** What `recorded-queries.test.ts` cannot show: the filter itself, its limits, and values that its rows do not have. */
import { describe, expect, test } from "vitest";
import type { AttributeType } from "../store/visibility.ts";
import { printFilter } from "./filter-text-fixture.ts";
import { parseQuery, resolveQuery } from "./index.ts";
import { CONDITIONS_MAX, VALUES_MAX } from "./resolve.ts";

const CUSTOM: Readonly<Record<string, AttributeType>> = {
  Day: "Datetime",
  Amount: "Int",
  Notes: "Text",
  ChangeVersion: "Bool",
};
const registry = { typeOf: (name: string): AttributeType | undefined => CUSTOM[name] };

function filterOf(query: string): string {
  const { filter } = resolveQuery(parseQuery(query), registry, { operation: "list" });
  return filter === undefined
    ? "none"
    : printFilter(filter).replace(/^\((.*) AND TemporalNamespaceDivision is null\)$/, "$1");
}

describe("a query means", () => {
  test.each<[string, string]>([
    ["", "TemporalNamespaceDivision is null"],
    ["ExecutionStatus = 'TimedOut'", "status = 7"],
    ["ExecutionStatus = 'WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW'", "status = 6"],
    ["StartTime = '2024-02-29T23:59:59.9999999-01:30'", "startTime = 1709256599999999"],
    ["StartTime = '0001-01-01T00:00:00Z'", "startTime = -62135596800000000n"],
    ["StartTime = '9999-12-31T23:59:59Z'", "startTime = 253402300799000000n"],
    ["StartTime = 1999", "startTime = 1"],
    ["StartTime = -1", "startTime = -1"],
    ["Day = 0", "Day = 0"],
    ["Amount = 9007199254740993", "Amount = 9007199254740993n"],
    ["Amount = 1e3", "Amount = 1000"],
    ["ChangeVersion = true", "ChangeVersion = true"],
    ["TemporalChangeVersion = 'x'", 'TemporalChangeVersion = "x"'],
    ["Notes != 'Two words, two'", 'Notes not in ["two", "words"]'],
    ["ExecutionDuration = '1d2h'", "executionDurationNs = 93600000000000"],
    ["ExecutionDuration = '-1.5s'", "executionDurationNs = -1500000000"],
    ["ExecutionDuration = '1h1m1s1ms1us1µs1ns'", "executionDurationNs = 3661001002001"],
    ["ExecutionDuration = '01:02:03'", "executionDurationNs = 3723000000000"],
    ["ExecutionDuration = '9999999:00:00'", "executionDurationNs = 9223372036854775807n"],
    ["ExecutionDuration = '1500'", "executionDurationNs = 1500"],
    ["NOT NOT NOT RunId = 'x'", 'not runId = "x"'],
    ["TemporalNamespaceDivision = 'a'", 'TemporalNamespaceDivision = "a"'],
    ["NOT (NamespaceDivision IS NULL)", "not TemporalNamespaceDivision is null"],
  ])("%s", (query, filter) => {
    expect(filterOf(query)).toBe(filter);
  });
});

describe("a time that does not exist is refused", () => {
  test.each([
    "2023-02-29T00:00:00Z",
    "2023-13-01T00:00:00Z",
    "2023-01-01T24:00:00Z",
    "2023-01-01T00:60:00Z",
    "2023-01-01T00:00:00+25:00",
    "",
  ])("%s", (time) => {
    expect(() => filterOf(`StartTime > '${time}'`)).toThrow(`unable to parse datetime '${time}'`);
  });
});

test("a filter has limits that a store can bind", () => {
  const list = (values: number): string => `Amount IN (${Array.from({ length: values }, (_, i) => i).join(",")})`;
  expect(() => filterOf(list(VALUES_MAX))).not.toThrow();
  expect(() => filterOf(list(VALUES_MAX + 1))).toThrow("invalid query: more than 12000 values");
  const conditions = (count: number): string => {
    const groups = Array.from(
      { length: count / 40 },
      () => `(${Array.from({ length: 40 }, () => "Day IS NULL").join(" OR ")})`,
    );
    return groups.join(" AND ");
  };
  expect(() => filterOf(conditions(CONDITIONS_MAX))).not.toThrow();
  expect(() => filterOf(conditions(CONDITIONS_MAX + 40))).toThrow("invalid query: more than 4000 conditions");
});

test("only a count groups", () => {
  const query = parseQuery("GROUP BY ExecutionStatus");
  expect(resolveQuery(query, registry, { operation: "count" }).groupBy?.field).toEqual({
    kind: "system",
    column: "status",
    type: "Int",
  });
  expect(resolveQuery(query, registry, { operation: "list" }).groupBy).toBeUndefined();
});
