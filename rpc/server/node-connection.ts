import { constants, type ServerHttp2Session, type ServerHttp2Stream } from "node:http2";
import { statusCodes } from "../grpc/status-code.ts";
import { headerField, type HeaderField } from "../hpack/header-field.ts";
import { goawayAll } from "../http2/connection.ts";
import { GrpcCall, type CallHost } from "./call.ts";
import { ConnectionLifecycle, type ConnectionLine } from "./connection-lifecycle.ts";
import { NodeExchange } from "./node-exchange.ts";
import { readRequestHead } from "./request-head.ts";
import type { GrpcServerLimits, GrpcServerOptions } from "./server-options.ts";

/** A client's connection on node:http2, with the same calls and the same life as on our own. */
export class NodeConnection implements ConnectionLine {
  readonly lifecycle: ConnectionLifecycle;
  readonly #session: ServerHttp2Session;
  readonly #calls: CallHost;
  readonly #peer: string;
  readonly #open = new Set<GrpcCall>();
  #openStreams = 0;
  #lastStreamId = 0;
  #hasTrafficSincePing = false;

  constructor(input: {
    session: ServerHttp2Session;
    server: GrpcServerOptions;
    limits: GrpcServerLimits;
    calls: CallHost;
    onClosed: (connection: NodeConnection) => void;
  }) {
    const { session, server, limits } = input;
    this.#session = session;
    this.#calls = input.calls;
    this.#peer = `${session.socket.remoteAddress ?? "unknown"}:${session.socket.remotePort ?? 0}`;
    const { clock, timers, random } = server;
    this.lifecycle = new ConnectionLifecycle(this, { limits, clock, timers, random });
    session.on("remoteSettings", () => this.lifecycle.settingsReceived());
    session.on("ping", () => this.#onPing());
    session.on("stream", (stream, _headers, _flags, rawHeaders) => this.#onStream(stream, rawHeaders));
    session.on("error", (error) =>
      this.#calls.log.debug("a connection failed", { peer: this.#peer, reason: error.message }),
    );
    session.on("close", () => {
      this.lifecycle.stop();
      input.onClosed(this);
    });
  }

  get openStreams(): number {
    return this.#openStreams;
  }

  get bytesRead(): number {
    return this.#session.destroyed ? 0 : this.#session.socket.bytesRead;
  }

  get bytesWritten(): number {
    return this.#session.destroyed ? 0 : this.#session.socket.bytesWritten;
  }

  ping(payload: Buffer): void {
    if (this.#session.destroyed) return;
    this.#session.ping(payload, (error, _duration, answer) => {
      if (!error) this.lifecycle.pingAcknowledged(answer);
    });
  }

  warn(): void {
    if (!this.#session.destroyed) this.#session.goaway(constants.NGHTTP2_NO_ERROR, goawayAll, Buffer.from("draining"));
  }

  refuseNew(): void {
    if (!this.#session.destroyed) this.#session.goaway(constants.NGHTTP2_NO_ERROR, this.#lastStreamId);
  }

  cancelCalls(): void {
    for (const call of this.#open) call.cancel(statusCodes.unavailable, "the server is closing the connection");
  }

  end(): void {
    if (!this.#session.destroyed) this.#session.close();
  }

  destroy(): void {
    this.#session.destroy();
  }

  #onPing(): void {
    const hasTraffic = this.#hasTrafficSincePing;
    this.#hasTrafficSincePing = false;
    // What Node sends of a body behind our back cannot be seen, so an open stream counts as traffic.
    if (this.lifecycle.pingReceived(hasTraffic || this.#openStreams > 0)) return;
    const { NGHTTP2_ENHANCE_YOUR_CALM } = constants;
    this.#session.goaway(NGHTTP2_ENHANCE_YOUR_CALM, this.#lastStreamId, Buffer.from("too_many_pings"));
    this.#session.close();
  }

  #onStream(stream: ServerHttp2Stream, rawHeaders: readonly string[]): void {
    this.#lastStreamId = stream.id!;
    this.#openStreams++;
    this.#hasTrafficSincePing = true;
    const fields = fieldsOf(rawHeaders);
    const head = readRequestHead(fields, false);
    const exchange = new NodeExchange(stream, () => (this.#hasTrafficSincePing = true));
    const call = new GrpcCall(this.#calls, exchange, head, this.#peer);
    this.#open.add(call);
    stream.on("error", () => {});
    stream.on("data", (chunk: Buffer) => {
      if (!call.isOver) call.data(chunk, 0, chunk.length);
    });
    stream.on("end", () => call.end());
    stream.on("close", () => {
      this.#open.delete(call);
      call.reset();
      if (--this.#openStreams === 0) this.lifecycle.streamsGone();
    });
    if (head.isMalformed) exchange.resetMalformed();
    else call.begin();
  }
}

function fieldsOf(rawHeaders: readonly string[]): HeaderField[] {
  const fields: HeaderField[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) fields.push(headerField(rawHeaders[at]!, rawHeaders[at + 1]!));
  return fields;
}
