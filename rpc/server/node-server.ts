import type { GrpcServer, GrpcServerOptions } from "./server-options.ts";

export function startNodeServer(_options: GrpcServerOptions): Promise<GrpcServer> {
  throw new Error("not yet");
}
