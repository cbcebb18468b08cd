import type { PerdureServer, ServerOptions } from "../../server/index.ts";

/** `startServer` of `perdure/server`, which is loaded when it is called: programs that only connect do without. */
export async function startServer(options?: ServerOptions): Promise<PerdureServer> {
  const server = await import("../../server/index.ts");
  return server.startServer(options);
}
