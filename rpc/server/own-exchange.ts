import { sendMessage } from "../grpc/message-writer.ts";
import type { HeaderBlock } from "../hpack/header-block.ts";
import type { OutgoingField } from "../hpack/encoder.ts";
import { errorCodes } from "../http2/frame.ts";
import type { Http2Stream, StreamConsumer } from "../http2/stream.ts";
import { answerHead, noFields, okTrailers, statusFields } from "./answer-fields.ts";
import type { GrpcCall } from "./call.ts";
import type { CallStatus, Exchange } from "./exchange.ts";
import type { WindowGrants } from "./window-grants.ts";

/** What a client may send on a call that is over before we ask it to stop. */
const discardedBytesMax = 65_536;

/** An exchange on our own HTTP/2. Between the connection and the call it translates and keeps no state of its own. */
export class OwnExchange implements Exchange, StreamConsumer {
  call: GrpcCall | undefined = undefined;
  readonly #stream: Http2Stream;
  readonly #grants: WindowGrants;
  #isHeadSent = false;

  constructor(stream: Http2Stream, grants: WindowGrants) {
    this.#stream = stream;
    this.#grants = grants;
  }

  headers(_block: HeaderBlock, _endStream: boolean): void {
    // Trailers of a request mean nothing in gRPC.
  }

  data(source: Buffer, start: number, end: number): void {
    const call = this.call!;
    if (!call.isOver) return call.data(source, start, end);
    if (this.#stream.received > discardedBytesMax) this.stopReading();
  }

  end(): void {
    this.#grants.release(this.#stream);
    this.call!.end();
  }

  reset(): void {
    this.#grants.release(this.#stream);
    this.call!.reset();
  }

  reply(message: Uint8Array, trailers: readonly OutgoingField[] | undefined): void {
    this.send(message);
    this.finish(trailers);
  }

  fail(status: CallStatus, trailers: readonly OutgoingField[] | undefined): void {
    const extra = statusFields(status, trailers);
    if (this.#isHeadSent) return this.#sendTrailers({ repeated: noFields, extra });
    this.#isHeadSent = true;
    this.#stream.connection.sendHeaders(this.#stream, { repeated: answerHead, extra, endStream: true });
  }

  refuse(httpStatus: number, text: string): void {
    const { connection } = this.#stream;
    const extra: OutgoingField[] = [
      { name: ":status", value: String(httpStatus), indexing: "literal" },
      { name: "content-type", value: "text/plain", indexing: "literal" },
    ];
    connection.sendHeaders(this.#stream, { repeated: noFields, extra, endStream: false });
    connection.sendBody(this.#stream, { body: Buffer.from(`${text}\n`, "utf8"), endStream: true });
  }

  send(message: Uint8Array): void {
    this.#sendHead();
    sendMessage(this.#stream, message, { isCompressed: false, endStream: false });
  }

  finish(trailers: readonly OutgoingField[] | undefined): void {
    this.#sendHead();
    this.#sendTrailers({ repeated: okTrailers, extra: trailers });
  }

  extendReceiveWindow(bytes: number): void {
    this.#grants.extend(this.#stream, bytes);
  }

  stopReading(): void {
    const stream = this.#stream;
    // A reset would cut off an answer that still waits for window.
    if (!stream.isRemoteClosed && stream.pending === undefined) stream.reset(errorCodes.noError);
    this.#grants.release(stream);
  }

  resetMalformed(): void {
    this.#stream.reset(errorCodes.protocolError);
  }

  #sendHead(): void {
    if (this.#isHeadSent) return;
    this.#isHeadSent = true;
    this.#stream.connection.sendHeaders(this.#stream, { repeated: answerHead, endStream: false });
  }

  #sendTrailers(trailers: { repeated: typeof okTrailers; extra: readonly OutgoingField[] | undefined }): void {
    const { connection } = this.#stream;
    if (this.#stream.pending === undefined) connection.sendHeaders(this.#stream, { ...trailers, endStream: true });
    else connection.sendBody(this.#stream, { body: nothing, trailers, endStream: true });
  }
}

const nothing = new Uint8Array(0);
