/** The server half of a bench, in a process of its own: tells its port, and its memory when asked. Arguments: FOLDER|memory|postgres://…, thread|inline, dynamic config as JSON. */
import { limitHeapGrowth } from "../../server/command/heap.ts";
import { startServer } from "../../server/index.ts";
import type { ConfigSources, DataOption } from "../../server/index.ts";

type PlainValues = ConfigSources["values"];

export interface MemoryReport {
  readonly residentBytes: number;
  /** On and off the V8 heap. */
  readonly usedBytes: number;
  /** What V8 has taken for its heap, used or not. */
  readonly heapBytes: number;
}
export type ServeMessage =
  | { readonly kind: "serving"; readonly port: number }
  | ({ readonly kind: "memory" } & MemoryReport);

const [folder = "memory", mode = "thread", config = "{}"] = process.argv.slice(2);
const data = dataOf();
const log = { debug() {}, info() {}, warn: console.error, error: console.error };
const server = await startServer({ port: 0, data, log, dynamicConfig: { values: JSON.parse(config) as PlainValues } });

// As the program does.
limitHeapGrowth();

function dataOf(): DataOption {
  if (folder === "memory") return { kind: "memory" };
  if (folder.startsWith("postgres:")) return { kind: "postgres", url: folder };
  return { kind: "sqlite", folder, mode: mode === "inline" ? "inline" : "thread" };
}

const send = (message: ServeMessage): void => void process.send?.(message);
process.on("message", (ask: "memory" | "collect") => {
  if (ask === "collect") for (let i = 0; i < 3; i++) (globalThis as { gc?: () => void }).gc?.();
  const { rss, heapUsed, heapTotal, external } = process.memoryUsage();
  send({ kind: "memory", residentBytes: rss, usedBytes: heapUsed + external, heapBytes: heapTotal });
});
process.on("disconnect", () => process.exit(1));
for (const signal of ["SIGTERM", "SIGINT"])
  process.on(signal, () => {
    process.removeAllListeners("disconnect");
    void server.close().then(() => process.exit(0));
  });
send({ kind: "serving", port: server.port });
