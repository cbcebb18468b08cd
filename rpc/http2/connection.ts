import type { Socket } from "node:net";
import type { Clock } from "../../base/index.ts";
import type { HeaderBlock } from "../hpack/header-block.ts";
import type { OutgoingField } from "../hpack/encoder.ts";
import type { FlushQueue, Flushable } from "./flush-queue.ts";
import {
  ConnectionError,
  connectionLost,
  connectionPreface,
  frameKind,
  frameTypes,
  settingIds,
  streamIdMax,
  windowBytesDefault,
  type ErrorCode,
} from "./frame.ts";
import { FrameReceiver } from "./frame-receiver.ts";
import { HeaderWriter, type FieldList } from "./header-writer.ts";
import { OutputBuffer } from "./output-buffer.ts";
import { SendScheduler } from "./send-scheduler.ts";
import { defaultSettings, encodeSettings, type Settings } from "./settings.ts";
import { Http2Stream } from "./stream.ts";

/** What the owner of a connection decides about it. */
export interface ConnectionHost {
  /** Server: a request has begun. Set the stream's consumer; data and end follow. */
  streamOpened?(connection: Http2Connection, stream: Http2Stream, block: HeaderBlock): void;
  /** A stream has left the connection. */
  streamClosed(connection: Http2Connection): void;
  /** The peer pings. False sends it away with ENHANCE_YOUR_CALM and "too_many_pings". */
  pingReceived?(connection: Http2Connection): boolean;
  pingAcknowledged?(connection: Http2Connection, payload: Buffer): void;
  settingsReceived?(connection: Http2Connection): void;
  goawayReceived?(connection: Http2Connection, lastStreamId: number, code: number): void;
  /** We have said our last and closed our side; the peer ought to close its side now. */
  ending(connection: Http2Connection): void;
  /** Comes once, when the socket is gone. All streams have been reset. */
  closed(connection: Http2Connection, error: Error | undefined): void;
}

export interface ConnectionOptions {
  socket: Socket;
  role: "server" | "client";
  host: ConnectionHost;
  clock: Clock;
  flushQueue: FlushQueue;
  concurrentStreamsMax: number;
  headerListBytesMax: number;
  /** What a peer may send on one stream, and on all, before we say more. */
  streamWindowBytes: number;
  connectionWindowBytes: number;
}

/** Answers that no window limits (SETTINGS, PING, resets) to a peer that does not read them end here. */
const unsentBytesMax = 33_554_432;
const tableBytesMax = 4_096;
export const goawayAll = streamIdMax;

/**
 * One HTTP/2 connection, either end, over a connected (and, with TLS, secured) socket.
 *
 * 1. Everything said within one turn of the event loop is one write to the socket.
 * 2. Every stream is told exactly once that it is over: by its end, or by `reset`.
 * 3. After `fail` or the socket's close nothing more is handed to any stream.
 * 4. `lastPeerStreamId` never decreases, and no stream above the final GOAWAY's is begun.
 *
 *     opening ──peer's SETTINGS──► open ──goaway()──► draining ──last stream gone──► closing ──► closed
 *        └──────────────────────────┴───────fail(), 'error'────────┴──────────────────▲
 *
 * opening → open: `FrameReceiver.#onSettings`. → draining: `goaway`, or the peer's GOAWAY. → closing: `fail`, `end`.
 * → closed: `#onSocketClose`. The receiving half is in frame-receiver.ts, bodies that must wait in send-scheduler.ts.
 */
export class Http2Connection implements Flushable {
  readonly role: "server" | "client";
  readonly socket: Socket;
  readonly host: ConnectionHost;
  readonly options: ConnectionOptions;
  readonly out = new OutputBuffer();
  readonly headerWriter: HeaderWriter;
  readonly scheduler: SendScheduler;
  readonly streams = new Map<number, Http2Stream>();
  /** What the peer has declared. */
  readonly peer: Settings = defaultSettings();
  isOpen = false;
  isClosing = false;
  isClosed = false;
  /** The highest id that our GOAWAY still allows. */
  goawaySentId = Number.POSITIVE_INFINITY;
  lastPeerStreamId = 0;
  firstPeerStreamId = 0;
  sendWindow = windowBytesDefault;
  /** HEADERS or DATA went either way since the peer's last PING. */
  hasTrafficSincePing = false;
  bytesRead = 0;
  bytesWritten = 0;
  readonly #receiver: FrameReceiver;
  readonly #flushQueue: FlushQueue;
  nextStreamId = 1;
  #isFlushWanted = false;
  #error: Error | undefined;

