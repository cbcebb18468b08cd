import { expect, test } from "vitest";
import {
  compilePriority,
  compileRetryPolicy,
  decodeRetryState,
  decompileRetryPolicy,
  encodeRetryState,
  ExternalStorage,
  extractWorkflowTypeAndConfig,
  msNumberToTs,
  type RetryPolicy,
  tsToMs,
  VersioningBehavior,
} from "./index.ts";

test.each<[RetryPolicy, RegExp]>([
  [{ maximumAttempts: 0 }, /maximumAttempts must be a positive integer/],
  [{ maximumAttempts: 1.5 }, /maximumAttempts must be an integer/],
  [{ backoffCoefficient: 0 }, /backoffCoefficient must be greater than 0/],
  [{ initialInterval: 0 }, /initialInterval cannot be 0/],
  [{ maximumInterval: 0 }, /maximumInterval cannot be 0/],
  [{ initialInterval: "2s", maximumInterval: "1s" }, /maximumInterval cannot be less/],
])("retry policy %j is refused", (policy, message) => {
  expect(() => compileRetryPolicy(policy)).toThrow(message);
});

test("a retry policy that was read can be written again", () => {
  const fromServer = { initialInterval: { seconds: 1, nanos: 0 }, backoffCoefficient: 0, maximumAttempts: 0 };
  const policy = decompileRetryPolicy(fromServer) as RetryPolicy;
  expect(compileRetryPolicy(policy)).toMatchObject({ initialInterval: { seconds: 1, nanos: 0 } });
  expect(compileRetryPolicy({ maximumAttempts: Number.POSITIVE_INFINITY }).maximumAttempts).toBeUndefined();
});

test.each([
  ["TIMEOUT", 3],
  ["RETRY_STATE_TIMEOUT", 3],
  [3, 3],
  ["RETRY_STATE_UNSPECIFIED", 0],
  [undefined, undefined],
])("enum value %j is number %j", (input, expected) => {
  expect(encodeRetryState(input as "TIMEOUT")).toBe(expected);
});

test("numbers of enums are names, and unknown ones say so", () => {
  expect([0, 3, 99, null].map(decodeRetryState)).toEqual([undefined, "TIMEOUT", "unknown_99", undefined]);
  expect(() => encodeRetryState("NOPE" as "TIMEOUT")).toThrow("Invalid enum value: 'NOPE'");
  expect(VersioningBehavior.PINNED).toBe("PINNED");
});

test.each([0, 1, 1_500, -1_500, 1_500.25, 86_400_000])("%d ms survive as seconds and nanoseconds of one sign", (ms) => {
  const { seconds, nanos } = msNumberToTs(ms);
  expect(seconds * 1_000 + nanos / 1_000_000).toBeCloseTo(ms, 6);
  expect(seconds * nanos).toBeGreaterThanOrEqual(0);
  if (ms >= 0) expect(tsToMs({ seconds, nanos })).toBe(Math.floor(ms));
});

test("priority keys are positive integers", () => {
  expect(() => compilePriority({ priorityKey: -1 })).toThrow(RangeError);
  expect(() => compilePriority({ priorityKey: 1.5 })).toThrow(TypeError);
  expect(compilePriority({ fairnessKey: "a" })).toEqual({ priorityKey: 0, fairnessKey: "a", fairnessWeight: 0 });
});

test("workflows are named by text or by function", () => {
  async function greet(): Promise<void> {}
  expect(extractWorkflowTypeAndConfig(greet).type).toBe("greet");
  expect(extractWorkflowTypeAndConfig("greet").type).toBe("greet");
  expect(() => extractWorkflowTypeAndConfig(async () => {})).toThrow(/anonymous/);
});

test("external storage needs a driver of a name, and a selector for several", () => {
  const driver = (name: string) => ({ name, type: "test", store: async () => [], retrieve: async () => [] });
  const [a, b] = [driver("a"), driver("b")];
  expect(() => new ExternalStorage({ drivers: [] })).toThrow(/at least one/);
  expect(() => new ExternalStorage({ drivers: [a, b] })).toThrow(/driverSelector is required/);
  expect(() => new ExternalStorage({ drivers: [a, driver("a")], driverSelector: () => a })).toThrow(/Duplicate/);
  expect(new ExternalStorage({ drivers: [a] }).getDriver("a")).toBe(a);
});
