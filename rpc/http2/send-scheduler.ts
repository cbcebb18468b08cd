import { frameFlags, frameKind, frameTypes } from "./frame.ts";
import type { Http2Connection } from "./connection.ts";
import type { Http2Stream, PendingSend } from "./stream.ts";

/** Beyond this much unwritten output, bodies wait; small answers of other streams then still get through soon. */
export const outputWatermarkBytes = 262_144;

/**
 * Sends bodies that did not fit at once, a frame from each stream in turn.
 *
 * 1. A stream is in the queue iff it has something pending and its own window is open.
 * 2. Nothing is sent beyond the connection's window, nor while the socket is behind.
 */
export class SendScheduler {
  readonly #connection: Http2Connection;
  #queue: Http2Stream[] = [];

  constructor(connection: Http2Connection) {
    this.#connection = connection;
  }

  get isIdle(): boolean {
    return this.#queue.length === 0;
  }

  enqueue(stream: Http2Stream, send: PendingSend): void {
    (stream.pending ??= []).push(send);
    this.wake(stream);
  }

  /** The stream's window may have opened. */
  wake(stream: Http2Stream): void {
    if (stream.isQueued || stream.pending === undefined) return;
    stream.isQueued = true;
    this.#queue.push(stream);
  }

  /** Sends what may be sent. Returns whether something more could be once the socket has caught up. */
  pump(): boolean {
    const connection = this.#connection;
    let queue = this.#queue;
    let at = 0;
    while (at < queue.length) {
      if (connection.out.length >= outputWatermarkBytes) break;
      const stream = queue[at++]!;
      const outcome = stream.pending === undefined ? "done" : this.#sendOneFrame(stream, stream.pending);
      if (outcome === "more") queue.push(stream);
      else if (outcome === "connection-blocked") {
        queue.push(stream);
        break;
      } else stream.isQueued = false;
      if (at > 1_024) {
        queue = this.#queue = queue.slice(at);
        at = 0;
      }
    }
    this.#queue = at === 0 ? queue : queue.slice(at);
    return this.#queue.length > 0 && connection.sendWindow > 0;
  }

  #sendOneFrame(
    stream: Http2Stream,
    pending: PendingSend[],
  ): "more" | "done" | "stream-blocked" | "connection-blocked" {
    const connection = this.#connection;
    connection.hasTrafficSincePing = true;
    const send = pending[0]!;
    const left = send.body.length - send.at;
    if (left > 0) {
      const windows = Math.min(stream.sendWindow, connection.sendWindow);
      if (stream.sendWindow <= 0) return "stream-blocked";
      if (windows <= 0) return "connection-blocked";
      const bytes = Math.min(left, windows, connection.peer.maxFrameBytes);
      const isEnd = send.endStream && send.trailers === undefined && bytes === left;
      connection.out.frameHeader(bytes, frameKind(frameTypes.data, isEnd ? frameFlags.endStream : 0), stream.id);
      connection.out.bytes(send.body.subarray(send.at, send.at + bytes));
      send.at += bytes;
      stream.sendWindow -= bytes;
      connection.sendWindow -= bytes;
      if (bytes < left) return "more";
    }
    if (send.trailers !== undefined) {
      connection.headerWriter.write(stream.id, { ...send.trailers, endStream: send.endStream });
    } else if (send.body.length === 0 && send.endStream) {
      connection.out.frameHeader(0, frameKind(frameTypes.data, frameFlags.endStream), stream.id);
    }
    pending.shift();
    if (pending.length > 0) return "more";
    stream.pending = undefined;
    if (send.endStream) connection.closeLocal(stream);
    return "done";
  }
}
