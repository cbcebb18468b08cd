import { constants, gunzipSync, gzipSync } from "node:zlib";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { gunzipSmall } from "./inflate.ts";

const text = fc
  .array(fc.constantFrom("temporal", "workflow", "\0\0\0", "a", "payload-", "identity@host"), { maxLength: 300 })
  .map((words) => Buffer.from(words.join("")));
const noise = fc.uint8Array({ maxLength: 3_000 }).map((bytes) => Buffer.from(bytes));
const mixed = fc.tuple(text, noise, text).map((parts) => Buffer.concat(parts));
const message = fc.oneof(text, noise, mixed);
const options = fc.record({
  level: fc.integer({ min: 0, max: 9 }),
  strategy: fc.constantFrom(
    constants.Z_DEFAULT_STRATEGY,
    constants.Z_FIXED,
    constants.Z_HUFFMAN_ONLY,
    constants.Z_RLE,
    constants.Z_FILTERED,
  ),
});

test("small messages come out as zlib would have them, whatever the level and strategy", () => {
  let decoded = 0;
  fc.assert(
    fc.property(message, options, (bytes, how) => {
      const answer = gunzipSmall(gzipSync(bytes, how));
      if (answer === undefined) return;
      decoded++;
      expect(Buffer.from(answer).equals(bytes)).toBe(true);
    }),
    { numRuns: 500 },
  );
  expect(decoded).toBeGreaterThan(450);
});

test("of changed bytes it accepts nothing that zlib refuses or reads otherwise", () => {
  const changes = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(message, options, changes, (bytes, how, changed) => {
      const broken = gzipSync(bytes, how);
      for (const [at, value] of changed) broken[at % broken.length] = value;
      const answer = gunzipSmall(broken);
      if (answer !== undefined) expect(Buffer.from(answer).equals(gunzipSync(broken))).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});

test("any bytes are answered, and noise never as a message", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(gunzipSmall(Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0]), bytes]))).toSatisfy(
        (answer) => answer === undefined || answer instanceof Uint8Array,
      );
    }),
  );
});

test.each([
  ["a bomb", gzipSync(Buffer.alloc(1_000_000))],
  ["several members", Buffer.concat([gzipSync("one"), gzipSync("two")])],
  ["something behind the end", Buffer.concat([gzipSync("one"), Buffer.alloc(3)])],
  ["a header alone", gzipSync("x").subarray(0, 10)],
  ["nothing", Buffer.alloc(0)],
])("%s is left to zlib", (_, bytes) => {
  expect(gunzipSmall(bytes)).toBeUndefined();
});
