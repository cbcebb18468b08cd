// RpcTap: a TCP relay that counts which RPCs pass, without touching a byte of what passes.
//
// Every client of a suite connects to the tap, the tap to the server. A copy of what the clients send is cut into HTTP/2 frames, and
// only SETTINGS and header frames go on to a private `node:http2` session per connection, which undoes HPACK for us. Nothing that this
// session answers reaches the wire, so the server meets the SDK's own transport, and a fault there is not hidden by a proxy.

import http2 from "node:http2";
import net from "node:net";
import { Duplex } from "node:stream";

const PREFACE_BYTES = 24;
const FRAME_HEADER_BYTES = 9;
const FRAME_HEADERS = 1;
const FRAME_SETTINGS = 4;
const FRAME_CONTINUATION = 9;
const FLAG_ACK = 1;
const FLAG_END_STREAM = 1;

export class RpcTap {
  /** RPC path, such as `/temporal.api.workflowservice.v1.WorkflowService/GetSystemInfo`, to the number of calls. */
  readonly calls = new Map<string, number>();
  readonly #upstream: { host: string; port: number };
  readonly #sockets = new Set<net.Socket>();
  readonly #server: net.Server;
  readonly #observer = http2.createServer();

  private constructor(upstream: { host: string; port: number }) {
    this.#upstream = upstream;
    this.#server = net.createServer((socket) => this.#relay(socket));
    this.#observer.on("stream", (stream, headers) => {
      const path = String(headers[":path"]);
      this.calls.set(path, (this.calls.get(path) ?? 0) + 1);
      stream.on("error", () => {});
      stream.close();
    });
    this.#observer.on("sessionError", () => {});
  }

  static async open(upstream: { host: string; port: number }): Promise<RpcTap> {
    const tap = new RpcTap(upstream);
    await new Promise<void>((resolve) => tap.#server.listen(0, "127.0.0.1", resolve));
    return tap;
  }

  get address(): string {
    return `127.0.0.1:${(this.#server.address() as net.AddressInfo).port}`;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #relay(client: net.Socket): void {
    const server = net.connect({ ...this.#upstream, noDelay: true });
    client.setNoDelay(true);
    const copy = new FrameCopy();
    this.#observer.emit("connection", copy.stream);
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(from);
      from.on("error", () => to.destroy());
      from.on("close", () => {
        this.#sockets.delete(from);
        to.destroy();
        copy.stream.destroy();
      });
      from.pipe(to);
    }
    client.on("data", (chunk: Buffer) => copy.write(chunk));
  }
}

/** Cuts one direction of a connection into frames and keeps those that carry headers. */
class FrameCopy {
  readonly stream = new Duplex({ read: () => {}, write: (_chunk, _encoding, done) => done() });
  #rest: Buffer = Buffer.alloc(0);
  #isPrefaceSeen = false;
  #skipBytes = 0;

  constructor() {
    this.stream.on("error", () => {});
  }

  write(chunk: Buffer): void {
    if (this.#skipBytes >= chunk.length) {
      this.#skipBytes -= chunk.length;
      return;
    }
    this.#rest = Buffer.concat([this.#rest, chunk.subarray(this.#skipBytes)]);
    this.#skipBytes = 0;
    while (this.#takeOne()) {
      // Each turn consumes one frame, or the preface.
    }
  }

  #takeOne(): boolean {
    const rest = this.#rest;
    if (!this.#isPrefaceSeen) {
      if (rest.length < PREFACE_BYTES) return false;
      this.#isPrefaceSeen = true;
      this.#pass(PREFACE_BYTES);
      return true;
    }
    if (rest.length < FRAME_HEADER_BYTES) return false;
    const size = FRAME_HEADER_BYTES + rest.readUIntBE(0, 3);
    const type = rest[3]!;
    const flags = rest[4]!;
    const isKept =
      type === FRAME_HEADERS || type === FRAME_CONTINUATION || (type === FRAME_SETTINGS && (flags & FLAG_ACK) === 0);
    if (!isKept) {
      // Bodies are dropped as they come, so that a large payload is never held here.
      this.#skipBytes = Math.max(0, size - rest.length);
      this.#rest = rest.subarray(Math.min(size, rest.length));
      return this.#skipBytes === 0;
    }
    if (rest.length < size) return false;
    if (type === FRAME_HEADERS) rest[4] = flags | FLAG_END_STREAM; // The body never comes, for the observer.
    this.#pass(size);
    return true;
  }

  #pass(size: number): void {
    if (!this.stream.destroyed) this.stream.push(Buffer.from(this.#rest.subarray(0, size)));
    this.#rest = this.#rest.subarray(size);
  }
}
