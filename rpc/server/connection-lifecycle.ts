import type { Clock, Random, TimerHandle, Timers } from "../../base/index.ts";
import type { GrpcServerLimits } from "./server-options.ts";

/** What the life of a connection needs of its HTTP/2, ours or Node's. */
export interface ConnectionLine {
  readonly openStreams: number;
  readonly bytesRead: number;
  ping(payload: Buffer): void;
  /** GOAWAY that refuses nothing yet. */
  warn(): void;
  /** GOAWAY with the last stream that was begun. */
  refuseNew(): void;
  /** Ends every open call with UNAVAILABLE. */
  cancelCalls(): void;
  /** Writes what is left and closes. */
  end(): void;
  destroy(error?: Error): void;
}

type TimerName = "age" | "grace" | "idle" | "alive" | "handshake" | "warning";

/** A client that does not answer the drain's PING has missed its warning; it gets the final GOAWAY anyway. */
const drainPingMs = 5_000;
const lingerMs = 5_000;
/** Pings that come early; generous, because floods have their own guard and grpc-go pings while it measures the line. */
const pingStrikesMax = 10;
/** Clients' timers and the line jitter; what was sent 10 s apart may arrive a little closer. */
const pingToleranceMs = 1_000;
const drainPing = Buffer.from("drain\0\0\0", "latin1");
const livenessPing = Buffer.from("alive\0\0\0", "latin1");

/**
 * A client's connection from accept to close: its age, its silence, its pings.
 *
 * 1. A connection that is drained finishes the calls it has; it is cut only at the end of its grace.
 * 2. The first GOAWAY refuses nothing. The second comes when the client must have seen the first (its PING came back).
 * 3. A client that pings at least `pingMinIntervalMs` apart is never sent away, with or without calls.
 *
 *     open ──drain()──► warned ──PING back, or drainPingMs──► draining ──no streams left──► ending
 *       └── idle for idleMs ────────────────────┴── grace over ──┴───────────────────────────▲
 *
 * open → warned: `drain` (by age, or the server's close). warned → draining: `#finishWarning`.
 * → ending: `streamsGone`, `#onIdleTimer`, `cut`.
 */
export class ConnectionLifecycle {
  readonly #line: ConnectionLine;
  readonly #limits: GrpcServerLimits;
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #handles = new Map<TimerName, TimerHandle>();
  #state: "open" | "warned" | "draining" | "ending" = "open";
  #idleSince: number;
  #lastPingAt = Number.NEGATIVE_INFINITY;
  #pingStrikes = 0;
  #bytesReadAtCheck = 0;

  constructor(
    line: ConnectionLine,
    options: { limits: GrpcServerLimits; clock: Clock; timers: Timers; random?: Random },
  ) {
    this.#line = line;
    this.#limits = options.limits;
    this.#clock = options.clock;
    this.#timers = options.timers;
    this.#idleSince = options.clock.now();
    const { handshakeMs, connectionAgeMs, connectionAgeGraceMs, idleMs, keepAliveMs } = options.limits;
    // ±10 %, so that connections opened together do not all come back together.
    const jitter = 1 + ((options.random?.next() ?? 0.5) - 0.5) / 5;
    this.#set("handshake", handshakeMs, () => line.destroy(new Error("no SETTINGS in time")));
    this.#set("age", connectionAgeMs * jitter, () => this.drain(connectionAgeGraceMs));
    this.#set("idle", idleMs, () => this.#onIdleTimer());
    this.#set("alive", keepAliveMs, () => this.#checkAlive());
  }

  settingsReceived(): void {
    this.#clear("handshake");
  }

  /** The last open stream is gone. */
  streamsGone(): void {
    this.#idleSince = this.#clock.now();
    if (this.#state === "draining") this.#end();
  }

  /** Whether a PING of the client is tolerated. */
  pingReceived(hasTrafficSinceLast: boolean): boolean {
    const now = this.#clock.now();
    // Clients also ping to measure the line while data flows; that is no nuisance.
    if (hasTrafficSinceLast) this.#pingStrikes = 0;
    else if (now - this.#lastPingAt < this.#limits.pingMinIntervalMs - pingToleranceMs) this.#pingStrikes++;
    this.#lastPingAt = now;
    return this.#pingStrikes <= pingStrikesMax;
  }

  pingAcknowledged(payload: Uint8Array): void {
    if (drainPing.equals(payload)) this.#finishWarning();
  }

  /** Lets the calls finish and the client go elsewhere; what is left after `graceMs` is cut. */
  drain(graceMs: number): void {
    this.#set("grace", graceMs, () => this.cut());
    if (this.#state !== "open") return;
    this.#state = "warned";
    this.#clear("age");
    this.#line.warn();
    this.#line.ping(drainPing);
    this.#set("warning", drainPingMs, () => this.#finishWarning());
  }

  /** Cancels the calls that are left and closes. */
  cut(): void {
    this.#line.cancelCalls();
    if (this.#state !== "ending") this.#line.refuseNew();
    this.#end();
  }

  /** Our side is closed. A client that neither reads nor closes would keep the socket for ever. */
  ending(): void {
    if (this.#state === "ending") return;
    this.#state = "ending";
    this.#set("grace", lingerMs, () => this.#line.destroy());
  }

  /** The socket is gone. */
  stop(): void {
    this.#state = "ending";
    for (const handle of this.#handles.values()) this.#timers.clear(handle);
    this.#handles.clear();
  }

  #finishWarning(): void {
    if (this.#state !== "warned") return;
    this.#clear("warning");
    this.#state = "draining";
    this.#line.refuseNew();
    if (this.#line.openStreams === 0) this.#end();
  }

  #end(): void {
    this.#line.end();
    this.ending();
  }

  #onIdleTimer(): void {
    const idleMs = this.#line.openStreams > 0 ? 0 : this.#clock.now() - this.#idleSince;
    if (idleMs < this.#limits.idleMs) {
      return this.#set("idle", this.#limits.idleMs - idleMs, () => this.#onIdleTimer());
    }
    if (this.#state === "ending") return;
    this.#line.refuseNew();
    this.#end();
  }

  /** Pings a line on which nothing came in, and gives it up when that brings nothing either. */
  #checkAlive(): void {
    const { bytesRead } = this.#line;
    if (bytesRead !== this.#bytesReadAtCheck) {
      this.#bytesReadAtCheck = bytesRead;
      return this.#set("alive", this.#limits.keepAliveMs, () => this.#checkAlive());
    }
    this.#line.ping(livenessPing);
    this.#set("alive", this.#limits.keepAliveTimeoutMs, () => {
      if (this.#line.bytesRead === bytesRead) this.#line.destroy(new Error("the client does not answer"));
      else this.#checkAlive();
    });
  }

  #set(name: TimerName, delayMs: number, fire: () => void): void {
    this.#clear(name);
    const handle = this.#timers.set(delayMs, () => {
      this.#handles.delete(name);
      fire();
    });
    this.#handles.set(name, handle);
  }

  #clear(name: TimerName): void {
    const handle = this.#handles.get(name);
    if (handle === undefined) return;
    this.#timers.clear(handle);
    this.#handles.delete(name);
  }
}
