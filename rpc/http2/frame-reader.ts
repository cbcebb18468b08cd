import { ConnectionError, connectionPreface, errorCodes, frameHeaderBytes } from "./frame.ts";

/** The frame being handled: its payload is `source[start, end)`. One object per connection, overwritten by the next. */
export interface Frame {
  type: number;
  flags: number;
  streamId: number;
  source: Buffer;
  start: number;
  end: number;
}

const nothing = Buffer.alloc(0);

/**
 * Cuts the byte stream of a connection into frames.
 *
 * Frames are handed over in place. Only a frame that straddles two chunks is copied, into a buffer of its own, so that
 * payloads may be kept as views without ever being overwritten.
 */
export class FrameReader {
  readonly frame: Frame = { type: 0, flags: 0, streamId: 0, source: nothing, start: 0, end: 0 };
  readonly #onFrame: (frame: Frame) => void;
  readonly #payloadBytesMax: number;
  #prefaceAt: number;
  #isStopped = false;
  /** The beginning of a straddling frame: first only its header's room, then the whole frame's. */
  #carry: Buffer | undefined;
  #carried = 0;

  constructor(options: { expectsPreface: boolean; payloadBytesMax: number; onFrame: (frame: Frame) => void }) {
    this.#payloadBytesMax = options.payloadBytesMax;
    this.#prefaceAt = options.expectsPreface ? 0 : connectionPreface.length;
    this.#onFrame = options.onFrame;
  }

  /** Nothing more is handed over, not even the rest of the chunk in hand. */
  stop(): void {
    this.#isStopped = true;
    this.#carry = undefined;
  }

  push(chunk: Buffer): void {
    let at = this.#prefaceAt < connectionPreface.length ? this.#readPreface(chunk) : 0;
    if (this.#carry !== undefined) at = this.#completeCarry(chunk, at);
    while (!this.#isStopped && chunk.length - at >= frameHeaderBytes) {
      const length = this.#payloadLength(chunk, at);
      const end = at + frameHeaderBytes + length;
      if (end > chunk.length) break;
      this.#emit(chunk, at, end);
      at = end;
    }
    if (!this.#isStopped && at < chunk.length && this.#carry === undefined) this.#startCarry(chunk, at);
    // A connection that falls silent must not hold its last chunk.
    this.frame.source = nothing;
  }

  #readPreface(chunk: Buffer): number {
    const bytes = Math.min(chunk.length, connectionPreface.length - this.#prefaceAt);
    for (let at = 0; at < bytes; at++) {
      if (chunk[at] !== connectionPreface[this.#prefaceAt + at]) {
        throw new ConnectionError(errorCodes.protocolError, "the connection does not begin with the HTTP/2 preface");
      }
    }
    this.#prefaceAt += bytes;
    return bytes;
  }

  #emit(source: Buffer, at: number, end: number): void {
    const frame = this.frame;
    frame.type = source[at + 3]!;
    frame.flags = source[at + 4]!;
    frame.streamId = source.readUInt32BE(at + 5) & 0x7fffffff;
    frame.source = source;
    frame.start = at + frameHeaderBytes;
    frame.end = end;
    this.#onFrame(frame);
  }

  #startCarry(chunk: Buffer, at: number): void {
    const available = chunk.length - at;
    const wanted = available < frameHeaderBytes ? frameHeaderBytes : frameHeaderBytes + this.#payloadLength(chunk, at);
    this.#carry = Buffer.allocUnsafeSlow(wanted);
    this.#carried = chunk.copy(this.#carry, 0, at);
  }

  /** Returns where in the chunk the next frame begins. */
  #completeCarry(chunk: Buffer, from: number): number {
    let carry = this.#carry!;
    let at = from;
    if (carry.length === frameHeaderBytes) {
      const copied = chunk.copy(carry, this.#carried, at, at + frameHeaderBytes - this.#carried);
      this.#carried += copied;
      at += copied;
      if (this.#carried < frameHeaderBytes) return at;
      const whole = Buffer.allocUnsafeSlow(frameHeaderBytes + this.#payloadLength(carry, 0));
      carry.copy(whole);
      carry = this.#carry = whole;
    }
    const copied = chunk.copy(carry, this.#carried, at, at + carry.length - this.#carried);
    this.#carried += copied;
    if (this.#carried === carry.length) {
      this.#carry = undefined;
      this.#emit(carry, 0, carry.length);
    }
    return at + copied;
  }

  #payloadLength(source: Buffer, at: number): number {
    const length = (source[at]! << 16) | (source[at + 1]! << 8) | source[at + 2]!;
    if (length > this.#payloadBytesMax) {
      throw new ConnectionError(
        errorCodes.frameSizeError,
        `frame of ${length} bytes, the limit is ${this.#payloadBytesMax}`,
      );
    }
    return length;
  }
}
