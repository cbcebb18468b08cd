import { constants, type ServerHttp2Stream } from "node:http2";
import { frameMessage } from "../grpc/message-reader.ts";
import type { OutgoingField } from "../hpack/encoder.ts";
import { statusFields } from "./answer-fields.ts";
import type { CallStatus, Exchange } from "./exchange.ts";

type NodeHeaders = Record<string, string | string[]>;

/** An exchange on node:http2. Plain rather than fast: it is the oracle, and the fallback. */
export class NodeExchange implements Exchange {
  readonly #stream: ServerHttp2Stream;
  readonly #onSent: () => void;
  #isHeadSent = false;
  #trailers: NodeHeaders = {};

  /** `onSent` is called whenever something goes out; pings are judged by it. */
  constructor(stream: ServerHttp2Stream, onSent: () => void) {
    this.#stream = stream;
    this.#onSent = onSent;
  }

  reply(message: Uint8Array, trailers: readonly OutgoingField[] | undefined): void {
    this.send(message);
    this.finish(trailers);
  }

  fail(status: CallStatus, trailers: readonly OutgoingField[] | undefined): void {
    const fields = statusFields(status, trailers);
    if (this.#isHeadSent) return this.#end(fields);
    this.#respond({ ":status": "200", "content-type": "application/grpc", ...headersOf(fields) }, { endStream: true });
  }

  refuse(httpStatus: number, text: string): void {
    this.#respond({ ":status": String(httpStatus), "content-type": "text/plain" }, { endStream: false });
    if (!this.#stream.destroyed) this.#stream.end(`${text}\n`);
  }

  send(message: Uint8Array): void {
    this.#sendHead();
    if (!this.#stream.destroyed) this.#stream.write(frameMessage(message));
    this.#onSent();
  }

  finish(trailers: readonly OutgoingField[] | undefined): void {
    this.#sendHead();
    this.#end([{ name: "grpc-status", value: "0", indexing: "indexed" }, ...(trailers ?? [])]);
  }

  /** Node refills the stream's window as its data is read. */
  extendReceiveWindow(): void {}

  stopReading(): void {
    const stream = this.#stream;
    if (stream.destroyed || stream.readableEnded) return;
    // Not before the answer is out: closing discards what is still queued.
    if (stream.writableFinished) stream.close(constants.NGHTTP2_NO_ERROR);
    else stream.once("finish", () => stream.close(constants.NGHTTP2_NO_ERROR));
  }

  resetMalformed(): void {
    this.#stream.close(constants.NGHTTP2_PROTOCOL_ERROR);
  }

  #sendHead(): void {
    if (this.#isHeadSent) return;
    this.#respond(
      { ":status": "200", "content-type": "application/grpc" },
      { endStream: false, waitForTrailers: true },
    );
    this.#stream.on("wantTrailers", () => this.#stream.sendTrailers(this.#trailers));
  }

  #end(trailers: readonly OutgoingField[]): void {
    this.#trailers = headersOf(trailers);
    if (!this.#stream.destroyed) this.#stream.end();
    this.#onSent();
  }

  #respond(headers: NodeHeaders, options: { endStream: boolean; waitForTrailers?: boolean }): void {
    this.#isHeadSent = true;
    if (this.#stream.destroyed || this.#stream.closed) return;
    // Node adds a date by itself; our own transport does not.
    this.#stream.respond(headers, { ...options, sendDate: false } as Parameters<ServerHttp2Stream["respond"]>[1]);
    this.#onSent();
  }
}

function headersOf(fields: readonly OutgoingField[]): NodeHeaders {
  const headers: NodeHeaders = {};
  for (const { name, value } of fields) {
    const before = headers[name];
    headers[name] = before === undefined ? value : [before, value].flat();
  }
  return headers;
}
