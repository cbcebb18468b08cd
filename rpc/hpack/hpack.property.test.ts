import * as fc from "fast-check";
import { expect, test } from "vitest";
import { OutputBuffer } from "../http2/output-buffer.ts";
import { HpackDecoder, HpackError } from "./decoder.ts";
import { HpackEncoder, type OutgoingField } from "./encoder.ts";

const name = fc.constantFrom("a", "te", ":path", "content-type", "x-long-name-of-a-field", "accept-charset");
const value = fc.oneof(
  fc.constantFrom("", "b", "trailers", "/"),
  fc.string({ maxLength: 300, unit: "grapheme-ascii" }),
);
const field: fc.Arbitrary<OutgoingField> = fc.record({
  name,
  value,
  indexing: fc.constantFrom("indexed" as const, "literal" as const),
});
const step = fc.oneof(
  fc.record({ fields: fc.array(field, { maxLength: 8 }) }),
  fc.record({ tableBytes: fc.integer({ min: 0, max: 4_096 }) }),
);

test("a connection's blocks decode to what was encoded, through resizes and evictions", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const encoder = new HpackEncoder({ tableBytesMax: 4_096 });
      const decoder = new HpackDecoder({ tableBytesMax: 4_096, listBytesMax: 1_000_000 });
      for (const one of steps) {
        if ("tableBytes" in one) {
          encoder.limitTable(one.tableBytes);
          continue;
        }
        const out = new OutputBuffer();
        encoder.begin(out);
        for (const outgoing of one.fields) encoder.field(out, outgoing);
        const decoded = decoder.decode(Buffer.from(out.take()), 0, out.length);
        expect(decoded.fields.map((got) => [got.name, got.value])).toEqual(
          one.fields.map((sent) => [sent.name, sent.value]),
        );
      }
    }),
  );
});

test("any bytes either decode or are refused as HPACK", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 10 }), (blocks) => {
      const decoder = new HpackDecoder({ tableBytesMax: 4_096, listBytesMax: 10_000 });
      try {
        for (const block of blocks) decoder.decode(Buffer.from(block), 0, block.length);
      } catch (error) {
        expect(error).toBeInstanceOf(HpackError);
      }
    }),
  );
});
