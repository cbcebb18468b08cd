import type { Clock, Log } from "../../base/index.ts";
import { decompressMessage, requireEncoding } from "../grpc/compression.ts";
import type { DeadlineWheel, Expirable } from "../grpc/deadline-wheel.ts";
import { GrpcError } from "../grpc/grpc-error.ts";
import type { Route, ServerStream, StreamReceiver, UnaryHandler } from "../grpc/handler.ts";
import {
  checkMessageBytes,
  messagePrefixBytes,
  MessageReader,
  readMessageFlag,
  type MessageSink,
} from "../grpc/message-reader.ts";
import { HeaderMetadata, type Metadata } from "../grpc/metadata.ts";
import { statusCodes } from "../grpc/status-code.ts";
import type { OutgoingField } from "../hpack/encoder.ts";
import type { CallStatus, Exchange } from "./exchange.ts";
import type { RequestHead } from "./request-head.ts";
import type { RouteTable } from "./route-table.ts";

/** What all calls of a server share. */
export interface CallHost {
  readonly clock: Clock;
  readonly log: Log;
  readonly wheel: DeadlineWheel;
  readonly routes: RouteTable;
  readonly messageBytesMax: number;
  readonly counters: { callsOpen: number; callsTotal: number; callsFailed: number; callsCancelled: number };
}

const okStatus = 0;

/**
 * One gRPC call on the server: collects the request, runs the handler, sends its answer.
 *
 * 1. The exchange is ended exactly once: by reply, status or refusal; or by the client, and then nothing is sent.
 * 2. Cancel listeners run at most once, and only if the handler's answer will not be sent.
 * 3. What a handler returns or throws after the call is over is dropped.
 * 4. An open call with a deadline is on the wheel; an ended one is not.
 *
 *     receiving ──request complete──► running ──answer──► over
 *         └──── bad request, deadline, reset ────┴──────────▲
 *
 * receiving → running: `end` (unary), the constructor's `begin` (streams). running → over: `#onAnswer`, `#onError`.
 * Bad request: `#refuseCall`. Deadline: `expire`. Reset or lost connection: `reset`. Server stops: `cancel`.
 */
export class GrpcCall implements ServerStream, Expirable, MessageSink {
  readonly deadline: number | undefined;
  readonly peer: string;
  isOver = false;
  cancelled = false;
  wheelSlot: Expirable["wheelSlot"] = undefined;
  wheelNext: Expirable | undefined = undefined;
  wheelPrevious: Expirable | undefined = undefined;
  readonly #host: CallHost;
  readonly #exchange: Exchange;
  readonly #head: RequestHead;
  #reader: MessageReader | undefined = undefined;
  #request: Uint8Array | undefined = undefined;
  #isCompressed = false;
  #receiver: StreamReceiver | undefined = undefined;
  #listeners: (() => void) | Array<() => void> | undefined = undefined;
  #trailers: OutgoingField[] | undefined = undefined;

  constructor(host: CallHost, exchange: Exchange, head: RequestHead, peer: string) {
    this.#host = host;
    this.#exchange = exchange;
    this.#head = head;
    this.peer = peer;
    const { timeoutMs } = head;
    this.deadline = timeoutMs === undefined || Number.isNaN(timeoutMs) ? undefined : host.clock.now() + timeoutMs;
  }

  get path(): string {
    return this.#head.path;
  }

