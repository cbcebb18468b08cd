import { expect, test } from "vitest";
import { printFilter } from "./filter-text-fixture.ts";
import { closedListFilter, openListFilter } from "./list-filters.ts";

const none = { times: undefined };

test("open executions are those that run, within start times", () => {
  expect(printFilter(openListFilter(none))).toBe("(status = 1 AND TemporalNamespaceDivision is null)");
  expect(printFilter(openListFilter({ times: { earliest: 5, latest: 9 }, workflowId: "w" }))).toBe(
    '(status = 1 AND startTime >= 5 AND startTime <= 9 AND workflowId = "w" AND TemporalNamespaceDivision is null)',
  );
  expect(printFilter(openListFilter({ times: { earliest: undefined, latest: 9 }, workflowType: "" }))).toBe(
    '(status = 1 AND startTime <= 9 AND workflowType = "" AND TemporalNamespaceDivision is null)',
  );
});

test("closed executions are all others, within close times", () => {
  expect(printFilter(closedListFilter({ times: { earliest: 5, latest: undefined } }))).toBe(
    "(status != 1 AND closeTime >= 5 AND TemporalNamespaceDivision is null)",
  );
  expect(printFilter(closedListFilter({ times: undefined, status: 2 }))).toBe(
    "(status = 2 AND TemporalNamespaceDivision is null)",
  );
});

test.each([0, 1])("closed executions cannot have status %i", (status) => {
  expect(() => closedListFilter({ times: undefined, status })).toThrow(
    "StatusFilter must be specified and must be not Running.",
  );
});

test("a time range that ends before it starts is refused", () => {
  const times = { earliest: 5, latest: 4 };
  const message = "EarliestTime in StartTimeFilter should not be larger than LatestTime.";
  expect(() => openListFilter({ times })).toThrow(message);
  expect(() => closedListFilter({ times })).toThrow(message);
});
