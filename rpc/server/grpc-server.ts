import { startNodeServer } from "./node-server.ts";
import { startOwnServer } from "./own-server.ts";
import type { GrpcServer, GrpcServerOptions } from "./server-options.ts";

/** Starts to serve. Rejects with the system's error (EADDRINUSE and the like) when it cannot listen. */
export function startGrpcServer(options: GrpcServerOptions): Promise<GrpcServer> {
  return options.implementation === "node" ? startNodeServer(options) : startOwnServer(options);
}
