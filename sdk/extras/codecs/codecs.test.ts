import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { defaultPayloadConverter } from "../../common/index.ts";
import { FileBlobStore, ObjectBlobStore, type ObjectClient } from "./blob-store.ts";
import { CompressionCodec } from "./compression-codec.ts";
import { EncryptionCodec } from "./encryption-codec.ts";
import { LargePayloadCodec } from "./large-payload-codec.ts";

const key = (byte: number) => new Uint8Array(32).fill(byte);
const payload = defaultPayloadConverter.toPayload({ secret: "swordfish" });
const values = (payloads: Parameters<typeof defaultPayloadConverter.fromPayload>[0][]) =>
  payloads.map((one) => defaultPayloadConverter.fromPayload(one));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "perdure-codecs-"));
});
afterAll(() => rm(folder, { recursive: true }));

test("what is encrypted shows nothing, differs each time, and comes back", async () => {
  const codec = new EncryptionCodec({ keyId: "a", keys: { a: key(1) } });
  const [first, second] = await codec.encode([payload, payload]);
  expect(Buffer.from(first?.data ?? []).includes("swordfish")).toBe(false);
  expect(first?.data).not.toEqual(second?.data);
  expect(values(await codec.decode([first!, payload]))).toEqual([{ secret: "swordfish" }, { secret: "swordfish" }]);
});

test("a key that was replaced still decrypts; an unknown key and changed bytes do not", async () => {
  const [old] = await new EncryptionCodec({ keyId: "a", keys: { a: key(1) } }).encode([payload]);
  const rotated = new EncryptionCodec({ keyId: "b", keys: { a: key(1), b: key(2) } });
  expect(values(await rotated.decode([old!]))).toEqual([{ secret: "swordfish" }]);
  await expect(new EncryptionCodec({ keyId: "b", keys: { b: key(2) } }).decode([old!])).rejects.toThrow("key 'a'");
  const changed = old!.data!.map((byte, at) => (at === 20 ? byte ^ 1 : byte));
  await expect(rotated.decode([{ ...old!, data: changed }])).rejects.toThrow(/authenticate/);
});

test("keys of another length and a missing key are refused", () => {
  expect(() => new EncryptionCodec({ keyId: "a", keys: { a: new Uint8Array(16) } })).toThrow("16 bytes");
  expect(() => new EncryptionCodec({ keyId: "b", keys: { a: key(1) } })).toThrow("'b'");
});

function bucket(): ObjectClient {
  const objects = new Map<string, Uint8Array>();
  return {
    putObject: async ({ Bucket, Key, Body }) => objects.set(`${Bucket}/${Key}`, Body),
    getObject: async ({ Bucket, Key }) => objects.get(`${Bucket}/${Key}`) ?? Promise.reject(new Error("NoSuchKey")),
  };
}

test.each([
  ["files", () => new FileBlobStore(folder)],
  ["objects", () => new ObjectBlobStore({ client: bucket(), bucket: "b", prefix: "p/" })],
])("large payloads are kept as %s, small ones stay", async (_where, makeStore) => {
  const codec = new LargePayloadCodec({ store: makeStore(), thresholdBytes: 100 });
  const large = defaultPayloadConverter.toPayload("x".repeat(200));
  const [claim, small] = await codec.encode([large, payload]);
  expect(claim?.data?.length).toBe(64);
  expect(small).toBe(payload);
  expect(await codec.encode([large])).toEqual([claim]);
  expect(values(await codec.decode([claim!, small!]))).toEqual(["x".repeat(200), { secret: "swordfish" }]);
});

test("a stored payload that was changed, and a claim that is a path, are refused", async () => {
  const codec = new LargePayloadCodec({ store: new FileBlobStore(folder), thresholdBytes: 1 });
  const [claim] = await codec.encode([payload]);
  const name = Buffer.from(claim?.data ?? []).toString();
  await writeFile(join(folder, name.slice(0, 2), name), "other");
  await expect(codec.decode([claim!])).rejects.toThrow("was changed");
  await expect(codec.decode([{ ...claim!, data: Buffer.from("../../etc/passwd") }])).rejects.toThrow("names no stored");
});

test("a payload that the store does not have is named, with what may be the reason", async () => {
  const [claim] = await new LargePayloadCodec({ store: new FileBlobStore(folder), thresholdBytes: 1 }).encode([
    payload,
  ]);
  const elsewhere = new LargePayloadCodec({ store: new ObjectBlobStore({ client: bucket(), bucket: "b" }) });
  const name = Buffer.from(claim?.data ?? []).toString();
  await expect(elsewhere.decode([claim!])).rejects.toThrow(
    `the store has not given payload ${name}: it was deleted, is in another store, or the store failed (NoSuchKey)`,
  );
});

test("what compresses well is compressed and comes back, the rest stays as it is", async () => {
  const codec = new CompressionCodec();
  const large = defaultPayloadConverter.toPayload("x".repeat(5_000));
  const noise = defaultPayloadConverter.toPayload(randomBytes(5_000));
  const encoded = await codec.encode([large, payload, noise]);
  expect(encoded[0]?.data?.length).toBeLessThan(100);
  expect(encoded.slice(1)).toEqual([payload, noise]);
  expect(await codec.decode(encoded)).toEqual([large, payload, noise]);
});

test("what is damaged or grows too large is refused", async () => {
  const [small] = await new CompressionCodec().encode([defaultPayloadConverter.toPayload("x".repeat(5_000))]);
  await expect(new CompressionCodec({ decodedBytesMax: 1_000 }).decode([small!])).rejects.toThrow(
    "more than 1000 bytes",
  );
  const damaged = { ...small!, data: small!.data!.subarray(0, 10) };
  await expect(new CompressionCodec().decode([damaged])).rejects.toThrow("cannot be read");
});
