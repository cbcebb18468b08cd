import { createServer, type Socket } from "node:net";
import { createServer as createTlsServer, type TLSSocket } from "node:tls";
import { FlushQueue } from "../http2/flush-queue.ts";
import { ListeningServer } from "./listening-server.ts";
import { ServerConnection } from "./server-connection.ts";
import { serverLimits, type GrpcServer, type GrpcServerOptions } from "./server-options.ts";

/** The gRPC server on our own HTTP/2. */
export function startOwnServer(options: GrpcServerOptions): Promise<GrpcServer> {
  const limits = serverLimits(options);
  const flushQueue = new FlushQueue(options.timers);
  const accept = (socket: Socket): void => {
    const connection = new ServerConnection({
      socket,
      server: options,
      limits,
      calls: server.calls,
      flushQueue,
      onClosed: (closed) => server.connectionClosed(closed),
    });
    server.connectionOpened(connection);
  };
  const listener =
    options.tls === undefined
      ? createServer(accept)
      : createTlsServer(
          { ...options.tls, ALPNProtocols: ["h2"], handshakeTimeout: limits.handshakeMs },
          (socket: TLSSocket) => {
            // A client without ALPN may still speak HTTP/2 by prior knowledge; the preface will tell.
            if (socket.alpnProtocol === false || socket.alpnProtocol === "h2") accept(socket);
            else socket.destroy();
          },
        );
  const server = new ListeningServer(options, listener);
  return server.listen();
}
