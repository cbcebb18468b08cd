import { expect, test } from "vitest";
import { DURATION_MS_MAX, duration, durationFault, durationMs, optionalDuration } from "./duration.ts";
import { enumName } from "./enum-name.ts";
import { EventType } from "./gen/enums.js";
import { TIMESTAMP_MS_MAX, optionalTimestamp, timestamp, timestampMs } from "./timestamp.ts";

test.each([
  [0, { seconds: 0, nanos: 0 }],
  [1, { seconds: 0, nanos: 1_000_000 }],
  [1_780_000_000_123, { seconds: 1_780_000_000, nanos: 123_000_000 }],
  [1500.25, { seconds: 1, nanos: 500_250_000 }],
  [-1, { seconds: -1, nanos: 999_000_000 }],
])("the moment %d ms is a timestamp, and back", (ms, expected) => {
  expect(timestamp(ms)).toEqual(expected);
  expect(timestampMs(expected)).toBe(Math.floor(ms));
});

test("rounding a timestamp never gives a whole second of nanos", () => {
  expect(timestamp(999.999_999_9)).toEqual({ seconds: 1, nanos: 0 });
});

test("absent times are 0, far ones are capped", () => {
  expect(timestampMs(undefined)).toBe(0);
  expect(optionalTimestamp(0)).toBeUndefined();
  expect(timestampMs({ seconds: 1e15 })).toBe(TIMESTAMP_MS_MAX);
  expect(durationMs(undefined)).toBe(0);
  expect(optionalDuration(0)).toBeUndefined();
  expect(durationMs({ seconds: 1e15 })).toBe(DURATION_MS_MAX);
});

test.each([
  [1500, { seconds: 1, nanos: 500_000_000 }],
  [-1500, { seconds: -1, nanos: -500_000_000 }],
])("%d ms is a duration, and back", (ms, expected) => {
  expect(duration(ms)).toEqual(expected);
  expect(durationMs(expected)).toBe(ms);
});

test("a nanosecond is not no time at all", () => {
  expect(durationMs({ nanos: 1 })).toBe(1);
});

test.each([
  [undefined, undefined],
  [{ seconds: 1, nanos: 5 }, undefined],
  [{ seconds: -1 }, "is negative"],
  [{ nanos: -1 }, "is negative"],
  [{ seconds: 1, nanos: -1 }, "has seconds and nanos of different sign"],
  [{ seconds: 4e11 }, "is out of range"],
  [{ nanos: 1e9 }, "is out of range"],
])("%j is judged", (value, fault) => {
  expect(durationFault(value)).toBe(fault);
});

test("an enum's number has its name, an unknown one is itself", () => {
  expect(enumName(EventType, 10)).toBe("EVENT_TYPE_ACTIVITY_TASK_SCHEDULED");
  expect(enumName(EventType, 9999)).toBe("9999");
});
