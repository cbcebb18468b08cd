/** Codecs between a client, a worker and a server: what the server sees. */
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { ApplicationFailure } from "../../common/index.ts";
import { proxyActivities } from "../../workflow/index.ts";
import { step } from "../index.ts";
import { chainOf, openStage } from "../stage-fixture.ts";
import { ObjectBlobStore } from "./blob-store.ts";
import { CompressionCodec } from "./compression-codec.ts";
import { EncryptionCodec } from "./encryption-codec.ts";
import { LargePayloadCodec } from "./large-payload-codec.ts";

const SECRET = "swordfish";
const objects = new Map<string, Uint8Array>();
const client = {
  putObject: async ({ Key, Body }: { Key: string; Body: Uint8Array }) => objects.set(Key, Body),
  getObject: async ({ Key }: { Key: string }) => objects.get(Key) ?? Promise.reject(new Error("NoSuchKey")),
};

const { echo, fail } = proxyActivities<{ echo(text: string): Promise<string>; fail(text: string): Promise<never> }>({
  startToCloseTimeout: "10s",
  retry: { maximumAttempts: 1 },
});

const workflows = {
  async passes(text: string): Promise<string> {
    return step("in the middle", (inner: string) => `${inner}!`, { args: [await echo(text)] });
  },
  async fails(text: string): Promise<void> {
    await fail(text);
  },
};

const activities = {
  echo: (text: string) => text,
  fail(text: string) {
    throw ApplicationFailure.nonRetryable(`about ${text}`, "Told", { text });
  },
};

test("nothing that an application says stands in histories, failures and large values included", async () => {
  const dataConverter = {
    failureConverterPath: fileURLToPath(new URL("failure-converter-fixture.ts", import.meta.url)),
    payloadCodecs: [
      new CompressionCodec(),
      new EncryptionCodec({ keyId: "a", keys: { a: new Uint8Array(32).fill(7) } }),
      new LargePayloadCodec({ store: new ObjectBlobStore({ client, bucket: "b" }), thresholdBytes: 1_000 }),
    ],
  };
  await using stage = await openStage({ workflows, activities, dataConverter });
  const passing = await stage.start(workflows.passes, { args: [SECRET] });
  expect(await passing.result()).toBe(`${SECRET}!`);
  const noise = Array.from({ length: 2_000 }, (_, at) => ((at * 7_919) % 9_973).toString(36)).join("");
  const large = await stage.start(workflows.passes, { args: [noise] });
  expect(await large.result()).toBe(`${noise}!`);
  expect(objects.size).toBeGreaterThan(0);
  const failing = await stage.start(workflows.fails, { args: [SECRET] });
  expect(await chainOf(failing.result())).toMatchObject([
    { name: "WorkflowFailedError" },
    { name: "ActivityFailure" },
    { name: "ApplicationFailure", message: `about ${SECRET}`, type: "Told", details: [{ text: SECRET }] },
  ]);
  for (const handle of [passing, large, failing]) {
    const history = await handle.fetchHistory();
    expect(bytesIn(history).some((bytes) => Buffer.from(bytes).includes("binary/encrypted"))).toBe(handle !== large);
    expect(
      JSON.stringify(history, (_, value: unknown) => (value instanceof Uint8Array ? text(value) : value)),
    ).not.toMatch(/swordfish|about/);
  }
  expect([...objects.values()].every((bytes) => text(bytes).includes("binary/encrypted"))).toBe(true);
});

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("latin1");
}

function bytesIn(value: unknown): Uint8Array[] {
  if (value instanceof Uint8Array) return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(bytesIn);
}