  get metadata(): Metadata {
    return new HeaderMetadata(this.#head.fields);
  }

  /** Looks at the head: refuses what is no call of ours, or makes ready for the request. */
  begin(): void {
    const head = this.#head;
    const isGrpc = isGrpcContentType(head.contentType);
    // A gRPC client is better served with a status than with an HTTP error it cannot read.
    if (head.isTooLarge && !isGrpc) return this.#refuseHttp(431, "request header fields too large");
    if (head.method !== "POST") return this.#refuseHttp(405, "gRPC calls are POST requests");
    if (!isGrpc) {
      return this.#refuseHttp(415, `content-type "${head.contentType ?? ""}" is not application/grpc`);
    }
    const { counters, wheel, routes } = this.#host;
    counters.callsOpen++;
    counters.callsTotal++;
    if (this.deadline !== undefined) wheel.add(this);
    try {
      if (head.isTooLarge) throw new GrpcError(statusCodes.resourceExhausted, "request header fields too large");
      if (Number.isNaN(head.timeoutMs)) {
        throw new GrpcError(statusCodes.internal, `malformed grpc-timeout: ${JSON.stringify(head.timeout)}`);
      }
      if (!head.isRouted) {
        head.route = routes.find(head.path);
        head.isRouted = true;
      }
      if (head.route === undefined) throw routes.unknown(head.path);
      if (head.encoding !== undefined) requireEncoding(head.encoding);
      if (head.route.kind === "stream") this.#openStream(head.route);
    } catch (error) {
      this.#onError(error);
    }
  }

  data(source: Buffer, start: number, end: number): void {
    if (this.isOver) return;
    try {
      if (this.#reader === undefined) {
        if (this.#takeWhole(source, start, end)) return;
        this.#reader = new MessageReader(this, this.#host.messageBytesMax);
      }
      this.#reader.push(source, start, end);
    } catch (error) {
      this.#onError(error);
      this.#exchange.stopReading();
    }
  }

  messageAnnounced(bytes: number): void {
    this.#exchange.extendReceiveWindow(bytes);
  }

  message(bytes: Uint8Array, isCompressed: boolean): void {
    if (this.isOver) return;
    if (this.#head.route!.kind === "stream") {
      this.#exchange.extendReceiveWindow(bytes.length + messagePrefixBytes);
      this.#receiver!.message(this.#plain(bytes, isCompressed));
      return;
    }
    if (this.#request !== undefined) {
      throw new GrpcError(statusCodes.internal, "a unary call takes one request message");
    }
    this.#request = bytes;
    this.#isCompressed = isCompressed;
  }

  /** The client has sent everything: a unary call runs. */
  end(): void {
    if (this.isOver) return;
    try {
      const route = this.#head.route!;
      if (this.#reader !== undefined && !this.#reader.isBetweenMessages) {
        throw new GrpcError(statusCodes.internal, "the request ends within a message");
      }
      if (route.kind === "stream") return this.#receiver!.end();
      if (this.#request === undefined) throw new GrpcError(statusCodes.internal, "the request has no message");
      this.#run(route.handler, this.#plain(this.#request, this.#isCompressed));
    } catch (error) {
      this.#onError(error);
    }
  }

  headers(): void {
    // Trailers of a request mean nothing in gRPC.
  }

  /** The client reset the stream, or the connection is lost. */
  reset(): void {
    if (this.isOver) return;
    this.#host.counters.callsCancelled++;
    this.#over();
    this.#notifyCancel();
  }

  expire(): void {
    this.cancel(statusCodes.deadlineExceeded, "context deadline exceeded");
  }

  /** Ends the call with a status while its handler may still run. */
  cancel(code: number, message: string): void {
    if (this.isOver) return;
    this.#host.counters.callsCancelled++;
    this.#over();
    this.#exchange.fail({ code, message, details: undefined }, this.#trailers);
    this.#exchange.stopReading();
    this.#notifyCancel();
  }

  onCancel(listener: () => void): void {
    if (this.cancelled) return listener();
    if (this.isOver) return;
    if (this.#listeners === undefined) this.#listeners = listener;
    else if (typeof this.#listeners === "function") this.#listeners = [this.#listeners, listener];
    else this.#listeners.push(listener);
  }

  setTrailer(name: string, value: string): void {
    (this.#trailers ??= []).push({ name: name.toLowerCase(), value, indexing: "literal" });
  }

  send(message: Uint8Array): void {
    if (!this.isOver) this.#exchange.send(message);
  }

  finish(error?: unknown): void {
    if (this.isOver) return;
    if (error !== undefined) return this.#onError(error);
    this.#over();
    this.#exchange.finish(this.#trailers);
    this.#exchange.stopReading();
  }

  /** The common case: one frame that holds exactly the one message. */
  #takeWhole(source: Buffer, start: number, end: number): boolean {
    const bytes = end - start - messagePrefixBytes;
    if (bytes < 0 || source.readUInt32BE(start + 1) !== bytes || this.#request !== undefined) return false;
    const isCompressed = readMessageFlag(source[start]!);
    checkMessageBytes(bytes, this.#host.messageBytesMax);
    this.message(source.subarray(start + messagePrefixBytes, end), isCompressed);
    return true;
  }

  #openStream(route: Route & { kind: "stream" }): void {
    this.#receiver = route.open(this);
  }

  #plain(bytes: Uint8Array, isCompressed: boolean): Uint8Array {
    return isCompressed ? decompressMessage(bytes, this.#head.encoding, this.#host.messageBytesMax) : bytes;
  }

  #run(handler: UnaryHandler, request: Uint8Array): void {
    this.#request = this.#reader = undefined;
    const answer = handler(request, this);
    if (answer instanceof Uint8Array) return this.#onAnswer(answer);
    answer.then(
      (message) => this.#onAnswer(message),
      (error: unknown) => this.#onError(error),
    );
  }

  #onAnswer(message: Uint8Array): void {
    if (this.isOver) return;
    this.#over();
    this.#exchange.reply(message, this.#trailers);
  }

  #onError(error: unknown): void {
    if (this.isOver) return;
    this.#host.counters.callsFailed++;
    this.#over();
    this.#exchange.fail(this.#statusOf(error), this.#trailers);
  }

  #statusOf(error: unknown): CallStatus {
    if (error instanceof GrpcError) {
      // OK is no failure; a handler that throws it has a bug, and the client must not take it for an answer.
      const code = error.code === okStatus ? statusCodes.internal : error.code;
      return { code, message: error.message, details: error.details };
    }
    this.#host.log.error("a handler failed", { path: this.path, error });
    const message = error instanceof Error ? error.message : String(error);
    return { code: statusCodes.unknown, message, details: undefined };
  }

  #refuseHttp(httpStatus: number, text: string): void {
    this.isOver = true;
    this.#exchange.refuse(httpStatus, text);
  }

  #over(): void {
    this.isOver = true;
    this.#host.counters.callsOpen--;
    if (this.wheelSlot !== undefined) this.#host.wheel.remove(this);
    this.#request = this.#reader = undefined;
  }

  #notifyCancel(): void {
    this.cancelled = true;
    const listeners = this.#listeners;
    this.#listeners = undefined;
    if (typeof listeners === "function") this.#callListener(listeners);
    else listeners?.forEach((listener) => this.#callListener(listener));
  }

  #callListener(listener: () => void): void {
    try {
      listener();
    } catch (error) {
      this.#host.log.error("a cancel listener failed", { path: this.path, error });
    }
  }
}

function isGrpcContentType(contentType: string | undefined): boolean {
  if (contentType === "application/grpc") return true;
  return contentType !== undefined && /^application\/grpc[+;]/i.test(contentType);
}
