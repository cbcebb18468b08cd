import type { ConnectionOptions as TlsConnectionOptions } from "node:tls";
import { systemClock, systemTimers, type Clock, type Timers } from "../../base/index.ts";
import { DeadlineWheel } from "../grpc/deadline-wheel.ts";
import { GrpcError } from "../grpc/grpc-error.ts";
import type { Metadata } from "../grpc/metadata.ts";
import { statusCodes } from "../grpc/status-code.ts";
import type { OutgoingField } from "../hpack/encoder.ts";
import { FlushQueue } from "../http2/flush-queue.ts";
import type { FieldList } from "../http2/header-writer.ts";
import { ClientCall } from "./client-call.ts";
import { ClientConnection } from "./client-connection.ts";

/** Names in lower case; a name that ends in `-bin` takes bytes. Not to be changed once it was used in a call. */
export type CallMetadata = Readonly<Record<string, string | Uint8Array>>;

export interface GrpcClientOptions {
  host: string;
  port: number;
  tls?: TlsConnectionOptions;
  clock?: Clock;
  timers?: Timers;
  /** Sent with every call; a call's own metadata comes behind it. */
  metadata?: CallMetadata;
  userAgent?: string;
  /** A reply's bytes. */
  messageBytesMax?: number;
  connectTimeoutMs?: number;
  /** Pings a silent connection after this long; without it, never. */
  keepAliveMs?: number;
  keepAliveTimeoutMs?: number;
}

export interface GrpcCallOptions {
  metadata?: CallMetadata;
  /** Travels as `grpc-timeout`, and the call rejects with DEADLINE_EXCEEDED. */
  timeoutMs?: number;
  signal?: AbortSignal;
  gzip?: boolean;
  onTrailers?: (trailers: Metadata) => void;
}

export interface GrpcClient {
  /** Rejects with GrpcError. The reply is a view of the connection's input: copy what you keep. */
  unary(path: string, request: Uint8Array, options?: GrpcCallOptions): Promise<Uint8Array>;
  /** Open calls reject with CANCELLED. */
  close(): void;
}

export type ResolvedClientOptions = GrpcClientOptions &
  Required<
    Pick<
      GrpcClientOptions,
      "clock" | "timers" | "metadata" | "userAgent" | "messageBytesMax" | "connectTimeoutMs" | "keepAliveTimeoutMs"
    >
  >;

/** The client connects with its first call and again whenever it has to. */
export function connectGrpc(options: GrpcClientOptions): GrpcClient {
  return new OwnGrpcClient({
    clock: systemClock,
    timers: systemTimers,
    metadata: {},
    userAgent: "grpc-perdure",
    messageBytesMax: 134_217_728,
    connectTimeoutMs: 20_000,
    keepAliveTimeoutMs: 15_000,
    ...options,
  });
}

const attemptsMax = 4;
const noMetadata: CallMetadata = {};

/**
 * 1. All calls share one connection; a spent one is replaced by the next call.
 * 2. A call is sent again only if the server certainly did not process it: refused, or above the id of a GOAWAY.
 */
class OwnGrpcClient implements GrpcClient {
  readonly #options: ResolvedClientOptions;
  readonly #wheel: DeadlineWheel;
  readonly #flushQueue: FlushQueue;
  readonly #calls = new Set<ClientCall>();
  readonly #connections = new Set<ClientConnection>();
  #fields = new WeakMap<CallMetadata, Map<string, FieldList>>();
  #current: ClientConnection | undefined;
  #isClosed = false;
  readonly #onOver = (call: ClientCall): void => {
    this.#calls.delete(call);
    this.#wheel.remove(call);
  };
  readonly #onUnprocessed = (call: ClientCall): void => {
    if (call.attempts < attemptsMax) this.#dispatch(call);
    else call.cancel(new GrpcError(statusCodes.unavailable, "the server keeps refusing the call"));
  };

  constructor(options: ResolvedClientOptions) {
    this.#options = options;
    this.#wheel = new DeadlineWheel(options.clock, options.timers);
    this.#flushQueue = new FlushQueue(options.timers);
  }

  unary(path: string, request: Uint8Array, options: GrpcCallOptions = {}): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      const { signal, timeoutMs } = options;
      if (this.#isClosed) return reject(new GrpcError(statusCodes.cancelled, "the client is closed"));
      if (signal?.aborted) return reject(abortError(signal));
      const onAbort = signal === undefined ? undefined : (): void => call.cancel(abortError(signal));
      const call = new ClientCall({
        fields: this.#fieldsOf(path, options.metadata ?? noMetadata),
        request,
        isCompressed: options.gzip === true,
        deadline: timeoutMs === undefined ? undefined : this.#options.clock.now() + timeoutMs,
        clock: this.#options.clock,
        messageBytesMax: this.#options.messageBytesMax,
        onTrailers: options.onTrailers,
        onOver:
          onAbort === undefined
            ? this.#onOver
            : (over) => {
                signal!.removeEventListener("abort", onAbort);
                this.#onOver(over);
              },
        onUnprocessed: this.#onUnprocessed,
        resolve,
        reject,
      });
      this.#calls.add(call);
      if (onAbort !== undefined) signal!.addEventListener("abort", onAbort);
      if (call.deadline !== undefined) this.#wheel.add(call);
      this.#dispatch(call);
    });
  }

  close(): void {
    this.#isClosed = true;
    for (const call of this.#calls) call.cancel(new GrpcError(statusCodes.cancelled, "the client is closed"));
    for (const connection of this.#connections) connection.destroy();
    this.#wheel.stop();
  }

  #dispatch(call: ClientCall): void {
    if (call.isOver) return;
    if (this.#current === undefined || this.#current.isSpent) this.#current = this.#connect();
    this.#current.submit(call);
  }

  #connect(): ClientConnection {
    const connection = new ClientConnection({
      options: this.#options,
      flushQueue: this.#flushQueue,
      onDispatch: (call) => this.#dispatch(call),
      onClosed: (closed) => this.#connections.delete(closed),
    });
    this.#connections.add(connection);
    return connection;
  }

  /** The same object for the same path and metadata, so that connections recognise what they have encoded before. */
  #fieldsOf(path: string, metadata: CallMetadata): FieldList {
    let byPath = this.#fields.get(metadata);
    if (byPath === undefined) this.#fields.set(metadata, (byPath = new Map()));
    let list = byPath.get(path);
    if (list === undefined) byPath.set(path, (list = { fields: this.#encodeFields(path, metadata) }));
    return list;
  }

  #encodeFields(path: string, metadata: CallMetadata): OutgoingField[] {
    const { host, port, tls, userAgent } = this.#options;
    const authority = host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
    const fields: Array<[name: string, value: string | Uint8Array]> = [
      [":method", "POST"],
      [":scheme", tls === undefined ? "http" : "https"],
      [":path", path],
      [":authority", authority],
      ["te", "trailers"],
      ["content-type", "application/grpc"],
      ["user-agent", userAgent],
      ["grpc-accept-encoding", "identity,gzip"],
      ...Object.entries(this.#options.metadata),
      ...Object.entries(metadata),
    ];
    return fields.map(([name, value]) => ({
      name: name.toLowerCase(),
      value: typeof value === "string" ? value : Buffer.from(value).toString("base64").replace(/=+$/, ""),
      indexing: "indexed",
    }));
  }
}

function abortError(signal: AbortSignal): GrpcError {
  return new GrpcError(statusCodes.cancelled, "the call was aborted", { cause: signal.reason });
}
