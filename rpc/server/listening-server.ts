import type { AddressInfo, Server, Socket } from "node:net";
import { silentLog } from "../../base/index.ts";
import { DeadlineWheel } from "../grpc/deadline-wheel.ts";
import type { CallHost } from "./call.ts";
import type { ConnectionLifecycle } from "./connection-lifecycle.ts";
import { RouteTable } from "./route-table.ts";
import { serverLimits, type GrpcServer, type GrpcServerMetrics, type GrpcServerOptions } from "./server-options.ts";

/** A connection as the server keeps it, on our own HTTP/2 or on Node's. */
export interface ManagedConnection {
  readonly lifecycle: ConnectionLifecycle;
  readonly bytesRead: number;
  readonly bytesWritten: number;
}

/**
 * The part of a gRPC server that does not care whose HTTP/2 it speaks: the listener, the set of connections, the close.
 *
 * 1. After `close` has been called no connection stays open beyond `drainMs`, and none is taken.
 * 2. `close` resolves when the last socket is gone.
 */
export class ListeningServer implements GrpcServer {
  readonly calls: CallHost;
  readonly #options: GrpcServerOptions;
  readonly #listener: Server;
  readonly #connections = new Set<ManagedConnection>();
  /** Accepted sockets, those included that never finish their handshake. */
  readonly #sockets = new Set<Socket>();
  #address: AddressInfo | undefined;
  #connectionsTotal = 0;
  #bytesReadBefore = 0;
  #bytesWrittenBefore = 0;
  #closing: Promise<void> | undefined;
  #onAllClosed: (() => void) | undefined;

  constructor(options: GrpcServerOptions, listener: Server) {
    this.#options = options;
    this.#listener = listener;
    this.calls = {
      clock: options.clock,
      log: options.log ?? silentLog,
      wheel: new DeadlineWheel(options.clock, options.timers),
      routes: new RouteTable(options),
      messageBytesMax: serverLimits(options).messageBytesMax,
      counters: { callsOpen: 0, callsTotal: 0, callsFailed: 0, callsCancelled: 0 },
    };
    listener.on("connection", (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once("close", () => this.#sockets.delete(socket));
    });
    listener.on("tlsClientError", (error: Error) => {
      this.calls.log.debug("a TLS handshake failed", { reason: error.message });
    });
  }

  get port(): number {
    return this.#address!.port;
  }

  get address(): string {
    const { address, port, family } = this.#address!;
    return family === "IPv6" ? `[${address}]:${port}` : `${address}:${port}`;
  }

  listen(): Promise<GrpcServer> {
    const listener = this.#listener;
    return new Promise((resolve, reject) => {
      listener.once("error", reject);
      listener.listen({ host: this.#options.host, port: this.#options.port, backlog: 4_096 }, () => {
        this.#address = listener.address() as AddressInfo;
        listener.off("error", reject);
        listener.on("error", (error) => this.calls.log.error("the listener failed", { error }));
        resolve(this);
      });
    });
  }

  connectionOpened(connection: ManagedConnection): void {
    this.#connectionsTotal++;
    this.#connections.add(connection);
    if (this.#closing !== undefined) connection.lifecycle.cut();
  }

  connectionClosed(connection: ManagedConnection): void {
    if (!this.#connections.delete(connection)) return;
    this.#bytesReadBefore += connection.bytesRead;
    this.#bytesWrittenBefore += connection.bytesWritten;
    if (this.#connections.size === 0) this.#onAllClosed?.();
  }

  close({ drainMs = 0 }: { drainMs?: number } = {}): Promise<void> {
    this.#closing ??= this.#close(drainMs);
    return this.#closing;
  }

  metrics(): GrpcServerMetrics {
    let bytesRead = this.#bytesReadBefore;
    let bytesWritten = this.#bytesWrittenBefore;
    for (const connection of this.#connections) {
      bytesRead += connection.bytesRead;
      bytesWritten += connection.bytesWritten;
    }
    return {
      ...this.calls.counters,
      connectionsOpen: this.#connections.size,
      connectionsTotal: this.#connectionsTotal,
      bytesRead,
      bytesWritten,
    };
  }

  async #close(drainMs: number): Promise<void> {
    const stopped = new Promise<void>((resolve) => this.#listener.close(() => resolve()));
    for (const { lifecycle } of this.#connections) {
      if (drainMs > 0) lifecycle.drain(drainMs);
      else lifecycle.cut();
    }
    if (this.#connections.size > 0) await new Promise<void>((resolve) => (this.#onAllClosed = resolve));
    for (const socket of this.#sockets) socket.destroy();
    await stopped;
    this.calls.wheel.stop();
  }
}
