import type { Metadata } from "./metadata.ts";

/**
 * A call that ended with a status other than OK. Handlers throw it to choose the status; the client rejects with it.
 * Anything else that a handler throws becomes UNKNOWN.
 */
export class GrpcError extends Error {
  override readonly name = "GrpcError";
  readonly code: number;
  /** The bytes of a google.rpc.Status, as they travel in `grpc-status-details-bin`. */
  readonly details: Uint8Array | undefined;
  /** What the server sent behind its reply; only on errors from the client. */
  readonly trailers: Metadata | undefined;

  constructor(
    code: number,
    message: string,
    more: { details?: Uint8Array; trailers?: Metadata; cause?: unknown } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.code = code;
    this.details = more.details;
    this.trailers = more.trailers;
  }
}
