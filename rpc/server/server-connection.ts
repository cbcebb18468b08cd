import type { Socket } from "node:net";
import { statusCodes } from "../grpc/status-code.ts";
import type { HeaderBlock } from "../hpack/header-block.ts";
import { goawayAll, Http2Connection, type ConnectionHost } from "../http2/connection.ts";
import type { FlushQueue } from "../http2/flush-queue.ts";
import { errorCodes, windowBytesDefault } from "../http2/frame.ts";
import type { Http2Stream } from "../http2/stream.ts";
import { GrpcCall, type CallHost } from "./call.ts";
import { ConnectionLifecycle, type ConnectionLine } from "./connection-lifecycle.ts";
import { OwnExchange } from "./own-exchange.ts";
import { requestHeadOf } from "./request-head.ts";
import type { GrpcServerLimits, GrpcServerOptions } from "./server-options.ts";
import { WindowGrants } from "./window-grants.ts";

export interface ServerConnectionOptions {
  socket: Socket;
  server: GrpcServerOptions;
  limits: GrpcServerLimits;
  calls: CallHost;
  flushQueue: FlushQueue;
  onClosed: (connection: ServerConnection) => void;
}

const connectionWindowBytes = 8_388_608;

/** A client's connection on our own HTTP/2: makes calls of its streams and leaves its life to the lifecycle. */
export class ServerConnection implements ConnectionHost, ConnectionLine {
  readonly lifecycle: ConnectionLifecycle;
  readonly #http2: Http2Connection;
  readonly #options: ServerConnectionOptions;
  readonly #peer: string;
  readonly #grants: WindowGrants;

  constructor(options: ServerConnectionOptions) {
    this.#options = options;
    const { socket, limits, server } = options;
    this.#peer = `${socket.remoteAddress ?? "unknown"}:${socket.remotePort ?? 0}`;
    this.#grants = new WindowGrants(limits.unfinishedRequestBytesMax);
    this.#http2 = new Http2Connection({
      socket,
      role: "server",
      host: this,
      clock: server.clock,
      flushQueue: options.flushQueue,
      concurrentStreamsMax: limits.concurrentStreamsMax,
      headerListBytesMax: limits.headerListBytesMax,
      streamWindowBytes: windowBytesDefault,
      connectionWindowBytes,
    });
    this.lifecycle = new ConnectionLifecycle(this, {
      limits,
      clock: server.clock,
      timers: server.timers,
      random: server.random,
    });
  }

  get openStreams(): number {
    return this.#http2.streams.size;
  }

  get bytesRead(): number {
    return this.#http2.bytesRead;
  }

  get bytesWritten(): number {
    return this.#http2.bytesWritten;
  }

  streamOpened(_connection: Http2Connection, stream: Http2Stream, block: HeaderBlock): void {
    const head = requestHeadOf(block);
    if (head.isMalformed) return stream.reset(errorCodes.protocolError);
    const exchange = new OwnExchange(stream, this.#grants);
    const call = new GrpcCall(this.#options.calls, exchange, head, this.#peer);
    exchange.call = call;
    stream.consumer = exchange;
    stream.contentLength = head.contentLength;
    call.begin();
  }

  streamClosed(): void {
    if (this.#http2.streams.size === 0) this.lifecycle.streamsGone();
  }

  settingsReceived(): void {
    this.lifecycle.settingsReceived();
  }

  pingReceived(connection: Http2Connection): boolean {
    const { hasTrafficSincePing } = connection;
    connection.hasTrafficSincePing = false;
    return this.lifecycle.pingReceived(hasTrafficSincePing);
  }

  pingAcknowledged(_connection: Http2Connection, payload: Buffer): void {
    this.lifecycle.pingAcknowledged(payload);
  }

  ending(): void {
    this.lifecycle.ending();
  }

  closed(_connection: Http2Connection, error: Error | undefined): void {
    this.lifecycle.stop();
    if (error !== undefined) {
      this.#options.calls.log.debug("a connection ended", { peer: this.#peer, reason: error.message });
    }
    this.#options.onClosed(this);
  }

  ping(payload: Buffer): void {
    this.#http2.ping(payload);
  }

  warn(): void {
    this.#http2.goaway(goawayAll, errorCodes.noError, "draining");
  }

  refuseNew(): void {
    this.#http2.goaway(this.#http2.lastPeerStreamId, errorCodes.noError, "draining");
  }

  cancelCalls(): void {
    for (const { consumer } of this.#http2.streams.values()) {
      (consumer as OwnExchange | undefined)?.call?.cancel(
        statusCodes.unavailable,
        "the server is closing the connection",
      );
    }
  }

  end(): void {
    this.#http2.end();
  }

  destroy(error?: Error): void {
    this.#http2.destroy(error);
  }
}
