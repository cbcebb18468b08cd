import * as fc from "fast-check";
import { expect, test } from "vitest";
import { frameMessage, MessageReader } from "./message-reader.ts";

const messages = fc.array(fc.record({ bytes: fc.uint8Array({ maxLength: 200 }), isCompressed: fc.boolean() }), {
  maxLength: 6,
});

test("messages come out the same however the body was cut", () => {
  fc.assert(
    fc.property(messages, fc.array(fc.integer({ min: 1, max: 60 })), (sent, cuts) => {
      const body = Buffer.concat(sent.map(({ bytes, isCompressed }) => frameMessage(bytes, isCompressed)));
      const got: typeof sent = [];
      const sink = {
        message: (bytes: Uint8Array, isCompressed: boolean) =>
          void got.push({ bytes: Uint8Array.from(bytes), isCompressed }),
      };
      const reader = new MessageReader(sink, 1_000);
      let at = 0;
      for (const cut of [...cuts, body.length]) {
        const end = Math.min(body.length, at + cut);
        if (end > at) reader.push(body, at, end);
        at = end;
      }
      expect(got).toEqual(sent.map((one) => ({ ...one, bytes: Uint8Array.from(one.bytes) })));
      expect(reader.isBetweenMessages).toBe(true);
    }),
  );
});

test("a prefix alone reserves little, whatever length it claims", () => {
  const before = process.memoryUsage().arrayBuffers;
  const readers = Array.from({ length: 200 }, () => {
    const reader = new MessageReader({ message: () => {} }, 0x7fffffff);
    reader.push(Buffer.from([0, 0x40, 0, 0, 0, 1]), 0, 6);
    return reader;
  });
  expect(readers.some((reader) => reader.isBetweenMessages)).toBe(false);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(200 * 70_000);
});

test.each([
  [[0, 0, 0, 3, 0xe9], "grpc: received message larger than max (1001 vs. 1000)"],
  [[2, 0, 0, 0, 1], "grpc: received unexpected payload format 2"],
])("prefix %s is refused", (prefix, message) => {
  const reader = new MessageReader({ message: () => {} }, 1_000);
  expect(() => reader.push(Buffer.from(prefix), 0, 5)).toThrow(message);
});
