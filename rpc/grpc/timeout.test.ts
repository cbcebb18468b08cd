import { expect, test } from "vitest";
import { formatTimeout, parseTimeoutMs } from "./timeout.ts";

test.each([
  ["1n", 1e-6],
  ["5u", 0.005],
  ["250m", 250],
  ["10S", 10_000],
  ["2M", 120_000],
  ["1H", 3_600_000],
  ["99999999H", 99_999_999 * 3_600_000],
  ["0m", 0],
  ["", undefined],
  ["S", undefined],
  ["10", undefined],
  ["10s", undefined],
  ["-1S", undefined],
  ["1.5S", undefined],
  ["123456789m", undefined],
])("%s is %s ms", (text, ms) => {
  expect(parseTimeoutMs(text)).toBe(ms);
});

test.each([
  [-5, "0m"],
  [0.2, "1m"],
  [1_500, "1500m"],
  [99_999_999, "99999999m"],
  [100_000_001, "100001S"],
  [1e12, "277778H"],
])("%s ms is sent as %s, never less", (ms, text) => {
  expect(formatTimeout(ms)).toBe(text);
});
