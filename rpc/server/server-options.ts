import type { TlsOptions } from "node:tls";
import type { Clock, Log, Random, Timers } from "../../base/index.ts";
import type { UnaryHandler } from "../grpc/handler.ts";
import type { HealthStates } from "../services/health.ts";
import type { ReflectionData } from "../services/reflection.ts";

export interface GrpcServerOptions extends Partial<GrpcServerLimits> {
  host: string;
  /** 0 picks a free port. */
  port: number;
  /** Asked once per distinct request head, so keep the answer of a path the same. */
  routes: (path: string) => UnaryHandler | undefined;
  /** Names of the services behind `routes`; they decide between "unknown method" and "unknown service". */
  services?: readonly string[];
  clock: Clock;
  timers: Timers;
  /** Spreads the ages of connections. Without it all live equally long. */
  random?: Random;
  log?: Log;
  /** Passed on to node:tls; ALPN is ours. With `requestCert` and `ca` it is mutual TLS. */
  tls?: TlsOptions;
  /** `own` is the product, `node` the same behaviour on node:http2, for comparison and as a fallback. */
  implementation?: "own" | "node";
  health?: HealthStates;
  reflection?: ReflectionData;
}

export interface GrpcServerLimits {
  /** A request's bytes, before and after decompression. */
  messageBytesMax: number;
  /** Decoded header fields of one request, each with 32 bytes on top. */
  headerListBytesMax: number;
  concurrentStreamsMax: number;
  /** Unfinished requests beyond the first 64 KiB of each, per connection; more has to wait for window. */
  unfinishedRequestBytesMax: number;
  /** A connection is drained at this age (±10 %) and cut `connectionAgeGraceMs` later. */
  connectionAgeMs: number;
  connectionAgeGraceMs: number;
  /** A connection without calls is closed after this long. */
  idleMs: number;
  /** Clients that ping more often, repeatedly and without any traffic, are sent away. */
  pingMinIntervalMs: number;
  /** A silent connection is pinged after `keepAliveMs` and given up `keepAliveTimeoutMs` later. */
  keepAliveMs: number;
  keepAliveTimeoutMs: number;
  /** Time to send the preface and SETTINGS, and to finish the TLS handshake. */
  handshakeMs: number;
}

const serverLimitsDefault: GrpcServerLimits = {
  messageBytesMax: 4_194_304,
  headerListBytesMax: 65_536,
  concurrentStreamsMax: 10_000,
  unfinishedRequestBytesMax: 67_108_864,
  connectionAgeMs: 300_000,
  connectionAgeGraceMs: 70_000,
  idleMs: 120_000,
  pingMinIntervalMs: 10_000,
  keepAliveMs: 60_000,
  keepAliveTimeoutMs: 20_000,
  handshakeMs: 20_000,
};

export interface GrpcServerMetrics {
  connectionsOpen: number;
  connectionsTotal: number;
  callsOpen: number;
  callsTotal: number;
  callsFailed: number;
  callsCancelled: number;
  bytesRead: number;
  bytesWritten: number;
}

export interface GrpcServer {
  readonly port: number;
  /** "host:port" as bound. */
  readonly address: string;
  /**
   * Stops listening, lets calls finish for `drainMs`, cancels the rest. Resolves when every connection is closed.
   */
  close(options?: { drainMs?: number }): Promise<void>;
  metrics(): GrpcServerMetrics;
}

export function serverLimits(options: Partial<GrpcServerLimits>): GrpcServerLimits {
  const limits = { ...serverLimitsDefault };
  for (const name of Object.keys(limits) as Array<keyof GrpcServerLimits>) limits[name] = options[name] ?? limits[name];
  return limits;
}
