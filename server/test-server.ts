import { startServer } from "./server.ts";
import type { PerdureServer, ServerOptions } from "./server.ts";

/** A server for tests: in memory, with a clock that clients may tell to skip idle time. Speaks the TestService. */
export function startTestServer(
  options: Pick<ServerOptions, "port" | "host" | "namespaces" | "log"> = {},
): Promise<PerdureServer> {
  return startServer({ ...options, data: { kind: "memory" }, timeSkipping: true });
}
