/**
 * One-activity workflows behind the official TypeScript worker in a process of its own, started by the official client in
 * this one: our server beside a real Temporal server, one after the other, in one run.
 * `npm run bench -- official-worker [--peer PROGRAM] [--count N] [--runs N] [--inflight N]`
 *
 * PROGRAM is `temporal-peer`, whose build `npm run test:peers` makes; without it only ours is measured. CPU is that of
 * all threads of the server. Rounds alternate, so that what else the machine does meets all alike.
 */
import { Client, Connection } from "@temporalio/client";
import { fork, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { inParallel } from "./harness/in-parallel.ts";
import { median, record, round } from "./harness/record.ts";
import { cpuMsOf, newFolder, residentMiBOf, startServerProcess } from "./harness/server-process.ts";
import { OFFICIAL_QUEUE } from "./official/queue.ts";

const { values } = parseArgs({
  options: {
    peer: { type: "string" },
    count: { type: "string", default: "1500" },
    runs: { type: "string", default: "3" },
    inflight: { type: "string", default: "100" },
    port: { type: "string", default: "18020" },
  },
});
const [count, inFlight] = [Number(values.count), Number(values.inflight)];

interface Candidate {
  readonly name: string;
  readonly address: string;
  readonly pid: number;
  stop(): Promise<void>;
}

async function ours(store: "thread" | "memory", name: string): Promise<Candidate> {
  const server = await startServerProcess({ store });
  return { name, address: `127.0.0.1:${server.port}`, pid: server.pid, stop: () => server.stop() };
}

async function peer(program: string, port: number, file?: string): Promise<Candidate> {
  const env = { ...process.env, TEMPORAL_VERSION_CHECK_DISABLED: "1" };
  const where = file === undefined ? [] : ["-file", file];
  const child = spawn(program, ["-port", String(port), "-log", "error", ...where], { env, stdio: "ignore" });
  const address = `127.0.0.1:${port}`;
  const stop = async (): Promise<void> => {
    const exit = once(child, "exit");
    child.kill("SIGINT");
    await exit;
  };
  const name = file === undefined ? "Temporal, SQLite in memory" : "Temporal, SQLite file";
  return { name, address, pid: child.pid as number, stop };
}

interface Bench {
  readonly candidate: Candidate;
  readonly client: Client;
  readonly worker: ChildProcess;
  readonly cpuMs: number[];
  readonly perSecond: number[];
  readonly single: number[];
}

async function prepare(candidate: Candidate): Promise<Bench> {
  const connection = await Connection.connect({ address: candidate.address, connectTimeout: "20s" });
  const client = new Client({ connection });
  for (let tries = 0; ; tries++) {
    try {
      await client.workflowService.describeNamespace({ namespace: "default" });
      break;
    } catch (error) {
      if (tries > 200) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  const worker = fork(path.join(import.meta.dirname, "official/worker.ts"), [candidate.address], { execArgv: [] });
  await once(worker, "message");
  return { candidate, client, worker, cpuMs: [], perSecond: [], single: [] };
}

/** Workflows one at a time, per round. */
const SINGLES = 40;

let number = 0;
async function runOne(client: Client): Promise<number> {
  const begun = performance.now();
  const workflowId = `official-${process.pid}-${number++}`;
  await client.workflow.execute("greeting", { workflowId, taskQueue: OFFICIAL_QUEUE, args: ["x".repeat(198)] });
  return performance.now() - begun;
}

async function measure(bench: Bench): Promise<void> {
  const { client, candidate } = bench;
  const cpu = cpuMsOf(candidate.pid);
  const begun = performance.now();
  await inParallel({ count, inFlight }, () => runOne(client));
  bench.cpuMs.push((cpuMsOf(candidate.pid) - cpu) / count);
  bench.perSecond.push((count * 1000) / (performance.now() - begun));
  bench.single.push(median(await inParallel({ count: SINGLES, inFlight: 1 }, () => runOne(client))));
}

const folder = newFolder();
const candidates = [await ours("thread", "ours, SQLite"), await ours("memory", "ours, memory")];
if (values.peer !== undefined) {
  candidates.push(await peer(values.peer, Number(values.port), path.join(folder, "peer.db")));
  candidates.push(await peer(values.peer, Number(values.port) + 20));
}
const benches: Bench[] = [];
for (const candidate of candidates) benches.push(await prepare(candidate));
for (const { client } of benches) await inParallel({ count: Math.min(count, 500), inFlight }, () => runOne(client));
for (let i = 0; i < Number(values.runs); i++) for (const bench of benches) await measure(bench);

const cpuOfOurs = median(benches[0]?.cpuMs ?? []);
for (const { candidate, cpuMs, perSecond, single } of benches) {
  record("official-worker", candidate.name, {
    "server CPU, ms each (target 1.2)": round(median(cpuMs)),
    "CPU of the runs": cpuMs.map((value) => value.toFixed(2)).join(" "),
    "CPU by that of ours on SQLite": round(median(cpuMs) / cpuOfOurs, 1),
    "workflows/s here": round(median(perSecond), 0),
    "one at a time: p50 ms": round(median(single), 1),
    "in flight": inFlight,
    "resident, MiB": round(residentMiBOf(candidate.pid), 0),
  });
}
for (const { worker, client, candidate } of benches) {
  worker.disconnect();
  await client.connection.close();
  await candidate.stop();
}
rmSync(folder, { recursive: true, force: true });
process.exit(0);
