import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TLSSocket } from "node:tls";
import { silentLog } from "../../base/index.ts";
import { DeadlineWheel } from "../grpc/deadline-wheel.ts";
import { FlushQueue } from "../http2/flush-queue.ts";
import type { CallHost } from "./call.ts";
import { RouteTable } from "./route-table.ts";
import { ServerConnection } from "./server-connection.ts";
import { serverLimits, type GrpcServer, type GrpcServerMetrics, type GrpcServerOptions } from "./server-options.ts";

/** The gRPC server on our own HTTP/2. */
export async function startOwnServer(options: GrpcServerOptions): Promise<GrpcServer> {
  const server = new OwnServer(options);
  await server.listen();
  return server;
}

class OwnServer implements GrpcServer {
  readonly #options: GrpcServerOptions;
  readonly #listener: Server;
  readonly #calls: CallHost;
  readonly #connections = new Set<ServerConnection>();
  /** Below TLS, so that those that never finish their handshake can be closed too. */
  readonly #sockets = new Set<Socket>();
  #connectionsTotal = 0;
  #bytesReadBefore = 0;
  #bytesWrittenBefore = 0;
  #closing: Promise<void> | undefined;
  #onAllClosed: (() => void) | undefined;

  constructor(options: GrpcServerOptions) {
    this.#options = options;
    const limits = serverLimits(options);
    this.#calls = {
      clock: options.clock,
      log: options.log ?? silentLog,
      wheel: new DeadlineWheel(options.clock, options.timers),
      routes: new RouteTable(options),
      messageBytesMax: limits.messageBytesMax,
      counters: { callsOpen: 0, callsTotal: 0, callsFailed: 0, callsCancelled: 0 },
    };
    const flushQueue = new FlushQueue(options.timers);
    const accept = (socket: Socket): void => {
      this.#connectionsTotal++;
      const connection = new ServerConnection({
        socket,
        server: options,
        limits,
        calls: this.#calls,
        flushQueue,
        onClosed: (closed) => this.#onConnectionClosed(closed),
      });
      this.#connections.add(connection);
      if (this.#closing !== undefined) connection.drain(0);
    };
    this.#listener = options.tls === undefined ? createServer(accept) : this.#listenTls(accept, limits.handshakeMs);
    this.#listener.on("drop", () => this.#calls.log.warn("a connection was dropped"));
  }

  get port(): number {
    return (this.#listener.address() as AddressInfo).port;
  }

  get address(): string {
    const { address, port, family } = this.#listener.address() as AddressInfo;
    return family === "IPv6" ? `[${address}]:${port}` : `${address}:${port}`;
  }

  listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#listener.once("error", reject);
      this.#listener.listen({ host: this.#options.host, port: this.#options.port, backlog: 4_096 }, () => {
        this.#listener.off("error", reject);
        this.#listener.on("error", (error) => this.#calls.log.error("the listener failed", { error }));
        resolve();
      });
    });
  }

  close({ drainMs = 0 }: { drainMs?: number } = {}): Promise<void> {
    this.#closing ??= this.#close(drainMs);
    return this.#closing;
  }

  metrics(): GrpcServerMetrics {
    let bytesRead = this.#bytesReadBefore;
    let bytesWritten = this.#bytesWrittenBefore;
    for (const { http2 } of this.#connections) {
      bytesRead += http2.bytesRead;
      bytesWritten += http2.bytesWritten;
    }
    return {
      ...this.#calls.counters,
      connectionsOpen: this.#connections.size,
      connectionsTotal: this.#connectionsTotal,
      bytesRead,
      bytesWritten,
    };
  }

  async #close(drainMs: number): Promise<void> {
    const stopped = new Promise<void>((resolve) => this.#listener.close(() => resolve()));
    for (const connection of this.#connections) {
      if (drainMs > 0) connection.drain(drainMs);
      else connection.cut();
    }
    if (this.#connections.size > 0) await new Promise<void>((resolve) => (this.#onAllClosed = resolve));
    for (const socket of this.#sockets) socket.destroy();
    await stopped;
    this.#calls.wheel.stop();
  }

  #onConnectionClosed(connection: ServerConnection): void {
    this.#connections.delete(connection);
    this.#bytesReadBefore += connection.http2.bytesRead;
    this.#bytesWrittenBefore += connection.http2.bytesWritten;
    if (this.#connections.size === 0) this.#onAllClosed?.();
  }

  #listenTls(accept: (socket: Socket) => void, handshakeMs: number): Server {
    const server = createTlsServer({ ...this.#options.tls, ALPNProtocols: ["h2"], handshakeTimeout: handshakeMs });
    server.on("connection", (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once("close", () => this.#sockets.delete(socket));
    });
    server.on("secureConnection", (socket: TLSSocket) => {
      // A client without ALPN may still speak HTTP/2 by prior knowledge; the preface will tell.
      if (socket.alpnProtocol === false || socket.alpnProtocol === "h2") accept(socket);
      else socket.destroy();
    });
    server.on("tlsClientError", (error) => this.#calls.log.debug("a TLS handshake failed", { reason: error.message }));
    return server;
  }
}
