import { HpackDecoder, HpackError } from "../hpack/decoder.ts";
import type { HeaderBlock } from "../hpack/header-block.ts";
import type { Http2Connection } from "./connection.ts";
import {
  ConnectionError,
  errorCodes,
  frameBytesMax,
  frameFlags,
  frameKind,
  frameTypes,
  windowBytesLimit,
  type ErrorCode,
} from "./frame.ts";
import { FrameBudget, frameCosts } from "./frame-budget.ts";
import { FrameReader, type Frame } from "./frame-reader.ts";
import { HeaderAssembly } from "./header-assembly.ts";
import { applySettings } from "./settings.ts";
import type { Http2Stream } from "./stream.ts";

const recentResetsMax = 64;
const blockBytesMax = 1_048_576;

/**
 * The receiving half of a connection: what each frame means, and which frames are violations.
 *
 * A violation of the connection throws ConnectionError and ends everything; a violation of a stream resets only that
 * stream. A closed stream and one that never was look alike in the map, so ids tell them apart: what lies above the
 * last id is idle, what lies below is closed.
 */
export class FrameReceiver {
  readonly #connection: Http2Connection;
  readonly #reader: FrameReader;
  readonly #decoder: HpackDecoder;
  readonly #budget: FrameBudget;
  readonly #listBytesMax: number;
  #assembly: HeaderAssembly | undefined;
  #receiveWindow: number;
  /** Streams that we reset lately: the peer may still be sending on them in good faith. */
  readonly #recentResets: number[] = [];
  #recentResetAt = 0;

