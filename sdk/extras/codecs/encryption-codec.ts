import { createCipheriv, createDecipheriv, createHash } from "node:crypto";
import { type Random, systemRandom } from "../../../base/index.ts";
import { ValueError } from "../../common/errors.ts";
import { payloadFromBytes, payloadToBytes } from "../../common/host/wire-payloads.ts";
import type { PayloadCodec } from "../../common/payload-codec.ts";
import type { Payload } from "../../common/payload.ts";
import { decode, encode } from "../../common/utf8.ts";

const ENCODING = encode("binary/encrypted");
const KEY_ID = "encryption-key-id";
const IV_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;

/**
 * Encrypts payloads with AES-256-GCM: `iv (12 bytes) ‖ ciphertext ‖ tag (16 bytes)` of the whole payload, with the key's
 * id beside it, the form that codec servers of the other SDKs' samples read. Old keys stay readable as long as they are
 * given.
 */
export class EncryptionCodec implements PayloadCodec {
  readonly #keyId: string;
  readonly #keys: ReadonlyMap<string, Uint8Array>;
  readonly #random: Random;

  /** @throws ValueError when a key is not 32 bytes long, or the current one is missing. */
  constructor(options: {
    /** The key that encrypts. */
    keyId: string;
    /** All keys that decrypt, by id. */
    keys: Readonly<Record<string, Uint8Array>>;
    random?: Random;
  }) {
    this.#keyId = options.keyId;
    this.#random = options.random ?? systemRandom;
    this.#keys = new Map(Object.entries(options.keys));
    if (!this.#keys.has(options.keyId)) throw new ValueError(`encryption key '${options.keyId}' is not among the keys`);
    for (const [id, key] of this.#keys) {
      if (key.length !== KEY_BYTES)
        throw new ValueError(`encryption key '${id}' has ${key.length} bytes, not ${KEY_BYTES}`);
    }
  }

  async encode(payloads: Payload[]): Promise<Payload[]> {
    const key = this.#keys.get(this.#keyId) as Uint8Array;
    return payloads.map((payload) => {
      const iv = this.#iv();
      const cipher = createCipheriv("aes-256-gcm", key, iv);
      const sealed = [iv, cipher.update(payloadToBytes(payload)), cipher.final(), cipher.getAuthTag()];
      return {
        metadata: { encoding: ENCODING, [KEY_ID]: encode(this.#keyId) },
        data: new Uint8Array(Buffer.concat(sealed)),
      };
    });
  }

  /** Payloads that are not encrypted stay as they are. */
  async decode(payloads: Payload[]): Promise<Payload[]> {
    return payloads.map((payload) => {
      const { metadata, data } = payload;
      const encoding = metadata?.["encoding"];
      if (encoding === undefined || decode(encoding) !== decode(ENCODING)) return payload;
      const id = decode(metadata?.[KEY_ID] ?? new Uint8Array(0));
      const key = this.#keys.get(id);
      if (key === undefined) throw new ValueError(`a payload was encrypted with key '${id}', which is not known`);
      if (!data || data.length < IV_BYTES + TAG_BYTES) throw new ValueError("an encrypted payload is too short");
      const decipher = createDecipheriv("aes-256-gcm", key, data.subarray(0, IV_BYTES));
      decipher.setAuthTag(data.subarray(data.length - TAG_BYTES));
      const opened = [decipher.update(data.subarray(IV_BYTES, data.length - TAG_BYTES)), decipher.final()];
      return payloadFromBytes(Buffer.concat(opened));
    });
  }

  /** Never the same twice for a key: 96 bits of a hash of a random id's 122. */
  #iv(): Uint8Array {
    return createHash("sha256").update(this.#random.uuid()).digest().subarray(0, IV_BYTES);
  }
}
