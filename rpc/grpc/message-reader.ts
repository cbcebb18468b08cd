import { GrpcError } from "./grpc-error.ts";
import { statusCodes } from "./status-code.ts";

export const messagePrefixBytes = 5;
const firstRoomBytes = 65_536;

export interface MessageSink {
  message(bytes: Uint8Array, isCompressed: boolean): void;
  /** The prefix of a message has been read; `bytes` of it are still to come. */
  messageAnnounced?(bytes: number): void;
}

/**
 * Cuts a body into gRPC messages (a flag, four bytes of length, the message).
 *
 * A message that lies within one frame is handed over in place. One that is spread over frames is copied into room that
 * grows as its bytes arrive, never on the word of its prefix alone.
 */
export class MessageReader {
  readonly #sink: MessageSink;
  readonly #bytesMax: number;
  #prefix: Buffer | undefined;
  #prefixBytes = 0;
  #room: Buffer | undefined;
  #roomBytes = 0;
  #length = 0;
  #isCompressed = false;

  constructor(sink: MessageSink, bytesMax: number) {
    this.#sink = sink;
    this.#bytesMax = bytesMax;
  }

  /** Whether the body may end here. */
  get isBetweenMessages(): boolean {
    return this.#room === undefined && this.#prefixBytes === 0;
  }

  push(source: Buffer, start: number, end: number): void {
    let at = start;
    while (at < end) {
      if (this.#room === undefined) {
        at = this.#readPrefix(source, at, end);
        if (this.#prefixBytes < messagePrefixBytes) return;
        this.#prefixBytes = 0;
        if (end - at >= this.#length) {
          this.#sink.message(source.subarray(at, at + this.#length), this.#isCompressed);
          at += this.#length;
          continue;
        }
        this.#room = Buffer.allocUnsafeSlow(Math.min(this.#length, firstRoomBytes));
        this.#roomBytes = 0;
        this.#sink.messageAnnounced?.(this.#length - (end - at));
      }
      at = this.#fill(source, at, end);
    }
  }

  #readPrefix(source: Buffer, from: number, end: number): number {
    let at = from;
    const prefix = (this.#prefix ??= Buffer.allocUnsafeSlow(messagePrefixBytes));
    while (at < end && this.#prefixBytes < messagePrefixBytes) prefix[this.#prefixBytes++] = source[at++]!;
    if (this.#prefixBytes < messagePrefixBytes) return at;
    this.#isCompressed = readMessageFlag(prefix[0]!);
    this.#length = prefix.readUInt32BE(1);
    checkMessageBytes(this.#length, this.#bytesMax);
    return at;
  }

  #fill(source: Buffer, from: number, end: number): number {
    const bytes = Math.min(end - from, this.#length - this.#roomBytes);
    let room = this.#room!;
    if (this.#roomBytes + bytes > room.length) {
      const grown = Buffer.allocUnsafeSlow(Math.min(this.#length, Math.max(room.length * 2, this.#roomBytes + bytes)));
      room.copy(grown, 0, 0, this.#roomBytes);
      room = this.#room = grown;
    }
    source.copy(room, this.#roomBytes, from, from + bytes);
    this.#roomBytes += bytes;
    if (this.#roomBytes === this.#length) {
      this.#room = undefined;
      this.#sink.message(room, this.#isCompressed);
    }
    return from + bytes;
  }
}

export function readMessageFlag(flag: number): boolean {
  if (flag <= 1) return flag === 1;
  throw new GrpcError(statusCodes.internal, `grpc: received unexpected payload format ${flag}`);
}

export function checkMessageBytes(bytes: number, bytesMax: number): void {
  if (bytes <= bytesMax) return;
  throw new GrpcError(
    statusCodes.resourceExhausted,
    `grpc: received message larger than max (${bytes} vs. ${bytesMax})`,
  );
}

/** A message with its prefix, as one buffer. */
export function frameMessage(message: Uint8Array, isCompressed = false): Buffer {
  const framed = Buffer.allocUnsafeSlow(messagePrefixBytes + message.length);
  framed[0] = isCompressed ? 1 : 0;
  framed.writeUInt32BE(message.length, 1);
  framed.set(message, messagePrefixBytes);
  return framed;
}
