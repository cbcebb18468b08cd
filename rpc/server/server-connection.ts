import type { Socket } from "node:net";
import type { TimerHandle } from "../../base/index.ts";
import { statusCodes } from "../grpc/status-code.ts";
import type { HeaderBlock } from "../hpack/decoder.ts";
import { goawayAll, Http2Connection, type ConnectionHost } from "../http2/connection.ts";
import { errorCodes, windowBytesDefault } from "../http2/frame.ts";
import type { Http2Stream } from "../http2/stream.ts";
import { GrpcCall, type CallHost } from "./call.ts";
import { OwnExchange } from "./own-exchange.ts";
import { requestHeadOf } from "./request-head.ts";
import type { GrpcServerLimits, GrpcServerOptions } from "./server-options.ts";
import { WindowGrants } from "./window-grants.ts";
import type { FlushQueue } from "../http2/flush-queue.ts";

export interface ServerConnectionOptions {
  socket: Socket;
  server: GrpcServerOptions;
  limits: GrpcServerLimits;
  calls: CallHost;
  flushQueue: FlushQueue;
  onClosed: (connection: ServerConnection) => void;
}

type TimerName = "age" | "grace" | "idle" | "alive" | "handshake" | "warning";

const connectionWindowBytes = 8_388_608;
const drainPing = Buffer.from("drain\0\0\0", "latin1");
const livenessPing = Buffer.from("alive\0\0\0", "latin1");
/** A client that does not answer the drain's PING has missed its warning; it gets the final GOAWAY anyway. */
const drainPingMs = 5_000;
const pingStrikesMax = 2;

/**
 * A client's connection from accept to close: its calls, its age, its silence.
 *
 * 1. A connection that is drained finishes the calls it has; it is cut only at the end of its grace.
 * 2. The first GOAWAY refuses nothing. The second comes when the client must have seen the first (its PING came back).
 * 3. A client that pings at least `pingMinIntervalMs` apart is never sent away, with or without calls.
 *
 *     open ──drain()──► warned ──PING back, or drainPingMs──► draining ──no streams left──► ending
 *       └── idle for idleMs ─────────────────────────────────────────────────────────────────▲
 *
 * open → warned: `drain` (by age, or the server's close). warned → draining: `#finishWarning`.
 * → ending: `streamClosed`, `#onIdleTimer`, `cut`.
 */
export class ServerConnection implements ConnectionHost {
  readonly http2: Http2Connection;
  readonly #options: ServerConnectionOptions;
  readonly #peer: string;
  readonly #grants: WindowGrants;
  readonly #timers = new Map<TimerName, TimerHandle>();
  #drainState: "open" | "warned" | "draining" = "open";
  #idleSince: number;
  #lastPingAt = Number.NEGATIVE_INFINITY;
  #pingStrikes = 0;
  #bytesReadAtCheck = 0;

