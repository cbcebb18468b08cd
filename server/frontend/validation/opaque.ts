import type { Codec } from "../../../api/codec.ts";
import { DecodeError } from "../../../api/decode-error.ts";
import { Code, ServiceError } from "../../../api/errors.ts";

/** A part of a request that the wire codecs hand on as bytes; bytes that are no such message are refused as the request's own would be. */
export function decodeOpaque<T>(codec: Codec<T>, bytes: Uint8Array): T {
  try {
    return codec.decode(bytes);
  } catch (error) {
    if (error instanceof DecodeError)
      throw new ServiceError(Code.INTERNAL, `grpc: error unmarshalling request: ${error.message}`);
    throw error;
  }
}
