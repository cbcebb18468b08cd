import type { Clock } from "../../base/index.ts";
import { compressMessage, decompressMessage } from "../grpc/compression.ts";
import type { Expirable } from "../grpc/deadline-wheel.ts";
import { GrpcError } from "../grpc/grpc-error.ts";
import { MessageReader, type MessageSink } from "../grpc/message-reader.ts";
import { sendMessage } from "../grpc/message-writer.ts";
import type { Metadata } from "../grpc/metadata.ts";
import { statusCodes } from "../grpc/status-code.ts";
import { formatTimeout } from "../grpc/timeout.ts";
import type { HeaderBlock } from "../hpack/header-block.ts";
import type { OutgoingField } from "../hpack/encoder.ts";
import type { Http2Connection } from "../http2/connection.ts";
import { connectionLost, errorCodes } from "../http2/frame.ts";
import type { FieldList } from "../http2/header-writer.ts";
import type { Http2Stream, StreamConsumer } from "../http2/stream.ts";
import { responseHeadOf, type ResponseHead } from "./response-head.ts";

export interface ClientCallInput {
  readonly fields: FieldList;
  readonly request: Uint8Array;
  readonly isCompressed: boolean;
  readonly deadline: number | undefined;
  readonly clock: Clock;
  readonly messageBytesMax: number;
  readonly onTrailers: ((trailers: Metadata) => void) | undefined;
  /** The call is over, one way or the other. */
  readonly onOver: (call: ClientCall) => void;
  /** The server certainly did not process the call. */
  readonly onUnprocessed: (call: ClientCall) => void;
  readonly resolve: (message: Uint8Array) => void;
  readonly reject: (error: GrpcError) => void;
}

/**
 * One call of the client, from its queue to its promise.
 *
 *     waiting ──start──► sent ──end──► over
 *        │                 │──unprocessed (REFUSED_STREAM, above GOAWAY's id)──► waiting
 *        └── deadline, abort, connection lost ──► over
 */
export class ClientCall implements StreamConsumer, MessageSink, Expirable {
  readonly deadline: number | undefined;
  isOver = false;
  attempts = 0;
  wheelSlot: Expirable["wheelSlot"] = undefined;
  wheelNext: Expirable | undefined = undefined;
  wheelPrevious: Expirable | undefined = undefined;
  readonly #input: ClientCallInput;
  #stream: Http2Stream | undefined = undefined;
  #reader: MessageReader | undefined = undefined;
  #head: ResponseHead | undefined = undefined;
  #trailers: ResponseHead | undefined = undefined;
  #message: Uint8Array | undefined = undefined;

  constructor(input: ClientCallInput) {
    this.#input = input;
    this.deadline = input.deadline;
  }

