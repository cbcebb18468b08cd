/** Any codecs in any order: what was encoded comes back, and what no codec has encoded stays as it is. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Payload, PayloadCodec } from "../../common/index.ts";
import type { BlobStore } from "./blob-store.ts";
import { CompressionCodec } from "./compression-codec.ts";
import { EncryptionCodec } from "./encryption-codec.ts";
import { LargePayloadCodec } from "./large-payload-codec.ts";

const blobs = new Map<string, Uint8Array>();
const store: BlobStore = {
  put: async (name, bytes) => void blobs.set(name, bytes),
  get: async (name) => blobs.get(name) ?? Promise.reject(new Error("missing")),
};

const codecs: readonly PayloadCodec[] = [
  new CompressionCodec({ thresholdBytes: 0 }),
  new EncryptionCodec({ keyId: "k", keys: { k: new Uint8Array(32).fill(3) } }),
  new LargePayloadCodec({ store, thresholdBytes: 40 }),
];

const bytes = fc.uint8Array({ maxLength: 200 });
const payload: fc.Arbitrary<Payload> = fc.record({
  metadata: fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), bytes, { maxKeys: 3 }),
  data: fc.oneof(
    bytes,
    fc.nat(400).map((length) => new Uint8Array(length)),
  ),
});

function plain({ metadata, data }: Payload): unknown {
  const names = Object.entries(metadata ?? {}).map(([name, value]) => [name, [...value]]);
  return { metadata: Object.fromEntries(names), data: [...(data ?? [])] };
}

test("decode of encode is what it was", async () => {
  const order = fc.shuffledSubarray([...codecs], { minLength: 1 });
  await fc.assert(
    fc.asyncProperty(fc.array(payload, { maxLength: 4 }), order, async (payloads, chain) => {
      let current = payloads;
      for (const codec of chain) current = await codec.encode(current);
      for (const codec of chain.toReversed()) current = await codec.decode(current);
      expect(current.map(plain)).toEqual(payloads.map(plain));
    }),
    { numRuns: 200 },
  );
});
