import { connect, type Socket } from "node:net";
import { HpackDecoder } from "../../rpc/hpack/decoder.ts";
import { HpackEncoder, type OutgoingField } from "../../rpc/hpack/encoder.ts";
import { connectionPreface, frameFlags, frameKind, frameTypes } from "../../rpc/http2/frame.ts";
import { FrameReader, type Frame } from "../../rpc/http2/frame-reader.ts";
import { OutputBuffer } from "../../rpc/http2/output-buffer.ts";
import { encodeSettings } from "../../rpc/http2/settings.ts";

/** What came in on one stream, independent of how the server cut it into frames. */
export interface StreamLog {
  /** Header blocks in their order, fields sorted. */
  headers: string[][];
  body: Buffer;
  /** "end", or the code of a reset; several when the server said more than one. */
  endings: string[];
}

export const { endStream, endHeaders, padded, priority, ack } = frameFlags;

/** A client that says exactly what a test wants, frame by frame, and remembers what comes back. */
export class RawPeer {
  readonly streams = new Map<number, StreamLog>();
  readonly settings: number[][] = [];
  readonly goaways: Array<{ lastStreamId: number; code: number; debug: string }> = [];
  readonly pings: string[] = [];
  readonly windowUpdates = new Map<number, number>();
  largestFrameBytes = 0;
  isClosed = false;
  readonly #socket: Socket;
  readonly #encoder = new HpackEncoder({ tableBytesMax: 4_096 });
  readonly #decoder = new HpackDecoder({ tableBytesMax: 4_096, listBytesMax: 1_000_000 });
  readonly #waiting = new Set<{ isMet: () => boolean; resolve: () => void }>();
  #block: Buffer[] = [];
  #blockEndsStream = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    const reader = new FrameReader({
      expectsPreface: false,
      payloadBytesMax: 0xffffff,
      onFrame: (frame) => this.#onFrame(frame),
    });
    socket.on("data", (chunk: Buffer) => {
      reader.push(chunk);
      this.#check();
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      this.isClosed = true;
      this.#check();
    });
  }

  static async connect(port: number, settings: ReadonlyArray<readonly [number, number]> = []): Promise<RawPeer> {
    const socket = connect({ host: "127.0.0.1", port, noDelay: true });
    await new Promise((resolve, reject) => socket.once("connect", resolve).once("error", reject));
    const peer = new RawPeer(socket);
    peer.bytes(connectionPreface);
    peer.frame(frameTypes.settings, 0, 0, encodeSettings(settings));
    return peer;
  }

  bytes(bytes: Uint8Array): void {
    if (!this.#socket.destroyed) this.#socket.write(bytes);
  }

  frame(type: number, flags: number, streamId: number, payload: Uint8Array = Buffer.alloc(0)): void {
    const out = new OutputBuffer();
    out.frameHeader(payload.length, frameKind(type, flags), streamId);
    out.bytes(payload);
    this.bytes(Buffer.from(out.take()));
  }

  /** Encodes without sending; blocks must be sent in the order they were encoded. */
  block(fields: ReadonlyArray<readonly [string, string]>, indexing: OutgoingField["indexing"] = "indexed"): Buffer {
    const out = new OutputBuffer();
    for (const [name, value] of fields) this.#encoder.field(out, { name, value, indexing });
    return Buffer.from(out.take());
  }

  headers(streamId: number, flags: number, fields: ReadonlyArray<readonly [string, string]>): void {
    this.frame(frameTypes.headers, flags | endHeaders, streamId, this.block(fields));
  }

  data(streamId: number, flags: number, payload: Uint8Array): void {
    this.frame(frameTypes.data, flags, streamId, payload);
  }

  close(): void {
    this.#socket.destroy();
  }

  stream(id: number): StreamLog {
    let log = this.streams.get(id);
    if (log === undefined) this.streams.set(id, (log = { headers: [], body: Buffer.alloc(0), endings: [] }));
    return log;
  }

  /** Resolves when the server has ended each of the streams, or closed. */
  ended(...ids: number[]): Promise<void> {
    return this.until(() => this.isClosed || ids.every((id) => this.stream(id).endings.length > 0));
  }

  closed(): Promise<void> {
    return this.until(() => this.isClosed);
  }

  until(isMet: () => boolean): Promise<void> {
    if (isMet()) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.add({ isMet, resolve }));
  }

  #check(): void {
    for (const one of this.#waiting) {
      if (!one.isMet()) continue;
      this.#waiting.delete(one);
      one.resolve();
    }
  }

  #onFrame(frame: Frame): void {
    const payload = Buffer.from(frame.source.subarray(frame.start, frame.end));
    this.largestFrameBytes = Math.max(this.largestFrameBytes, payload.length);
    switch (frame.type) {
      case frameTypes.data: {
        const log = this.stream(frame.streamId);
        log.body = Buffer.concat([log.body, payload]);
        if (frame.flags & endStream) log.endings.push("end");
        return;
      }
      case frameTypes.headers:
      case frameTypes.continuation:
        return this.#onHeaders(frame, payload);
      case frameTypes.resetStream:
        this.stream(frame.streamId).endings.push(`reset ${payload.readUInt32BE(0)}`);
        return;
      case frameTypes.settings:
        if ((frame.flags & ack) === 0) this.frame(frameTypes.settings, ack, 0);
        this.settings.push([...payload]);
        return;
      case frameTypes.ping:
        if (frame.flags & ack) this.pings.push(payload.toString("hex"));
        else this.frame(frameTypes.ping, ack, 0, payload);
        return;
      case frameTypes.goaway:
        this.goaways.push({
          lastStreamId: payload.readUInt32BE(0),
          code: payload.readUInt32BE(4),
          debug: payload.toString("utf8", 8),
        });
        return;
      case frameTypes.windowUpdate:
        this.windowUpdates.set(frame.streamId, (this.windowUpdates.get(frame.streamId) ?? 0) + payload.readUInt32BE(0));
    }
  }

  #onHeaders(frame: Frame, payload: Buffer): void {
    if (frame.type === frameTypes.headers) this.#blockEndsStream = (frame.flags & endStream) !== 0;
    this.#block.push(payload);
    if ((frame.flags & endHeaders) === 0) return;
    const block = Buffer.concat(this.#block);
    this.#block = [];
    const log = this.stream(frame.streamId);
    log.headers.push(
      this.#decoder
        .decode(block, 0, block.length)
        .fields.map((field) => `${field.name}: ${field.value}`)
        .sort(),
    );
    if (this.#blockEndsStream) log.endings.push("end");
  }
}
