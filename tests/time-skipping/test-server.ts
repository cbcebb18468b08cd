/** A test server as SDKs start one: `test-server PORT`. They give it five seconds: the compiled form is kept. */
import { enableCompileCache } from "node:module";

enableCompileCache();
const { startTestServer } = await import("../../server/index.ts");
const server = await startTestServer({ port: Number(process.argv[2]) });
process.on("SIGTERM", () => void server.close().then(() => process.exit(0)));
process.on("SIGINT", () => void server.close().then(() => process.exit(0)));
