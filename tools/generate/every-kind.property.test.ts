/** The services' definitions use few kinds of fields; ours may use all. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import * as fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import type { Codec } from "../../api/codec.ts";
import { messagesSource } from "./messages-source.ts";
import { loadRoot, readModel } from "./reflection.ts";
import { SampleMessages } from "./sample-messages.ts";
import { apiTarget } from "./targets.ts";

const root = loadRoot([path.join(import.meta.dirname, "testdata/every-kind.proto")]);
const api = readModel(loadRoot([]), apiTarget.roots);
const names = new Map([...api.messages, ...api.enums].map(({ fullName, name }) => [fullName, name]));
const messages = readModel(root, ["perdure.every"], names).messages.filter(({ fullName }) =>
  fullName.startsWith("perdure."),
);
const samples = new SampleMessages(root);

const cache = path.join(import.meta.dirname, "../../.cache");
mkdirSync(cache, { recursive: true });
const folder = mkdtempSync(path.join(cache, "every-kind-"));
afterAll(() => rmSync(folder, { recursive: true }));
const file = path.join(folder, "messages.js");
writeFileSync(file, messagesSource({ messages, api: "../../api", enumsHere: new Set() }));
const codecs = (await import(file)) as Record<string, Codec<Record<string, unknown>>>;

test.each(messages.map((message) => [message.name, message] as const))("%s agrees with protobufjs", (name, message) => {
  const codec = codecs[name]!;
  fc.assert(
    fc.property(samples.arbitrary(message), (plain) => {
      const theirs = samples.encode(message, plain);
      const ours = codec.encode(samples.asInput(message, plain) as never);
      expect(samples.decode(message, ours)).toEqual(samples.decode(message, theirs));
      const decoded = codec.decode(new Uint8Array(theirs));
      assert.deepStrictEqual(decoded, samples.asDecoded(message, plain));
      expect(samples.decode(message, codec.encode(decoded as never))).toEqual(samples.decode(message, theirs));
    }),
    { numRuns: 300 },
  );
});
