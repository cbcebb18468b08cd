import fc from "fast-check";
import { expect, test } from "vitest";
import { decode, decodePlain, encode, encodePlain } from "./utf8.ts";

const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: "grapheme", maxLength: 60 }),
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((codes) => String.fromCharCode(...codes)),
);

test("text is encoded as the platform does it, with and without the platform", () => {
  fc.assert(
    fc.property(text, (input) => {
      const expected = new TextEncoder().encode(input);
      expect([...encode(input)]).toEqual([...expected]);
      expect([...encodePlain(input)]).toEqual([...expected]);
    }),
  );
});

test("any bytes are decoded as the platform does it, with and without the platform", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array(),
        text.map((input) => new TextEncoder().encode(input)),
      ),
      (bytes) => {
        const expected = new TextDecoder().decode(bytes);
        expect(decode(bytes)).toBe(expected);
        expect(decodePlain(bytes)).toBe(expected);
      },
    ),
  );
});