  constructor(connection: Http2Connection, options: { tableBytesMax: number }) {
    const { headerListBytesMax, connectionWindowBytes, clock } = connection.options;
    this.#connection = connection;
    this.#listBytesMax = headerListBytesMax;
    this.#receiveWindow = connectionWindowBytes;
    this.#budget = new FrameBudget(clock);
    this.#decoder = new HpackDecoder({ tableBytesMax: options.tableBytesMax, listBytesMax: headerListBytesMax });
    this.#reader = new FrameReader({
      expectsPreface: connection.role === "server",
      payloadBytesMax: frameBytesMax,
      onFrame: (frame) => this.#onFrame(frame),
    });
  }

  push(chunk: Buffer): void {
    this.#reader.push(chunk);
  }

  stop(): void {
    this.#reader.stop();
  }

  rememberReset(streamId: number): void {
    this.#recentResets[this.#recentResetAt++ % recentResetsMax] = streamId;
  }

  #onFrame(frame: Frame): void {
    if (
      this.#assembly !== undefined &&
      (frame.type !== frameTypes.continuation || frame.streamId !== this.#assembly.streamId)
    ) {
      throw violation("a header block was interrupted");
    }
    if (!this.#connection.isOpen && frame.type !== frameTypes.settings) throw violation("SETTINGS must come first");
    switch (frame.type) {
      case frameTypes.data:
        return this.#onData(frame);
      case frameTypes.headers:
        return this.#onHeaders(frame);
      case frameTypes.windowUpdate:
        return this.#onWindowUpdate(frame);
      case frameTypes.resetStream:
        return this.#onResetStream(frame);
      case frameTypes.ping:
        return this.#onPing(frame);
      case frameTypes.settings:
        return this.#onSettings(frame);
      case frameTypes.continuation:
        return this.#onContinuation(frame);
      case frameTypes.priority:
        return this.#onPriority(frame);
      case frameTypes.goaway:
        return this.#onGoaway(frame);
      case frameTypes.pushPromise:
        throw violation("PUSH_PROMISE");
    }
    this.#spend(frameCosts.other);
  }

  #onData(frame: Frame): void {
    const bytes = frame.end - frame.start;
    if (frame.streamId === 0) throw violation("DATA on stream 0");
    this.#connection.hasTrafficSincePing = true;
    this.#receiveWindow -= bytes;
    if (this.#receiveWindow < 0) throw new ConnectionError(errorCodes.flowControlError, "connection window exceeded");
    this.#returnWindow();
    const payloadEnd = unpad(frame);
    const stream = this.#connection.streams.get(frame.streamId);
    if (stream === undefined) return this.#onClosedStream(frame.streamId, "DATA");
    if (stream.isRemoteClosed) return this.#streamViolation(stream, errorCodes.streamClosed);
    stream.receiveWindow -= bytes;
    if (stream.receiveWindow < 0) return this.#streamViolation(stream, errorCodes.flowControlError);
    const isEnd = (frame.flags & frameFlags.endStream) !== 0;
    const payloadBytes = payloadEnd - frame.start;
    if (payloadBytes === 0 && !isEnd) this.#spend(frameCosts.other);
    // Padding is never delivered, so nobody but us can give its window back.
    if (payloadBytes < bytes) stream.extendReceiveWindow(bytes - payloadBytes);
    stream.received += payloadBytes;
    if (isEnd ? !hasDeclaredLength(stream) : stream.contentLength >= 0 && stream.received > stream.contentLength) {
      return this.#streamViolation(stream, errorCodes.protocolError);
    }
    if (payloadBytes > 0) stream.consumer?.data(frame.source, frame.start, payloadEnd);
    if (isEnd) this.#endRemote(stream);
  }

  #onHeaders(frame: Frame): void {
    const { streamId } = frame;
    if (streamId === 0) throw violation("HEADERS on stream 0");
    const end = unpad(frame);
    let { start } = frame;
    if (frame.flags & frameFlags.priority) {
      if (end - start < 5) throw new ConnectionError(errorCodes.frameSizeError, "HEADERS too short");
      if ((frame.source.readUInt32BE(start) & 0x7fffffff) === streamId) throw violation("a stream depends on itself");
      start += 5;
    }
    const endStream = (frame.flags & frameFlags.endStream) !== 0;
    if (frame.flags & frameFlags.endHeaders) {
      return this.#onBlock(streamId, endStream, this.#decode(frame.source, start, end));
    }
    // Above the list's limit a block is still read, so that it costs its stream and not the connection.
    this.#assembly = new HeaderAssembly({ streamId, endStream, bytesMax: Math.max(blockBytesMax, this.#listBytesMax) });
    this.#assembly.add(frame, start, end);
  }

  #onContinuation(frame: Frame): void {
    const assembly = this.#assembly;
    if (assembly === undefined) throw violation("CONTINUATION without HEADERS");
    assembly.add(frame, frame.start, frame.end);
    if (!assembly.isCompletedBy(frame)) return;
    this.#assembly = undefined;
    const block = assembly.whole();
    this.#onBlock(assembly.streamId, assembly.endStream, this.#decode(block, 0, block.length));
  }

  #decode(source: Buffer, start: number, end: number): HeaderBlock {
    try {
      return this.#decoder.decode(source, start, end);
    } catch (error) {
      if (!(error instanceof HpackError)) throw error;
      throw new ConnectionError(errorCodes.compressionError, error.message);
    }
  }

  #onBlock(streamId: number, endStream: boolean, block: HeaderBlock): void {
    const connection = this.#connection;
    connection.hasTrafficSincePing = true;
    const stream = connection.streams.get(streamId);
    if (stream === undefined) {
      if (connection.role === "server") return this.#openRemote(streamId, endStream, block);
      return this.#onClosedStream(streamId, "HEADERS");
    }
    if (stream.isRemoteClosed) return this.#streamViolation(stream, errorCodes.streamClosed);
    if (connection.role === "server") {
      // These are trailers: they end the request, and its length is now known.
      if (!endStream || !hasDeclaredLength(stream) || hasPseudoField(block)) {
        return this.#streamViolation(stream, errorCodes.protocolError);
      }
    }
    stream.consumer?.headers(block, endStream);
    if (endStream) this.#endRemote(stream);
  }

  #openRemote(streamId: number, endStream: boolean, block: HeaderBlock): void {
    const connection = this.#connection;
    if (streamId % 2 === 0) throw violation("a client's stream has an even id");
    if (streamId <= connection.lastPeerStreamId) {
      if (this.#recentResets.includes(streamId)) return;
      throw new ConnectionError(
        // A stream that was served is closed; an id that was skipped never existed.
        this.#wasServed(streamId) ? errorCodes.streamClosed : errorCodes.protocolError,
        `HEADERS on stream ${streamId}, which is closed`,
      );
    }
    if (streamId > connection.goawaySentId || connection.streams.size >= connection.options.concurrentStreamsMax) {
      connection.lastPeerStreamId = streamId;
      this.#spend(frameCosts.reset);
      this.#refuse(streamId, errorCodes.refusedStream);
      return;
    }
    const stream = connection.openRemote(streamId);
    connection.host.streamOpened!(connection, stream, block);
    if (!endStream) return;
    if (!hasDeclaredLength(stream)) return this.#streamViolation(stream, errorCodes.protocolError);
    this.#endRemote(stream);
  }

  #endRemote(stream: Http2Stream): void {
    if (this.#connection.streams.get(stream.id) !== stream) return;
    this.#budget.earn();
    this.#connection.closeRemote(stream);
    stream.consumer?.end();
  }

  #onWindowUpdate(frame: Frame): void {
    if (frame.end - frame.start !== 4) throw new ConnectionError(errorCodes.frameSizeError, "WINDOW_UPDATE");
    const connection = this.#connection;
    const increment = frame.source.readUInt32BE(frame.start) & 0x7fffffff;
    this.#spend(frameCosts.other);
    if (frame.streamId === 0) {
      if (increment === 0) throw violation("WINDOW_UPDATE of 0");
      connection.sendWindow += increment;
      if (connection.sendWindow > windowBytesLimit) {
        throw new ConnectionError(errorCodes.flowControlError, "connection window too large");
      }
    } else {
      const stream = connection.streams.get(frame.streamId);
      if (stream === undefined) return this.#requireNotIdle(frame.streamId, "WINDOW_UPDATE");
      if (increment === 0) return this.#streamViolation(stream, errorCodes.protocolError);
      stream.sendWindow += increment;
      if (stream.sendWindow > windowBytesLimit) return this.#streamViolation(stream, errorCodes.flowControlError);
      connection.scheduler.wake(stream);
    }
    if (!connection.scheduler.isIdle) connection.wantFlush();
  }

  #onResetStream(frame: Frame): void {
    if (frame.end - frame.start !== 4) throw new ConnectionError(errorCodes.frameSizeError, "RST_STREAM");
    if (frame.streamId === 0) throw violation("RST_STREAM on stream 0");
    this.#spend(frameCosts.reset);
    const stream = this.#connection.streams.get(frame.streamId);
    if (stream === undefined) return this.#requireNotIdle(frame.streamId, "RST_STREAM");
    this.#connection.abandonStream(stream, frame.source.readUInt32BE(frame.start));
  }

  #onPing(frame: Frame): void {
    if (frame.streamId !== 0) throw violation("PING on a stream");
    if (frame.end - frame.start !== 8) throw new ConnectionError(errorCodes.frameSizeError, "PING");
    const connection = this.#connection;
    const payload = frame.source.subarray(frame.start, frame.end);
    if (frame.flags & frameFlags.ack) {
      this.#spend(frameCosts.other);
      connection.host.pingAcknowledged?.(connection, payload);
      return;
    }
    this.#spend(frameCosts.ping);
    if (connection.host.pingReceived?.(connection) === false) {
      throw new ConnectionError(errorCodes.enhanceYourCalm, "too_many_pings");
    }
    connection.out.ping(frameFlags.ack, payload);
    connection.wantFlush();
  }

  #onSettings(frame: Frame): void {
    if (frame.streamId !== 0) throw violation("SETTINGS on a stream");
    const connection = this.#connection;
    const isAck = (frame.flags & frameFlags.ack) !== 0;
    if (isAck) {
      if (frame.end !== frame.start) {
        throw new ConnectionError(errorCodes.frameSizeError, "SETTINGS ack with a payload");
      }
      if (!connection.isOpen) throw violation("SETTINGS must come first");
      this.#spend(frameCosts.other);
      return;
    }
    this.#spend(frameCosts.settings);
    const { peer } = connection;
    const windowBefore = peer.initialWindowBytes;
    applySettings(peer, frame.source.subarray(frame.start, frame.end), connection.role === "client");
    if (peer.initialWindowBytes !== windowBefore) this.#shiftWindows(peer.initialWindowBytes - windowBefore);
    connection.headerWriter.peerMaxFrameBytes = peer.maxFrameBytes;
    connection.headerWriter.encoder.limitTable(peer.headerTableBytes);
    connection.isOpen = true;
    connection.out.frameHeader(0, frameKind(frameTypes.settings, frameFlags.ack), 0);
    connection.wantFlush();
    connection.host.settingsReceived?.(connection);
  }

  /** RFC 9113 §6.9.2: the change applies to streams already open, whose windows may so become negative. */
  #shiftWindows(change: number): void {
    const connection = this.#connection;
    for (const stream of connection.streams.values()) {
      stream.sendWindow += change;
      if (stream.sendWindow > windowBytesLimit) {
        throw new ConnectionError(errorCodes.flowControlError, "stream window too large");
      }
      connection.scheduler.wake(stream);
    }
  }

  /** Priorities are obsolete (RFC 9113 §5.3.2): checked and dropped. */
  #onPriority(frame: Frame): void {
    if (frame.streamId === 0) throw violation("PRIORITY on stream 0");
    this.#spend(frameCosts.other);
    const stream = this.#connection.streams.get(frame.streamId);
    const isSizeWrong = frame.end - frame.start !== 5;
    if (!isSizeWrong && (frame.source.readUInt32BE(frame.start) & 0x7fffffff) !== frame.streamId) return;
    const code = isSizeWrong ? errorCodes.frameSizeError : errorCodes.protocolError;
    if (stream !== undefined) return this.#streamViolation(stream, code);
    throw new ConnectionError(code, "PRIORITY");
  }

  #onGoaway(frame: Frame): void {
    if (frame.streamId !== 0) throw violation("GOAWAY on a stream");
    if (frame.end - frame.start < 8) throw new ConnectionError(errorCodes.frameSizeError, "GOAWAY");
    this.#spend(frameCosts.settings);
    const connection = this.#connection;
    const lastStreamId = frame.source.readUInt32BE(frame.start) & 0x7fffffff;
    connection.host.goawayReceived?.(connection, lastStreamId, frame.source.readUInt32BE(frame.start + 4));
  }

  /** Received bytes are consumed or dropped at once, so the connection's window is only refilled, never held back. */
  #returnWindow(): void {
    const full = this.#connection.options.connectionWindowBytes;
    if (this.#receiveWindow > full / 2) return;
    this.#connection.out.windowUpdate(0, full - this.#receiveWindow);
    this.#receiveWindow = full;
    this.#connection.wantFlush();
  }

  #onClosedStream(streamId: number, what: string): void {
    this.#requireNotIdle(streamId, what);
    this.#spend(frameCosts.other);
    if (!this.#recentResets.includes(streamId)) this.#refuse(streamId, errorCodes.streamClosed);
  }

  #requireNotIdle(streamId: number, what: string): void {
    const connection = this.#connection;
    const isPeers = (streamId % 2 === 1) === (connection.role === "server");
    const isIdle = isPeers ? streamId > connection.lastPeerStreamId : streamId >= connection.nextStreamId;
    if (isIdle) throw violation(`${what} on idle stream ${streamId}`);
  }

  #wasServed(streamId: number): boolean {
    // Clients count upwards without gaps; the exception is an id below the first one seen.
    return streamId >= this.#connection.firstPeerStreamId;
  }

  #refuse(streamId: number, code: ErrorCode): void {
    this.rememberReset(streamId);
    this.#connection.out.resetStream(streamId, code);
    this.#connection.wantFlush();
  }

  #streamViolation(stream: Http2Stream, code: ErrorCode): void {
    this.#spend(frameCosts.reset);
    if (this.#connection.streams.get(stream.id) !== stream) return;
    this.#connection.resetStream(stream, code);
    stream.consumer?.reset(code);
  }

  #spend(tokens: number): void {
    if (this.#budget.spend(tokens)) return;
    throw new ConnectionError(errorCodes.enhanceYourCalm, "too many frames that ask for nothing");
  }
}

function violation(message: string): ConnectionError {
  return new ConnectionError(errorCodes.protocolError, message);
}

/** Moves `frame.start` behind the pad length, if there is one, and returns where the payload ends. */
function unpad(frame: Frame): number {
  if ((frame.flags & frameFlags.padded) === 0) return frame.end;
  if (frame.start === frame.end) throw new ConnectionError(errorCodes.frameSizeError, "no pad length");
  const padBytes = frame.source[frame.start]!;
  frame.start++;
  if (padBytes > frame.end - frame.start) throw violation("more padding than payload");
  return frame.end - padBytes;
}

function hasDeclaredLength(stream: Http2Stream): boolean {
  return stream.contentLength < 0 || stream.contentLength === stream.received;
}

function hasPseudoField(block: HeaderBlock): boolean {
  return block.fields.some((field) => field.name.startsWith(":"));
}
