import { createSecureServer, createServer, type ServerHttp2Session } from "node:http2";
import { ListeningServer } from "./listening-server.ts";
import { NodeConnection } from "./node-connection.ts";
import { serverLimits, type GrpcServer, type GrpcServerOptions } from "./server-options.ts";

/** Node counts in megabytes and closes the session beyond; unfinished requests come on top. */
const sessionMemoryMegabytes = 256;

/** The gRPC server on node:http2. */
export function startNodeServer(options: GrpcServerOptions): Promise<GrpcServer> {
  const limits = serverLimits(options);
  const settings = {
    maxConcurrentStreams: limits.concurrentStreamsMax,
    maxHeaderListSize: limits.headerListBytesMax,
  };
  const common = { settings, maxSessionMemory: sessionMemoryMegabytes };
  const listener =
    options.tls === undefined
      ? createServer(common)
      : createSecureServer({ ...options.tls, ...common, handshakeTimeout: limits.handshakeMs });
  const server = new ListeningServer(options, listener);
  listener.on("session", (session: ServerHttp2Session) => {
    const connection = new NodeConnection({
      session,
      server: options,
      limits,
      calls: server.calls,
      onClosed: (closed) => server.connectionClosed(closed),
    });
    server.connectionOpened(connection);
  });
  return server.listen();
}
