export type { ConfigSources } from "./dynamic-config/index.ts";
export { startEngine, startServer } from "./server.ts";
export type { DataOption, Engine, PerdureServer, ServerOptions } from "./server.ts";
export { startTestServer } from "./test-server.ts";
