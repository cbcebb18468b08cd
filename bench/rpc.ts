/**
 * The transport alone: `npm run bench -- rpc [own|node|grpc-js …] [--seconds N] [--calls-only|--parked-only]`.
 *
 * The server runs in a process of its own and is called by our client from this one, with what an SDK sends: a request
 * of 367 bytes, eight headers, a deadline. The figure that counts is the server's CPU per call; calls per second depend
 * on what else the machine does.
 */
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { seededRandom } from "../base/index.ts";
import { connectGrpc, type GrpcClient } from "../rpc/index.ts";
import { quantile, record, round } from "./harness/record.ts";
import type { ServerKind, ServerReport } from "./harness/rpc-server.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: "string", default: "3" },
    "calls-only": { type: "boolean", default: false },
    "parked-only": { type: "boolean", default: false },
  },
});
const kinds = (positionals.length > 0 ? positionals : ["own", "node", "grpc-js"]) as ServerKind[];
/** Half names, half payload: compresses to about 260 bytes. */
const random = seededRandom(1);
const request = Buffer.from(
  `default order-${random.uuid()} OrderWorkflow orders 12345@worker ${random.uuid()} `.padEnd(
    167,
    "json/plain encoding ",
  ) + Array.from({ length: 200 }, () => String.fromCharCode(48 + Math.floor(random.next() * 75))).join(""),
);
const metadata = {
  "client-name": "temporal-typescript",
  "client-version": "1.24.0",
  "temporal-namespace": "default",
  "supported-server-versions": ">=1.0.0 <2.0.0",
  "x-request-source": "bench",
};
let nextPort = 17_020;

for (const kind of kinds) {
  if (!values["parked-only"]) {
    for (const [streams, gzip] of [
      [1, false],
      [10, false],
      [100, false],
      [1_000, false],
      [100, true],
    ] as const) {
      await withServer(kind, (server) => benchCalls(kind, server, { streams, gzip }));
    }
  }
  if (!values["calls-only"]) {
    for (const count of [10_000, 50_000]) await withServer(kind, (server) => benchParked(kind, server, count));
  }
}

interface BenchServer {
  readonly port: number;
  ask(what: "report" | "collect" | "wake"): Promise<ServerReport>;
}

async function withServer(kind: ServerKind, run: (server: BenchServer) => Promise<void>): Promise<void> {
  const path = fileURLToPath(new URL("./harness/rpc-server.ts", import.meta.url));
  const child: ChildProcess = fork(path, [kind, String(nextPort++)], { execArgv: ["--expose-gc"] });
  const [first] = (await once(child, "message")) as [ServerReport];
  try {
    await run({
      port: first.port,
      async ask(what) {
        const answer = once(child, "message");
        child.send(what);
        return ((await answer) as [ServerReport])[0];
      },
    });
  } finally {
    child.disconnect();
    await once(child, "exit");
  }
}

async function benchCalls(
  kind: ServerKind,
  server: BenchServer,
  load: { streams: number; gzip: boolean },
): Promise<void> {
  const client = connectGrpc({ host: "127.0.0.1", port: server.port });
  await drive(client, { ...load, seconds: 1 });
  const before = await server.ask("report");
  const ownBefore = process.cpuUsage();
  const { calls, latencies, seconds } = await drive(client, { ...load, seconds: Number(values.seconds) });
  const own = process.cpuUsage(ownBefore);
  const after = await server.ask("report");
  client.close();
  record("rpc", `${kind}, ${load.streams} streams${load.gzip ? ", gzip" : ""}`, {
    "server CPU, µs per call": round((after.cpuMicros - before.cpuMicros) / calls, 1),
    "client CPU, µs per call": round((own.user + own.system) / calls, 1),
    "calls/s": Math.round(calls / seconds),
    "p50 ms": round(quantile(latencies, 0.5), 2),
    "p99 ms": round(quantile(latencies, 0.99), 2),
  });
}

async function drive(
  client: GrpcClient,
  load: { streams: number; seconds: number; gzip: boolean },
): Promise<{ calls: number; latencies: number[]; seconds: number }> {
  const latencies: number[] = [];
  const start = performance.now();
  const end = start + load.seconds * 1_000;
  let calls = 0;
  const lane = async (): Promise<void> => {
    for (let now = performance.now(); now < end;) {
      await client.unary("/bench.Bench/Call", request, { metadata, timeoutMs: 10_000, gzip: load.gzip });
      const done = performance.now();
      if (calls++ % 16 === 0) latencies.push(done - now);
      now = done;
    }
  };
  await Promise.all(Array.from({ length: load.streams }, lane));
  return { calls, latencies, seconds: (performance.now() - start) / 1_000 };
}

async function benchParked(kind: ServerKind, server: BenchServer, count: number): Promise<void> {
  const streamsPerConnection = 100;
  const clients = Array.from({ length: count / streamsPerConnection }, () =>
    connectGrpc({ host: "127.0.0.1", port: server.port }),
  );
  await Promise.all(clients.map((client) => client.unary("/bench.Bench/Call", request, { metadata })));
  const before = await server.ask("collect");
  const polls = clients.flatMap((client) =>
    Array.from({ length: streamsPerConnection }, (_, index) =>
      client.unary("/bench.Bench/Park", request, { metadata, timeoutMs: 600_000 + index }),
    ),
  );
  let parked = await server.ask("collect");
  while (parked.parked < count) parked = await server.ask("collect");
  const perPoll = (after: number, start: number): number => Math.round((after - start) / count);
  await server.ask("wake");
  await Promise.all(polls);
  const woken = await server.ask("report");
  for (const client of clients) client.close();
  record("rpc", `${kind}, ${count.toLocaleString("en")} parked polls`, {
    "resident bytes each": perPoll(parked.residentBytes, before.residentBytes),
    "used bytes each": perPoll(parked.usedBytes, before.usedBytes),
    "server CPU to wake one, µs": round((woken.cpuMicros - parked.cpuMicros) / count, 1),
  });
}
