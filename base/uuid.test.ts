import { expect, test } from "vitest";
import { isUuid } from "./uuid.ts";

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
