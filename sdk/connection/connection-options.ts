import type { Duration } from "../common/duration.ts";
import type { Metadata } from "./call-context.ts";
import type { ApiKey } from "./call-headers.ts";
import type { ConnectionInterceptor } from "./retry.ts";
import type { TLSConfigOption } from "./tls.ts";

/** Where the server is, and how to talk to it. */
export interface ConnectionOptions {
  /** `host:port`; default `localhost:7233`. */
  address?: string;
  /** Default: not encrypted, unless there is an API key. */
  tls?: TLSConfigOption;
  /**
   * Of gRPC's channel arguments those of keepalive are used: `grpc.keepalive_time_ms` (default 30 seconds) and
   * `grpc.keepalive_timeout_ms` (default 15 seconds); `undefined` for the first turns pings off.
   */
  channelArgs?: Record<string, string | number | undefined>;
  /** Around every call; default: retries. An empty list makes every call once. */
  interceptors?: ConnectionInterceptor[];
  /** Headers of every call; see also `Connection.withMetadata`. */
  metadata?: Metadata;
  /** Sent as `Authorization: Bearer …`; a function is asked before each call. */
  apiKey?: ApiKey;
  /** How long `Connection.connect` waits for the server; default 10 seconds. */
  connectTimeout?: Duration;
  plugins?: ConnectionPlugin[];
  /** From which sizes on the workers of this connection warn of payloads. */
  payloadLimits?: PayloadLimitsConfig;
}

/** In bytes, of a field of payloads that a worker sends; 0 warns of nothing. */
export interface PayloadLimitsConfig {
  /** Of arguments, results and their like; 512 KiB unless given. */
  payloadsWarnSize?: number;
  /** Of memos; 2 KiB unless given. */
  memoWarnSize?: number;
}

/** A connection's options with defaults filled in; secrets are left out. */
export type ConnectionOptionsWithDefaults = Required<Omit<ConnectionOptions, "tls" | "connectTimeout" | "apiKey">> & {
  connectTimeoutMs: number;
};

/** Changes the options of a connection before it is made; also given to clients of the connection. */
export interface ConnectionPlugin {
  get name(): string;
  configureConnection?(options: ConnectionOptions): ConnectionOptions;
}
