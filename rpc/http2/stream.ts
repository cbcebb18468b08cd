import type { HeaderBlock } from "../hpack/header-block.ts";
import type { OutgoingField } from "../hpack/encoder.ts";
import type { Http2Connection } from "./connection.ts";
import type { ErrorCode } from "./frame.ts";
import type { FieldList } from "./header-writer.ts";

/** Receives what the peer says on one stream. */
export interface StreamConsumer {
  /** On a client the response's head and trailers, on a server the request's trailers. */
  headers(block: HeaderBlock, endStream: boolean): void;
  /** `source[start, end)` is a view that stays valid, but holding it holds the whole chunk. */
  data(source: Buffer, start: number, end: number): void;
  /** The peer has said everything. Comes behind the last `headers` or `data`. */
  end(): void;
  /** The stream is gone before both sides were done: reset by the peer, by us for a violation, or with its connection. */
  reset(code: number): void;
}

/** nghttp2 (so node:http2 and curl) does not notice the end of a body while the window is exactly used up. */
const windowSlackBytes = 1_024;

/** A body on its way, with the trailers that follow it. */
export interface PendingSend {
  body: Uint8Array;
  at: number;
  trailers: { repeated: FieldList; extra?: readonly OutgoingField[] } | undefined;
  endStream: boolean;
}

/**
 * One HTTP/2 stream, seen from either end.
 *
 * 1. Frames go out in the order they were asked for; trailers wait for the body before them.
 * 2. `sendWindow` never decreases below zero by our doing: DATA is sent only within both windows.
 * 3. A stream leaves its connection's map exactly when both sides are closed or either side resets, and after that
 *    neither side hears of it again.
 *
 *            HEADERS            END_STREAM from peer
 *     idle ───────────► open ──────────────────────► half-closed (remote)
 *                        │                                │
 *                        │ END_STREAM from us             │ END_STREAM from us
 *                        ▼                                ▼
 *              half-closed (local) ───────────────────► closed ◄── RST_STREAM either way, from any state
 *                            END_STREAM from peer
 *
 * idle → open: `Http2Connection.openRemote` (server), `openLocal` (client).
 * → half-closed (remote), closed: `Http2Connection.closeRemote`. → half-closed (local), closed: `closeLocal`.
 * RST_STREAM: `Http2Connection.resetStream` (ours), `abandonStream` (the peer's).
 */
export class Http2Stream {
  readonly id: number;
  readonly connection: Http2Connection;
  consumer: StreamConsumer | undefined = undefined;
  sendWindow: number;
  receiveWindow: number;
  isRemoteClosed = false;
  isLocalClosed = false;
  /** The body's length as declared, or -1. */
  contentLength = -1;
  received = 0;
  pending: PendingSend[] | undefined = undefined;
  isQueued = false;

  constructor(connection: Http2Connection, id: number, windows: { send: number; receive: number }) {
    this.connection = connection;
    this.id = id;
    this.sendWindow = windows.send;
    this.receiveWindow = windows.receive;
  }

  reset(code: ErrorCode): void {
    this.connection.resetStream(this, code);
  }

  /** By how much the window must grow for `bytes` to come in, 0 if not at all. */
  missingWindow(bytes: number): number {
    return Math.max(0, bytes + windowSlackBytes - this.receiveWindow);
  }

  /** Lets the peer send `bytes` more on this stream. */
  extendReceiveWindow(bytes: number): void {
    if (bytes <= 0 || this.isRemoteClosed) return;
    this.receiveWindow += bytes;
    this.connection.out.windowUpdate(this.id, bytes);
    this.connection.wantFlush();
  }
}
