import { createHash } from "node:crypto";
import { ValueError } from "../../common/errors.ts";
import { payloadFromBytes, payloadToBytes } from "../../common/host/wire-payloads.ts";
import type { PayloadCodec } from "../../common/payload-codec.ts";
import type { Payload } from "../../common/payload.ts";
import { decode, encode } from "../../common/utf8.ts";
import type { BlobStore } from "./blob-store.ts";

const ENCODING_TEXT = "binary/perdure-claim";
const ENCODING = encode(ENCODING_TEXT);
const THRESHOLD_BYTES = 128 * 1024;
const NAME = /^[0-9a-f]{64}$/;

/**
 * Keeps large payloads in a store and a claim in their place. The name is the hash of the content: what is written
 * again, by a retry or a replay, is the same object, and what is read is checked against it. Give it after an
 * {@link EncryptionCodec} to keep the store's content encrypted.
 */
export class LargePayloadCodec implements PayloadCodec {
  readonly #store: BlobStore;
  readonly #thresholdBytes: number;

  constructor(options: {
    store: BlobStore;
    /** Payloads of this size and more are kept in the store; default 128 KiB. */
    thresholdBytes?: number;
  }) {
    this.#store = options.store;
    this.#thresholdBytes = options.thresholdBytes ?? THRESHOLD_BYTES;
  }

  encode(payloads: Payload[]): Promise<Payload[]> {
    return Promise.all(
      payloads.map(async (payload) => {
        if ((payload.data?.length ?? 0) < this.#thresholdBytes) return payload;
        const bytes = payloadToBytes(payload);
        const name = hashOf(bytes);
        await this.#store.put(name, bytes);
        return { metadata: { encoding: ENCODING }, data: encode(name) };
      }),
    );
  }

  /** Payloads that are no claims stay as they are. */
  decode(payloads: Payload[]): Promise<Payload[]> {
    return Promise.all(
      payloads.map(async (payload) => {
        const encoding = payload.metadata?.["encoding"];
        if (encoding === undefined || decode(encoding) !== ENCODING_TEXT) return payload;
        const name = decode(payload.data ?? new Uint8Array(0));
        // A claim comes from history: never let it name a path.
        if (!NAME.test(name)) throw new ValueError("a claim names no stored payload");
        const bytes = await this.#stored(name);
        if (hashOf(bytes) !== name) throw new ValueError(`the stored payload ${name} was changed`);
        return payloadFromBytes(bytes);
      }),
    );
  }

  async #stored(name: string): Promise<Uint8Array> {
    try {
      return await this.#store.get(name);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new ValueError(
        `the store has not given payload ${name}: it was deleted, is in another store, or the store failed (${why})`,
        error,
      );
    }
  }
}

function hashOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
