import type { ByteSink } from "../hpack/encoder.ts";
import { frameHeaderBytes, frameKind, frameTypes } from "./frame.ts";

const initialBytes = 2_048;
const keptBytesMax = 65_536;

/**
 * What a connection has to say and has not yet handed to its socket. One buffer, so that everything said within one
 * turn of the event loop is one write.
 */
export class OutputBuffer implements ByteSink {
  buffer: Buffer = Buffer.allocUnsafeSlow(initialBytes);
  length = 0;

  reserve(bytes: number): void {
    if (this.length + bytes <= this.buffer.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(this.buffer.length * 2, this.length + bytes));
    grown.set(this.buffer.subarray(0, this.length));
    this.buffer = grown;
  }

  /** Everything written so far. `reuse` must follow once it is known whether the socket still needs the bytes. */
  take(): Buffer {
    return this.buffer.subarray(0, this.length);
  }

  reuse(isStillNeeded: boolean): void {
    if (isStillNeeded || this.buffer.length > keptBytesMax) this.buffer = Buffer.allocUnsafeSlow(initialBytes);
    this.length = 0;
  }

  /** `kind` is the type with its flags, see `frameKind`. Room for the payload is the caller's to reserve. */
  frameHeader(payloadBytes: number, kind: number, streamId: number): void {
    this.reserve(frameHeaderBytes);
    const { buffer, length: at } = this;
    buffer[at] = payloadBytes >>> 16;
    buffer[at + 1] = payloadBytes >>> 8;
    buffer[at + 2] = payloadBytes;
    buffer[at + 3] = kind >>> 8;
    buffer[at + 4] = kind;
    buffer[at + 5] = streamId >>> 24;
    buffer[at + 6] = streamId >>> 16;
    buffer[at + 7] = streamId >>> 8;
    buffer[at + 8] = streamId;
    this.length = at + frameHeaderBytes;
  }

  /** Sets the length of a frame whose header was written at `at`, once its payload is complete. */
  patchFrameLength(at: number): void {
    const bytes = this.length - at - frameHeaderBytes;
    this.buffer[at] = bytes >>> 16;
    this.buffer[at + 1] = bytes >>> 8;
    this.buffer[at + 2] = bytes;
  }

  uint32(value: number): void {
    this.reserve(4);
    this.length = this.buffer.writeUInt32BE(value, this.length);
  }

  bytes(source: Uint8Array): void {
    this.reserve(source.length);
    this.buffer.set(source, this.length);
    this.length += source.length;
  }

  resetStream(streamId: number, code: number): void {
    this.frameHeader(4, frameKind(frameTypes.resetStream, 0), streamId);
    this.uint32(code);
  }

  windowUpdate(streamId: number, increment: number): void {
    this.frameHeader(4, frameKind(frameTypes.windowUpdate, 0), streamId);
    this.uint32(increment);
  }

  ping(flags: number, payload: Uint8Array): void {
    this.frameHeader(8, frameKind(frameTypes.ping, flags), 0);
    this.bytes(payload);
  }

  goaway(lastStreamId: number, code: number, debug: string): void {
    const text = Buffer.from(debug, "utf8");
    this.frameHeader(8 + text.length, frameKind(frameTypes.goaway, 0), 0);
    this.uint32(lastStreamId);
    this.uint32(code);
    this.bytes(text);
  }
}
