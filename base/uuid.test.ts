import { expect, test } from "vitest";
import { isUuid, timeOrderedUuid } from "./uuid.ts";

test.each([
  ["0fb1a8de-6f1c-4c5e-9d0a-3f1f6a5b7c88", true],
  ["0FB1A8DE-6F1C-4C5E-9D0A-3F1F6A5B7C88", true],
  ["00000000-0000-0000-0000-000000000000", true],
  ["", false],
  ["0fb1a8de6f1c4c5e9d0a3f1f6a5b7c88", false],
  ["0fb1a8de-6f1c-4c5e-9d0a-3f1f6a5b7c8", false],
  ["0fb1a8de-6f1c-4c5e-9d0a-3f1f6a5b7c8g", false],
  [" 0fb1a8de-6f1c-4c5e-9d0a-3f1f6a5b7c88", false],
])("%j is a UUID: %s", (text, expected) => {
  expect(isUuid(text)).toBe(expected);
});

test.each([
  [0, "00000000-0000-7f1c-8c5e-9d0a3f1f6a5b"],
  [1_700_000_000_123.9, "018bcfe5-687b-7f1c-8c5e-9d0a3f1f6a5b"],
  [2 ** 48 - 1, "ffffffff-ffff-7f1c-8c5e-9d0a3f1f6a5b"],
])("a UUID made at %d ms is in its place: %s", (nowMs, expected) => {
  const id = timeOrderedUuid(nowMs, "0fb1a8de-6f1c-4f1c-8c5e-9d0a3f1f6a5b");
  expect(id).toBe(expected);
  expect(isUuid(id)).toBe(true);
});
