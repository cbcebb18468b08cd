import { createRequire } from "node:module";
import { expect, test } from "vitest";
import * as ours from "./index.ts";

const official = createRequire(import.meta.url)("@temporalio/common") as Record<string, unknown>;

/** Names of the official package that ours does not have, each with its reason. */
const MISSING = new Set([
  // Of the module format, not of the API.
  "__esModule",
  "default",
]);

/** Names that only ours has: what the official package keeps below `lib/`, and needs there. */
const ADDED = new Set(["plainTextPayload", "optionalDateToTs", "requiredTsToDate", "requiredTsToMs"]);

test("every name of @temporalio/common is exported, and no other", () => {
  const theirs = Object.keys(official).filter((name) => !MISSING.has(name));
  expect(theirs.filter((name) => !(name in ours))).toEqual([]);
  expect(Object.keys(ours).filter((name) => !(name in official) && !ADDED.has(name))).toEqual([]);
});

test("constants have the values of @temporalio/common", () => {
  for (const [name, value] of Object.entries(official)) {
    if (MISSING.has(name) || typeof value !== "object" || value === null) continue;
    if (Object.getPrototypeOf(value) !== Object.prototype) continue;
    const own = (ours as Record<string, unknown>)[name] as object;
    if (name.startsWith("default") || name === "rawValueTypeInfo") continue;
    expect({ name, value: { ...own } }).toEqual({ name, value: { ...value } });
  }
});
