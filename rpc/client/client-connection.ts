import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { TimerHandle } from "../../base/index.ts";
import { GrpcError } from "../grpc/grpc-error.ts";
import { statusCodes } from "../grpc/status-code.ts";
import { Http2Connection, type ConnectionHost } from "../http2/connection.ts";
import type { FlushQueue } from "../http2/flush-queue.ts";
import { errorCodes } from "../http2/frame.ts";
import type { ClientCall } from "./client-call.ts";
import type { ResolvedClientOptions } from "./grpc-client.ts";

const streamWindowBytes = 1_048_576;
const connectionWindowBytes = 16_777_216;
const headerListBytesMax = 1_048_576;
/** A server that does not close its side after us is not waited for. */
const lingerMs = 1_000;
const livenessPing = Buffer.from("alive\0\0\0", "latin1");

/**
 * One connection of a client, and the calls that wait for it.
 *
 *     connecting ──server's SETTINGS──► ready ──GOAWAY, close()──► spent ──last stream gone──► closed
 *         └──────────── error ────────────┴───────────────────────────┴─────────────────────────▲
 *
 * A spent connection takes no new call; those that it holds and the server has not refused finish on it.
 */
export class ClientConnection implements ConnectionHost {
  isSpent = false;
  readonly #options: ResolvedClientOptions;
  readonly #flushQueue: FlushQueue;
  readonly #onDispatch: (call: ClientCall) => void;
  readonly #onClosed: (connection: ClientConnection) => void;
  readonly #socket: Socket;
  #http2: Http2Connection | undefined;
  #waiting: ClientCall[] = [];
  #connectError: Error | undefined;
  #timer: TimerHandle | undefined;
  #bytesReadAtCheck = 0;

  constructor(input: {
    options: ResolvedClientOptions;
    flushQueue: FlushQueue;
    onDispatch: (call: ClientCall) => void;
    onClosed: (connection: ClientConnection) => void;
  }) {
    this.#options = input.options;
    this.#flushQueue = input.flushQueue;
    this.#onDispatch = input.onDispatch;
    this.#onClosed = input.onClosed;
    this.#socket = this.#connect();
    const { timers, connectTimeoutMs } = this.#options;
    this.#timer = timers.set(connectTimeoutMs, () => {
      this.#socket.destroy(new Error(`no connection within ${connectTimeoutMs} ms`));
    });
  }

  get openCalls(): number {
    return (this.#http2?.streams.size ?? 0) + this.#waiting.length;
  }

  submit(call: ClientCall): void {
    const http2 = this.#http2;
    if (http2?.isOpen === true && this.#waiting.length === 0 && http2.canOpen && !http2.isExhausted) {
      call.start(http2, this.#options.clock.now());
    } else this.#waiting.push(call);
    if (http2?.isExhausted === true) this.retire();
  }

  /** No new calls; those open finish. */
  retire(): void {
    if (this.isSpent) return;
    this.isSpent = true;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const call of waiting) this.#onDispatch(call);
    this.#endIfEmpty();
  }

  destroy(): void {
    this.isSpent = true;
    if (this.#http2 !== undefined) this.#http2.end();
    else this.#socket.destroy();
  }

  settingsReceived(): void {
    if (this.#timer !== undefined) this.#options.timers.clear(this.#timer);
    this.#timer = undefined;
    this.#armKeepAlive();
    this.#startWaiting();
  }

  streamClosed(): void {
    if (this.#waiting.length > 0) this.#startWaiting();
    this.#endIfEmpty();
  }

  goawayReceived(connection: Http2Connection, lastStreamId: number, code: number): void {
    this.isSpent = true;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const stream of connection.streams.values()) {
      if (stream.id > lastStreamId) connection.abandonStream(stream, errorCodes.refusedStream);
    }
    for (const call of waiting) {
      if (code === errorCodes.noError) this.#onDispatch(call);
      else call.cancel(new GrpcError(statusCodes.unavailable, `the server closed the connection (code ${code})`));
    }
    this.#endIfEmpty();
  }

  ending(): void {
    if (this.#timer !== undefined) this.#options.timers.clear(this.#timer);
    this.#timer = this.#options.timers.set(lingerMs, () => this.#socket.destroy());
  }

  closed(_connection: unknown, error: Error | undefined): void {
    this.#onSocketGone(error);
  }

  #connect(): Socket {
    const { host, port, tls } = this.#options;
    const socket =
      tls === undefined
        ? connectTcp({ host, port, noDelay: true })
        : connectTls({ servername: isIpAddress(host) ? "" : host, ...tls, host, port, ALPNProtocols: ["h2"] });
    const onFailure = (error: Error): void => {
      this.#connectError ??= error;
    };
    const onClose = (): void => this.#onSocketGone(this.#connectError);
    socket.on("error", onFailure);
    socket.once("close", onClose);
    socket.once(tls === undefined ? "connect" : "secureConnect", () => {
      socket.off("close", onClose);
      this.#http2 = new Http2Connection({
        socket,
        role: "client",
        host: this,
        clock: this.#options.clock,
        flushQueue: this.#flushQueue,
        concurrentStreamsMax: 0,
        headerListBytesMax,
        streamWindowBytes,
        connectionWindowBytes,
      });
    });
    return socket;
  }

  #startWaiting(): void {
    const http2 = this.#http2!;
    const now = this.#options.clock.now();
    let at = 0;
    while (at < this.#waiting.length && http2.isOpen && http2.canOpen && !http2.isExhausted) {
      const call = this.#waiting[at++]!;
      if (!call.isOver) call.start(http2, now);
    }
    if (at > 0) this.#waiting = this.#waiting.slice(at);
    if (http2.isExhausted) this.retire();
  }

  #endIfEmpty(): void {
    if (this.isSpent && this.openCalls === 0) this.destroy();
  }

  /** Calls that were sent have been told by their streams; those that wait were never sent. */
  #onSocketGone(error: Error | undefined): void {
    const wasReady = this.#http2?.isOpen === true;
    this.isSpent = true;
    if (this.#timer !== undefined) this.#options.timers.clear(this.#timer);
    this.#timer = undefined;
    this.#onClosed(this);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const call of waiting) {
      if (wasReady) this.#onDispatch(call);
      else call.cancel(connectFailure(error, this.#options));
    }
  }

  #armKeepAlive(): void {
    const { keepAliveMs, keepAliveTimeoutMs, timers } = this.#options;
    if (keepAliveMs === undefined) return;
    this.#timer = timers.set(keepAliveMs, () => {
      const http2 = this.#http2!;
      const { bytesRead } = http2;
      if (bytesRead !== this.#bytesReadAtCheck) {
        this.#bytesReadAtCheck = bytesRead;
        return this.#armKeepAlive();
      }
      http2.ping(livenessPing);
      this.#timer = timers.set(keepAliveTimeoutMs, () => {
        if (http2.bytesRead === bytesRead) http2.destroy(new Error("the server does not answer"));
        else this.#armKeepAlive();
      });
    });
  }
}

function connectFailure(error: Error | undefined, { host, port }: ResolvedClientOptions): GrpcError {
  const reason = error?.message ?? "the connection was closed";
  return new GrpcError(statusCodes.unavailable, `cannot connect to ${host}:${port}: ${reason}`, { cause: error });
}

/** Server names in TLS must not be addresses. */
function isIpAddress(host: string): boolean {
  return /^[\d.]+$/.test(host) || host.includes(":");
}
