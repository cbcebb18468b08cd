import assert from "node:assert/strict";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { loadRoot, readModel } from "../tools/generate/reflection.ts";
import { SampleMessages } from "../tools/generate/sample-messages.ts";
import { apiTarget } from "../tools/generate/targets.ts";
import type { Codec } from "./codec.ts";
import { DecodeError } from "./decode-error.ts";
import * as messages from "./gen/messages.js";

const root = loadRoot([]);
const model = readModel(root, apiTarget.roots);
const samples = new SampleMessages(root);
const codecs = messages as unknown as Record<string, Codec<Record<string, unknown>>>;

/** Messages that a call on the hot path is made of get many more samples. */
const hot =
  /^(Start|Signal|SignalWithStart|Poll|Respond|Record|Query|Update|GetWorkflowExecutionHistory|Describe|List|Count)Workflow|^(Poll|Respond|Record)Activity|Command|Event|^History|^Message$|Update|^Paylo|^Failure$|^Memo$|^Header$/;
const rows = model.messages.map((message) => [message.name, message, hot.test(message.name) ? 60 : 15] as const);

function encoded(name: string, input: object): Uint8Array {
  return codecs[name]!.encode(input as never);
}

test.each(rows)("%s is encoded as protobufjs reads it", (name, message, numRuns) => {
  fc.assert(
    fc.property(samples.arbitrary(message), (plain) => {
      const ours = encoded(name, samples.asInput(message, plain));
      expect(samples.decode(message, ours)).toEqual(samples.decode(message, samples.encode(message, plain)));
    }),
    { numRuns },
  );
});

test.each(rows)("%s is decoded as protobufjs writes it, and comes out again as it was", (name, message, numRuns) => {
  fc.assert(
    fc.property(samples.arbitrary(message), (plain) => {
      const theirs = samples.encode(message, plain);
      const decoded = codecs[name]!.decode(new Uint8Array(theirs));
      // Not expect(): it takes an entry named "constructor" for the object's type.
      assert.deepStrictEqual(decoded, samples.asDecoded(message, plain));
      assert.deepStrictEqual(Object.keys(decoded), Object.keys(samples.asDecoded(message, plain)));
      expect(samples.decode(message, encoded(name, decoded))).toEqual(samples.decode(message, theirs));
    }),
    { numRuns },
  );
});

test.each(rows)("%s keeps fields that it does not know", (name, message) => {
  if (!message.keepsUnknown) return;
  fc.assert(
    fc.property(samples.arbitrary(message), unknownFields, (plain, unknown) => {
      const known = samples.encode(message, plain);
      const decoded = codecs[name]!.decode(new Uint8Array(Buffer.concat([unknown.before, known, unknown.after])));
      expect(Buffer.from(decoded["$unknown"] as Uint8Array)).toEqual(Buffer.concat([unknown.before, unknown.after]));
      const again = codecs[name]!.decode(encoded(name, decoded));
      assert.deepStrictEqual(again, decoded);
    }),
    { numRuns: 8 },
  );
});

test.each(rows)("%s refuses broken bytes with an error of its own, or reads them", (name, message) => {
  fc.assert(
    fc.property(samples.arbitrary(message), faults, (plain, { cut, changes }) => {
      const bytes = new Uint8Array(samples.encode(message, plain));
      const broken = bytes.subarray(0, Math.floor(bytes.length * cut));
      for (const { place, value } of changes) if (broken.length > 0) broken[place % broken.length] = value;
      try {
        encoded(name, codecs[name]!.decode(broken));
      } catch (error) {
        expect(error).toBeInstanceOf(DecodeError);
        expect((error as DecodeError).typeName).toBe(message.fullName);
        expect((error as DecodeError).offset).toBeLessThanOrEqual(broken.length);
      }
    }),
    { numRuns: 20 },
  );
});

/** Fields beyond all that are defined, of every wire type. */
const unknownField = fc.oneof(
  fc.tuple(fc.constant(0), fc.uint8Array({ minLength: 1, maxLength: 9 })).map(([, bytes]) => varintField(bytes)),
  fc.uint8Array({ minLength: 8, maxLength: 8 }).map((bytes) => Buffer.from([...tagBytes(1), ...bytes])),
  fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from([...tagBytes(2), bytes.length, ...bytes])),
  fc.uint8Array({ minLength: 4, maxLength: 4 }).map((bytes) => Buffer.from([...tagBytes(5), ...bytes])),
  fc.constant(Buffer.from([...tagBytes(3), 8, 1, ...tagBytes(4)])),
);
const unknownBytes = fc.array(unknownField, { minLength: 1, maxLength: 3 }).map((fields) => Buffer.concat(fields));
const unknownFields = fc.record({ before: unknownBytes, after: unknownBytes });

const faults = fc.record({
  cut: fc.oneof(fc.constant(1), fc.double({ min: 0, max: 1, noNaN: true })),
  changes: fc.array(fc.record({ place: fc.nat(), value: fc.integer({ min: 0, max: 255 }) }), { maxLength: 4 }),
});

/** The tag of field 1,000,000. */
function tagBytes(wireType: number): number[] {
  const tag = 1_000_000 * 8 + wireType;
  return [(tag & 127) | 128, ((tag >> 7) & 127) | 128, ((tag >> 14) & 127) | 128, tag >> 21];
}

function varintField(bytes: Uint8Array): Buffer {
  const value = [...bytes].map((byte, i) => (i === bytes.length - 1 ? byte & 127 : byte | 128));
  return Buffer.from([...tagBytes(0), ...value]);
}
