/** The server half of bench/rpc.ts, in a process of its own: answers 42 bytes, or parks until told to answer. */
import { Server, ServerCredentials } from "@grpc/grpc-js";
import { systemClock, systemTimers } from "../../base/index.ts";
import { startGrpcServer } from "../../rpc/index.ts";
import type { UnaryHandler } from "../../rpc/index.ts";

export type ServerKind = "own" | "node" | "grpc-js";
export interface ServerReport {
  readonly port: number;
  readonly cpuMicros: number;
  readonly residentBytes: number;
  /** On and off the V8 heap, after a collection if one was asked for. */
  readonly usedBytes: number;
  readonly parked: number;
}

const reply = Buffer.alloc(42, 1);
const parked: Array<(message: Buffer) => void> = [];
const park = (): Promise<Buffer> => new Promise((resolve) => parked.push(resolve));
// Behind a promise, as real handlers are: their replies wait for a commit.
const call: UnaryHandler = async () => reply;
const handlers = new Map<string, UnaryHandler>([
  ["/bench.Bench/Call", call],
  ["/bench.Bench/Park", park],
]);

const port = await start(process.argv[2] as ServerKind, Number(process.argv[3]));
report();
process.on("message", (message) => {
  if (message === "collect") {
    (globalThis as { gc?: () => void }).gc?.();
    (globalThis as { gc?: () => void }).gc?.();
  }
  if (message === "wake") for (const wake of parked.splice(0)) wake(reply);
  report();
});
process.on("disconnect", () => process.exit());

function report(): void {
  const { user, system } = process.cpuUsage();
  const { heapUsed, external } = process.memoryUsage();
  const answer: ServerReport = {
    port,
    cpuMicros: user + system,
    residentBytes: process.memoryUsage.rss(),
    usedBytes: heapUsed + external,
    parked: parked.length,
  };
  process.send!(answer);
}

async function start(kind: ServerKind, wantedPort: number): Promise<number> {
  if (kind === "grpc-js") return startGrpcJs(wantedPort);
  const server = await startGrpcServer({
    host: "127.0.0.1",
    port: wantedPort,
    implementation: kind,
    clock: systemClock,
    timers: systemTimers,
    routes: (path) => handlers.get(path),
  });
  return server.port;
}

function startGrpcJs(wantedPort: number): Promise<number> {
  const server = new Server();
  const identity = (bytes: Buffer): Buffer => bytes;
  const definition = (name: string) => ({
    path: `/bench.Bench/${name}`,
    requestStream: false,
    responseStream: false,
    requestSerialize: identity,
    requestDeserialize: identity,
    responseSerialize: identity,
    responseDeserialize: identity,
  });
  server.addService(
    { call: definition("Call"), park: definition("Park") },
    {
      call: (_: unknown, answer: (error: null, message: Buffer) => void) =>
        void Promise.resolve().then(() => answer(null, reply)),
      park: (_: unknown, answer: (error: null, message: Buffer) => void) =>
        void park().then((message) => answer(null, message)),
    },
  );
  return new Promise((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${wantedPort}`, ServerCredentials.createInsecure(), (error, bound) => {
      if (error) reject(error);
      else resolve(bound);
    });
  });
}