  constructor(options: ConnectionOptions) {
    this.options = options;
    this.role = options.role;
    this.socket = options.socket;
    this.host = options.host;
    this.#flushQueue = options.flushQueue;
    this.headerWriter = new HeaderWriter({
      out: this.out,
      tableBytesMax,
      peerMaxFrameBytes: this.peer.maxFrameBytes,
    });
    this.scheduler = new SendScheduler(this);
    this.#receiver = new FrameReceiver(this, { tableBytesMax });
    this.#greet();
    const { socket } = this;
    socket.setNoDelay(true);
    socket.on("data", (chunk: Buffer) => this.#onChunk(chunk));
    socket.on("drain", () => this.wantFlush());
    socket.on("error", (error) => (this.#error ??= error));
    socket.on("close", () => this.#onSocketClose());
  }

  get unsentBytes(): number {
    return this.out.length + this.socket.writableLength;
  }

  wantFlush(): void {
    if (this.#isFlushWanted || this.isClosed) return;
    this.#isFlushWanted = true;
    this.#flushQueue.add(this);
  }

  flush(): void {
    this.#isFlushWanted = false;
    if (this.isClosed) return;
    const { socket, out } = this;
    const hasMore = !socket.writableNeedDrain && !this.isClosing && this.scheduler.pump();
    if (out.length > 0) {
      if (this.unsentBytes > unsentBytesMax) {
        this.#error ??= new Error("the peer does not read");
        socket.destroy();
        return;
      }
      this.bytesWritten += out.length;
      if (socket.writable) socket.write(out.take());
      // What the kernel has not taken yet stays in writableLength; only then does the socket still need our buffer.
      out.reuse(socket.writableLength > 0);
    }
    if (hasMore && !socket.writableNeedDrain) this.wantFlush();
  }

  /** Begins a stream of ours. The caller has checked `canOpen`. */
  openLocal(consumer: Http2Stream["consumer"]): Http2Stream {
    const stream = this.#newStream(this.nextStreamId);
    this.nextStreamId += 2;
    stream.consumer = consumer;
    return stream;
  }

  /** Whether the peer takes another stream of ours now. */
  get canOpen(): boolean {
    return this.streams.size < this.peer.maxConcurrentStreams;
  }

  /** Whether the ids of our streams are used up. */
  get isExhausted(): boolean {
    return this.nextStreamId > streamIdMax;
  }

  /** A stream of the peer's; its id has been checked. */
  openRemote(id: number): Http2Stream {
    if (this.firstPeerStreamId === 0) this.firstPeerStreamId = id;
    this.lastPeerStreamId = id;
    return this.#newStream(id);
  }

  sendHeaders(
    stream: Http2Stream,
    input: { repeated: FieldList; extra?: readonly OutgoingField[]; endStream: boolean },
  ): void {
    this.hasTrafficSincePing = true;
    this.headerWriter.write(stream.id, input);
    if (input.endStream) this.closeLocal(stream);
    this.wantFlush();
  }

  /** Sends a body behind what was sent before, and trailers behind it, as fast as the windows allow. */
  sendBody(
    stream: Http2Stream,
    send: {
      body: Uint8Array;
      trailers?: { repeated: FieldList; extra?: readonly OutgoingField[] };
      endStream: boolean;
    },
  ): void {
    this.hasTrafficSincePing = true;
    this.scheduler.enqueue(stream, { ...send, at: 0, trailers: send.trailers });
    this.wantFlush();
  }

  closeLocal(stream: Http2Stream): void {
    stream.isLocalClosed = true;
    if (stream.isRemoteClosed) this.#forget(stream);
  }

  closeRemote(stream: Http2Stream): void {
    stream.isRemoteClosed = true;
    if (stream.isLocalClosed) this.#forget(stream);
  }

  /** Ends a stream from our side at once. Its consumer is not told: it is the one who asks, or is told by the caller. */
  resetStream(stream: Http2Stream, code: ErrorCode): void {
    if (this.streams.get(stream.id) !== stream) return;
    this.out.resetStream(stream.id, code);
    this.#receiver.rememberReset(stream.id);
    this.#forget(stream);
    this.wantFlush();
  }

  /** The stream is over without our doing: forgets it and tells its consumer. */
  abandonStream(stream: Http2Stream, code: number): void {
    this.#forget(stream);
    stream.consumer?.reset(code);
  }

  /**
   * Announces that streams above `lastStreamId` will not be served. `goawayAll` only warns, so that calls on their way
   * are still served; repeat it with `lastPeerStreamId` once they must have arrived.
   */
  goaway(lastStreamId: number, code: ErrorCode, debug = ""): void {
    if (this.isClosing || this.isClosed) return;
    if (lastStreamId !== goawayAll) this.goawaySentId = lastStreamId;
    this.out.goaway(lastStreamId, code, debug);
    this.wantFlush();
  }

  ping(payload: Uint8Array): void {
    if (this.isClosing || this.isClosed) return;
    this.out.ping(0, payload);
    this.wantFlush();
  }

  /** Ends the connection for a violation: GOAWAY with the reason, then the socket is closed. */
  fail(code: ErrorCode, message: string): void {
    if (this.isClosing || this.isClosed) return;
    this.#error ??= new ConnectionError(code, message);
    this.goaway(Math.min(this.lastPeerStreamId, this.goawaySentId), code, message);
    this.end();
  }

  /** Writes what is left and closes the socket. Streams still open are reset. */
  end(): void {
    if (this.isClosing || this.isClosed) return;
    this.isClosing = true;
    this.#receiver.stop();
    this.flush();
    this.#resetAll();
    this.socket.end();
    // Whatever the peer still sends is read and dropped: unread bytes would turn the close into a TCP reset, and the
    // GOAWAY could be lost with it.
    this.socket.resume();
    this.host.ending(this);
  }

  destroy(error?: Error): void {
    this.#error ??= error;
    this.socket.destroy();
  }

  #greet(): void {
    const { options, out } = this;
    if (this.role === "client") out.bytes(connectionPreface);
    const settings = encodeSettings([
      ...(this.role === "client" ? [[settingIds.enablePush, 0] as const] : []),
      ...(this.role === "server" ? [[settingIds.maxConcurrentStreams, options.concurrentStreamsMax] as const] : []),
      [settingIds.initialWindowSize, options.streamWindowBytes],
      [settingIds.maxHeaderListSize, options.headerListBytesMax],
    ]);
    out.frameHeader(settings.length, frameKind(frameTypes.settings, 0), 0);
    out.bytes(settings);
    out.windowUpdate(0, options.connectionWindowBytes - windowBytesDefault);
    this.wantFlush();
  }

  #onChunk(chunk: Buffer): void {
    this.bytesRead += chunk.length;
    if (this.isClosing) return;
    try {
      this.#receiver.push(chunk);
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
      this.fail(error.code, error.message);
    }
  }

  #onSocketClose(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.#receiver.stop();
    this.#resetAll();
    this.host.closed(this, this.#error);
  }

  #resetAll(): void {
    for (const stream of this.streams.values()) {
      this.streams.delete(stream.id);
      stream.consumer?.reset(connectionLost);
    }
  }

  #newStream(id: number): Http2Stream {
    const stream = new Http2Stream(this, id, {
      send: this.peer.initialWindowBytes,
      receive: this.options.streamWindowBytes,
    });
    this.streams.set(id, stream);
    return stream;
  }

  #forget(stream: Http2Stream): void {
    stream.isRemoteClosed = stream.isLocalClosed = true;
    stream.pending = undefined;
    if (this.streams.delete(stream.id)) this.host.streamClosed(this);
  }
}
