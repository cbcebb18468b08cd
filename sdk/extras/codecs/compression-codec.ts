import { promisify } from "node:util";
import { deflate, inflate } from "node:zlib";
import { ValueError } from "../../common/errors.ts";
import { payloadFromBytes, payloadToBytes } from "../../common/host/wire-payloads.ts";
import type { PayloadCodec } from "../../common/payload-codec.ts";
import type { Payload } from "../../common/payload.ts";
import { decode, encode } from "../../common/utf8.ts";

const deflated = promisify(deflate);
const inflated = promisify(inflate);

const ENCODING_TEXT = "binary/zlib";
const ENCODING = encode(ENCODING_TEXT);
/** Below this the header and the name of the encoding cost more than is saved. */
const THRESHOLD_BYTES = 256;
/** No payload on the wire is larger before it is compressed than what a store of large ones would keep. */
const DECODED_BYTES_MAX = 256 * 1024 * 1024;

/**
 * Compresses payloads with zlib, in the form that codec servers of the other SDKs' samples read. Give it before an
 * {@link EncryptionCodec}: what is encrypted cannot be compressed.
 */
export class CompressionCodec implements PayloadCodec {
  readonly #thresholdBytes: number;
  readonly #decodedBytesMax: number;

  constructor(
    options: {
      /** Payloads of this size and more are compressed, if that makes them smaller; default 256. */
      thresholdBytes?: number;
      /** What a payload may grow to when it is read; default 256 MiB. */
      decodedBytesMax?: number;
    } = {},
  ) {
    this.#thresholdBytes = options.thresholdBytes ?? THRESHOLD_BYTES;
    this.#decodedBytesMax = options.decodedBytesMax ?? DECODED_BYTES_MAX;
  }

  encode(payloads: Payload[]): Promise<Payload[]> {
    return Promise.all(
      payloads.map(async (payload) => {
        const size = payload.data?.length ?? 0;
        if (size < this.#thresholdBytes) return payload;
        const data = new Uint8Array(await deflated(payloadToBytes(payload)));
        return data.length < size ? { metadata: { encoding: ENCODING }, data } : payload;
      }),
    );
  }

  /**
   * Payloads that are not compressed stay as they are.
   *
   * @throws ValueError for one that is damaged or too large
   */
  decode(payloads: Payload[]): Promise<Payload[]> {
    return Promise.all(
      payloads.map(async (payload) => {
        const encoding = payload.metadata?.["encoding"];
        if (encoding === undefined || decode(encoding) !== ENCODING_TEXT) return payload;
        return payloadFromBytes(await this.#inflated(payload.data ?? new Uint8Array(0)));
      }),
    );
  }

  async #inflated(data: Uint8Array): Promise<Uint8Array> {
    try {
      return await inflated(data, { maxOutputLength: this.#decodedBytesMax });
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      const why = code === "ERR_BUFFER_TOO_LARGE" ? `it holds more than ${this.#decodedBytesMax} bytes` : message;
      throw new ValueError(`a compressed payload of ${data.length} bytes cannot be read: ${why}`, error);
    }
  }
}