  start(connection: Http2Connection, now: number): void {
    const { fields, request, isCompressed } = this.#input;
    this.attempts++;
    const stream = (this.#stream = connection.openLocal(this));
    const extra: OutgoingField[] = [];
    if (this.deadline !== undefined) {
      extra.push({ name: "grpc-timeout", value: formatTimeout(this.deadline - now), indexing: "literal" });
    }
    if (isCompressed) extra.push({ name: "grpc-encoding", value: "gzip", indexing: "indexed" });
    connection.sendHeaders(stream, { repeated: fields, extra, endStream: false });
    sendMessage(stream, isCompressed ? compressMessage(request) : request, { isCompressed, endStream: true });
  }

  headers(block: HeaderBlock, endStream: boolean): void {
    if (this.isOver) return;
    const head = responseHeadOf(block);
    if (head.httpStatus >= 100 && head.httpStatus < 200) return;
    if (this.#head === undefined) this.#head = head;
    if (endStream) this.#trailers = head;
  }

  data(source: Buffer, start: number, end: number): void {
    if (this.isOver) return;
    if (this.#head !== undefined && !isGrpcHead(this.#head)) return this.#checkHead(this.#head);
    try {
      this.#reader ??= new MessageReader(this, this.#input.messageBytesMax);
      this.#reader.push(source, start, end);
    } catch (error) {
      this.cancel(error as GrpcError);
    }
  }

  messageAnnounced(bytes: number): void {
    const stream = this.#stream!;
    stream.extendReceiveWindow(stream.missingWindow(bytes));
  }

  message(bytes: Uint8Array, isCompressed: boolean): void {
    if (this.#message !== undefined) throw new GrpcError(statusCodes.internal, "a unary call has one reply message");
    this.#message = isCompressed ? decompressMessage(bytes, this.#head?.encoding, this.#input.messageBytesMax) : bytes;
  }

  end(): void {
    if (this.isOver) return;
    const stream = this.#stream!;
    // The server may answer before it has read everything.
    if (!stream.isLocalClosed) stream.reset(errorCodes.noError);
    const trailers = this.#trailers;
    if (this.#head === undefined || trailers?.grpcStatus === undefined) {
      if (this.#head !== undefined && !isGrpcHead(this.#head)) return this.#checkHead(this.#head);
      return this.#fail(new GrpcError(statusCodes.internal, "the response has no grpc-status"));
    }
    this.#input.onTrailers?.(trailers.metadata);
    if (trailers.grpcStatus !== statusCodes.ok) {
      const { grpcStatus, grpcMessage, details, metadata } = trailers;
      return this.#fail(new GrpcError(grpcStatus, grpcMessage, { details, trailers: metadata }));
    }
    if (this.#message === undefined) {
      return this.#fail(new GrpcError(statusCodes.internal, "the response has no message"));
    }
    this.#over();
    this.#input.resolve(this.#message);
  }

  reset(code: number): void {
    if (this.isOver) return;
    if (code === errorCodes.refusedStream) return this.retry();
    // Servers that keep the deadline themselves may end the stream so, before the wheel comes round.
    const isLate = this.deadline !== undefined && this.#input.clock.now() >= this.deadline;
    this.#fail(isLate && code === errorCodes.cancel ? deadlineError() : resetError(code));
  }

  /** Takes the call back from a connection that has not processed it. */
  retry(): void {
    this.#stream = this.#reader = this.#head = this.#trailers = this.#message = undefined;
    this.#input.onUnprocessed(this);
  }

  expire(): void {
    this.cancel(deadlineError());
  }

  /** Gives up: the server is told, the caller gets `error`. */
  cancel(error: GrpcError): void {
    if (this.isOver) return;
    this.#stream?.reset(errorCodes.cancel);
    this.#fail(error);
  }

  #checkHead(head: ResponseHead): void {
    this.cancel(
      new GrpcError(
        codeOfHttpStatus(head.httpStatus),
        `unexpected HTTP status ${head.httpStatus} with content-type "${head.contentType ?? ""}"`,
      ),
    );
  }

  #fail(error: GrpcError): void {
    this.#over();
    this.#input.reject(error);
  }

  #over(): void {
    this.isOver = true;
    this.#input.onOver(this);
  }
}

function isGrpcHead(head: ResponseHead): boolean {
  return head.httpStatus === 200 && head.contentType?.startsWith("application/grpc") === true;
}

function codeOfHttpStatus(status: number): number {
  switch (status) {
    case 400:
    case 431:
      return statusCodes.internal;
    case 401:
      return statusCodes.unauthenticated;
    case 403:
      return statusCodes.permissionDenied;
    case 404:
      return statusCodes.unimplemented;
    case 429:
    case 502:
    case 503:
    case 504:
      return statusCodes.unavailable;
  }
  return statusCodes.unknown;
}

function deadlineError(): GrpcError {
  return new GrpcError(statusCodes.deadlineExceeded, "deadline exceeded");
}

function resetError(code: number): GrpcError {
  switch (code) {
    case connectionLost:
      return new GrpcError(statusCodes.unavailable, "the connection was lost");
    case errorCodes.cancel:
      return new GrpcError(statusCodes.cancelled, "the server reset the stream (CANCEL)");
    case errorCodes.enhanceYourCalm:
      return new GrpcError(statusCodes.resourceExhausted, "the server reset the stream (ENHANCE_YOUR_CALM)");
    case errorCodes.inadequateSecurity:
      return new GrpcError(statusCodes.permissionDenied, "the server reset the stream (INADEQUATE_SECURITY)");
  }
  return new GrpcError(statusCodes.internal, `the server reset the stream (code ${code})`);
}
