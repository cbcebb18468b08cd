/** A server process for benches: prints its port, serves until it is killed. `node bench/serve.ts [FOLDER|memory] [thread|inline]` */
import { parseArgs } from "node:util";
import { startServer } from "../server/index.ts";

const { positionals } = parseArgs({ allowPositionals: true });
const [folder = "memory", mode = "thread"] = positionals;
const data = folder === "memory" ? ({ kind: "memory" } as const) : ({ kind: "sqlite", folder, mode: mode as "thread" | "inline" } as const);
const log = { debug() {}, info() {}, warn: console.error, error: console.error };
const server = await startServer({ port: 0, data, log });
process.stdout.write(`${server.port}\n`);
for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => void server.close().then(() => process.exit(0)));
