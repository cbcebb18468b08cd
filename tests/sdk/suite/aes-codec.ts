/** Encrypts payloads with AES-GCM. */
import { webcrypto } from "node:crypto";
import type { Payload, PayloadCodec } from "../../../sdk/common/index.ts";
import { Payload as WirePayload } from "../../../api/gen/messages.js";

const { subtle } = webcrypto;
const NONCE_BYTES = 12;
const ENCODING = Buffer.from("binary/encrypted");

export class AesCodec implements PayloadCodec {
  readonly #key: Promise<webcrypto.CryptoKey>;
  readonly seen = { encoded: 0, decoded: 0 };

  constructor(key: Uint8Array<ArrayBuffer>) {
    this.#key = subtle.importKey("raw", key, "AES-GCM", false, ["encrypt", "decrypt"]);
  }

  encode(payloads: Payload[]): Promise<Payload[]> {
    return Promise.all(
      payloads.map(async (payload) => {
        this.seen.encoded++;
        const iv = webcrypto.getRandomValues(new Uint8Array(NONCE_BYTES));
        const plain = Uint8Array.from(WirePayload.encode(payload as never));
        const secret = await subtle.encrypt({ name: "AES-GCM", iv }, await this.#key, plain);
        return { metadata: { encoding: ENCODING }, data: Buffer.concat([iv, new Uint8Array(secret)]) };
      }),
    );
  }

  decode(payloads: Payload[]): Promise<Payload[]> {
    return Promise.all(
      payloads.map(async (payload) => {
        if (!ENCODING.equals(payload.metadata?.["encoding"] ?? new Uint8Array())) return payload;
        this.seen.decoded++;
        const data = Uint8Array.from(payload.data ?? []);
        const iv = data.subarray(0, NONCE_BYTES);
        const plain = await subtle.decrypt({ name: "AES-GCM", iv }, await this.#key, data.subarray(NONCE_BYTES));
        return WirePayload.decode(new Uint8Array(plain)) as unknown as Payload;
      }),
    );
  }
}
