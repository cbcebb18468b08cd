import * as fc from "fast-check";
import { expect, test } from "vitest";
import { huffmanDecode, huffmanDecodedBytesMax, huffmanEncode, huffmanEncodedBytes } from "./huffman.ts";

const latin1 = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes).toString("latin1"));

test("what is encoded decodes to itself, in as many bytes as announced", () => {
  fc.assert(
    fc.property(latin1, (text) => {
      const encoded = Buffer.alloc(huffmanEncodedBytes(text) + 1, 0xaa);
      const end = huffmanEncode(text, encoded, 0);
      expect(end).toBe(encoded.length - 1);
      const decoded = Buffer.alloc(huffmanDecodedBytesMax(end));
      const bytes = huffmanDecode({ source: encoded, start: 0, end, target: decoded });
      expect(decoded.toString("latin1", 0, bytes)).toBe(text);
    }),
  );
});

test("decoding never writes beyond the announced room, whatever it is given", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (source) => {
      const target = Buffer.alloc(huffmanDecodedBytesMax(source.length));
      expect(huffmanDecode({ source, start: 0, end: source.length, target })).toBeLessThanOrEqual(target.length);
    }),
  );
});
