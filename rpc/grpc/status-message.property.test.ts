import * as fc from "fast-check";
import { expect, test } from "vitest";
import { decodeStatusMessage, encodeStatusMessage } from "./status-message.ts";

test("a message comes back as it was, through printable ASCII", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (message) => {
      const encoded = encodeStatusMessage(message);
      expect(encoded).toMatch(/^[\x20-\x7e]*$/);
      expect(decodeStatusMessage(encoded)).toBe(message);
    }),
  );
});

test("anything can be decoded", () => {
  fc.assert(fc.property(fc.string(), (text) => typeof decodeStatusMessage(text) === "string"));
});

test("a message is cut at 4000 bytes, between characters", () => {
  expect(decodeStatusMessage(encodeStatusMessage("x".repeat(4_000)))).toHaveLength(4_000);
  expect(decodeStatusMessage(encodeStatusMessage("x".repeat(4_001)))).toHaveLength(4_000);
  const cut = decodeStatusMessage(encodeStatusMessage("€".repeat(2_000)));
  expect(cut).toBe("€".repeat(1_333));
});
