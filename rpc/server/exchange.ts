import type { OutgoingField } from "../hpack/encoder.ts";

export interface CallStatus {
  readonly code: number;
  readonly message: string;
  readonly details: Uint8Array | undefined;
}

/**
 * The answering half of one HTTP/2 exchange, as far as gRPC needs it. Implemented on our own HTTP/2 and on node:http2,
 * so that what a call means is written once and only the transport differs.
 *
 * One of `reply`, `fail` and `refuse` ends the exchange, or `finish` after any number of `send`.
 */
export interface Exchange {
  /** The whole answer of a unary call. */
  reply(message: Uint8Array, trailers: readonly OutgoingField[] | undefined): void;
  /** A status other than OK, behind whatever was sent. */
  fail(status: CallStatus, trailers: readonly OutgoingField[] | undefined): void;
  /** An HTTP status, for what is no gRPC call at all. */
  refuse(httpStatus: number, text: string): void;
  send(message: Uint8Array): void;
  finish(trailers: readonly OutgoingField[] | undefined): void;
  /** Lets the client send `bytes` more. */
  extendReceiveWindow(bytes: number): void;
  /** The rest of the request is not wanted; only after the end of the answer. */
  stopReading(): void;
  /** No answer at all: the request breaks HTTP. */
  resetMalformed(): void;
}