  constructor(options: ServerConnectionOptions) {
    this.#options = options;
    const { socket, limits, server } = options;
    this.#peer = `${socket.remoteAddress ?? "unknown"}:${socket.remotePort ?? 0}`;
    this.#grants = new WindowGrants(limits.unfinishedRequestBytesMax);
    this.#idleSince = server.clock.now();
    this.http2 = new Http2Connection({
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
    // ±10 %, so that connections opened together do not all come back together.
    const jitter = 1 + ((server.random?.next() ?? 0.5) - 0.5) / 5;
    this.#setTimer("handshake", limits.handshakeMs, () => this.http2.destroy(new Error("no SETTINGS in time")));
    this.#setTimer("age", limits.connectionAgeMs * jitter, () => this.drain(limits.connectionAgeGraceMs));
    this.#setTimer("idle", limits.idleMs, () => this.#onIdleTimer());
    this.#setTimer("alive", limits.keepAliveMs, () => this.#checkAlive());
  }

  streamOpened(connection: Http2Connection, stream: Http2Stream, block: HeaderBlock): void {
    const exchange = new OwnExchange(stream, this.#grants);
    const head = requestHeadOf(block);
    const call = new GrpcCall(this.#options.calls, exchange, head, this.#peer);
    exchange.call = call;
    if (head.isMalformed) return stream.reset(errorCodes.protocolError);
    stream.consumer = exchange;
    stream.contentLength = head.contentLength;
    call.begin();
  }

  streamClosed(connection: Http2Connection): void {
    if (connection.streams.size > 0) return;
    this.#idleSince = this.#options.server.clock.now();
    if (this.#drainState === "draining") connection.end();
  }

  settingsReceived(): void {
    this.#clearTimer("handshake");
  }

  pingReceived(connection: Http2Connection): boolean {
    const now = this.#options.server.clock.now();
    if (connection.hasSentSincePing) {
      // Clients also ping to measure the line while data flows; that is no nuisance.
      connection.hasSentSincePing = false;
      this.#pingStrikes = 0;
    } else if (now - this.#lastPingAt < this.#options.limits.pingMinIntervalMs - pingToleranceMs) this.#pingStrikes++;
    this.#lastPingAt = now;
    return this.#pingStrikes <= pingStrikesMax;
  }

  pingAcknowledged(_connection: Http2Connection, payload: Buffer): void {
    if (this.#drainState === "warned" && drainPing.equals(payload)) this.#finishWarning();
  }

  closed(connection: Http2Connection, error: Error | undefined): void {
    for (const handle of this.#timers.values()) this.#options.server.timers.clear(handle);
    this.#timers.clear();
    if (error !== undefined) {
      this.#options.calls.log.debug("a connection ended", { peer: this.#peer, reason: error.message });
    }
    this.#options.onClosed(this);
  }

  /** Lets the calls finish and the client go elsewhere; what is left after `graceMs` is cut. */
  drain(graceMs: number): void {
    if (this.#drainState !== "open") return this.#setTimer("grace", graceMs, () => this.cut());
    this.#drainState = "warned";
    this.#clearTimer("age");
    this.http2.goaway(goawayAll, errorCodes.noError, "draining");
    this.http2.ping(drainPing);
    this.#setTimer("warning", drainPingMs, () => this.#finishWarning());
    this.#setTimer("grace", graceMs, () => this.cut());
  }

  /** Cancels the calls that are left and closes. */
  cut(): void {
    for (const stream of [...this.http2.streams.values()]) {
      (stream.consumer as OwnExchange | undefined)?.call?.cancel(
        statusCodes.unavailable,
        "the server is shutting down the connection",
      );
    }
    this.http2.goaway(this.http2.lastPeerStreamId, errorCodes.noError, "draining");
    this.http2.end();
    // A client that never reads would keep the socket for ever.
    this.#setTimer("grace", drainPingMs, () => this.http2.destroy());
  }

  #finishWarning(): void {
    if (this.#drainState !== "warned") return;
    this.#clearTimer("warning");
    this.#drainState = "draining";
    this.http2.goaway(this.http2.lastPeerStreamId, errorCodes.noError, "draining");
    if (this.http2.streams.size === 0) this.http2.end();
  }

  #onIdleTimer(): void {
    const { limits, server } = this.#options;
    const idleMs = this.http2.streams.size > 0 ? 0 : server.clock.now() - this.#idleSince;
    if (idleMs >= limits.idleMs) {
      this.http2.goaway(this.http2.lastPeerStreamId, errorCodes.noError, "idle");
      return this.http2.end();
    }
    this.#setTimer("idle", limits.idleMs - idleMs, () => this.#onIdleTimer());
  }

  /** Pings a line on which nothing came in, and gives it up when that brings nothing either. */
  #checkAlive(): void {
    const { limits } = this.#options;
    const { bytesRead } = this.http2;
    if (bytesRead !== this.#bytesReadAtCheck) {
      this.#bytesReadAtCheck = bytesRead;
      return this.#setTimer("alive", limits.keepAliveMs, () => this.#checkAlive());
    }
    this.http2.ping(livenessPing);
    this.#setTimer("alive", limits.keepAliveTimeoutMs, () => {
      if (this.http2.bytesRead === bytesRead) this.http2.destroy(new Error("the client does not answer"));
      else this.#checkAlive();
    });
  }

  #setTimer(name: TimerName, delayMs: number, fire: () => void): void {
    this.#clearTimer(name);
    const handle = this.#options.server.timers.set(delayMs, () => {
      this.#timers.delete(name);
      fire();
    });
    this.#timers.set(name, handle);
  }

  #clearTimer(name: TimerName): void {
    const handle = this.#timers.get(name);
    if (handle === undefined) return;
    this.#options.server.timers.clear(handle);
    this.#timers.delete(name);
  }
}

/** Clients' timers and the line jitter; what was sent 10 s apart may arrive a little closer. */
const pingToleranceMs = 1_000;
