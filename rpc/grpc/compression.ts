import { gunzipSync, gzipSync } from "node:zlib";
import { GrpcError } from "./grpc-error.ts";
import { gunzipSmall } from "./inflate.ts";
import { statusCodes } from "./status-code.ts";

/** Undoes what `encoding` says, within `bytesMax` of output whatever the input claims. */
export function decompressMessage(message: Uint8Array, encoding: string | undefined, bytesMax: number): Uint8Array {
  if (encoding === undefined || encoding === "identity") {
    throw new GrpcError(statusCodes.internal, "grpc: compressed flag set with identity or empty encoding");
  }
  requireEncoding(encoding);
  const small = gunzipSmall(message);
  if (small !== undefined && small.length <= bytesMax) return small;
  try {
    return gunzipSync(message, { maxOutputLength: bytesMax });
  } catch (error) {
    if (error instanceof RangeError && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE") {
      throw new GrpcError(
        statusCodes.resourceExhausted,
        `grpc: received message after decompression larger than max ${bytesMax}`,
      );
    }
    throw new GrpcError(statusCodes.internal, `grpc: failed to decompress the received message: ${messageOf(error)}`);
  }
}

/** An encoding that cannot be undone fails the call before its message is looked at. */
export function requireEncoding(encoding: string): void {
  if (encoding === "gzip" || encoding === "identity") return;
  // SDKs look for "Decompressor" and "grpc-encoding" here and then send without compression.
  throw new GrpcError(statusCodes.unimplemented, `grpc: Decompressor is not installed for grpc-encoding "${encoding}"`);
}

export function compressMessage(message: Uint8Array): Uint8Array {
  return gzipSync(message, { level: 1 });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
