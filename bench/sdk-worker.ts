/**
 * One-activity workflows behind our worker, in the sandbox and inline, and behind the official TypeScript worker: each in a
 * process of its own, against one server of ours, started by our client in this process.
 * `npm run bench -- sdk-worker [--count N] [--runs N] [--inflight N] [--tasks N] [--only NAME] [--profile FOLDER]`
 *
 * CPU is that of all threads of the worker's process. Rounds alternate, so that what else the machine does meets all alike.
 */
import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { parseArgs } from "node:util";
import { Client } from "../sdk/client/index.ts";
import { Connection } from "../sdk/connection/index.ts";
import { inParallel } from "./harness/in-parallel.ts";
import { median, record, round } from "./harness/record.ts";
import { cpuMsOf, residentMiBOf, startServerProcess } from "./harness/server-process.ts";
import { OFFICIAL_QUEUE } from "./official/queue.ts";
import { SDK_QUEUE } from "./sdk/queue.ts";

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "2000" },
    runs: { type: "string", default: "3" },
    inflight: { type: "string", default: "400" },
    /** How many tasks a worker takes at once; 0 for its defaults, which keep all but a few dozen workflows waiting. */
    tasks: { type: "string", default: "400" },
    /** Where V8 writes CPU profiles of our workers. */
    profile: { type: "string" },
    only: { type: "string" },
  },
});
const [count, inFlight] = [Number(values.count), Number(values.inflight)];

interface Candidate {
  readonly name: string;
  readonly taskQueue: string;
  readonly process: ChildProcess;
  readonly cpuMs: number[];
  readonly perSecond: number[];
  readonly single: number[];
}

async function start(name: string, script: string, host: string | undefined): Promise<Candidate> {
  const profile = values.profile === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${values.profile}`];
  const args = [`127.0.0.1:${server.port}`, ...(host === undefined ? [] : [host]), values.tasks];
  const child = fork(path.join(import.meta.dirname, script), args, { execArgv: host === undefined ? [] : profile });
  await once(child, "message");
  const taskQueue = host === undefined ? OFFICIAL_QUEUE : `${SDK_QUEUE}-${host}`;
  return { name, taskQueue, process: child, cpuMs: [], perSecond: [], single: [] };
}

let number = 0;
async function runOne({ taskQueue }: Candidate): Promise<number> {
  const begun = performance.now();
  const workflowId = `sdk-${process.pid}-${number++}`;
  await client.workflow.execute("greeting", { workflowId, taskQueue, args: ["x".repeat(198)] });
  return performance.now() - begun;
}

/** Workflows one at a time, per round. */
const SINGLES = 100;

async function measure(candidate: Candidate): Promise<void> {
  const pid = candidate.process.pid as number;
  const cpu = cpuMsOf(pid);
  const begun = performance.now();
  await inParallel({ count, inFlight }, () => runOne(candidate));
  candidate.cpuMs.push((cpuMsOf(pid) - cpu) / count);
  candidate.perSecond.push((count * 1000) / (performance.now() - begun));
  candidate.single.push(median(await inParallel({ count: SINGLES, inFlight: 1 }, () => runOne(candidate))));
}

const server = await startServerProcess({ store: "thread" });
const connection = await Connection.connect({ address: `127.0.0.1:${server.port}` });
const client = new Client({ connection });
const wanted: [string, string, string | undefined][] = [
  ["ours, sandbox", "sdk/worker.ts", "sandbox"],
  ["ours, inline", "sdk/worker.ts", "inline"],
  ["official", "official/worker.ts", undefined],
];
const candidates: Candidate[] = [];
for (const [name, script, host] of wanted)
  if (values.only === undefined || name.includes(values.only)) candidates.push(await start(name, script, host));
for (const candidate of candidates) await inParallel({ count, inFlight }, () => runOne(candidate));
for (let i = 0; i < Number(values.runs); i++) for (const candidate of candidates) await measure(candidate);

for (const { name, cpuMs, perSecond, single, process: child } of candidates) {
  record("sdk-worker", name, {
    "worker CPU, ms each (target 0.4)": round(median(cpuMs)),
    "CPU of the runs": cpuMs.map((value) => value.toFixed(2)).join(" "),
    "workflows/s here (target 2000)": round(median(perSecond), 0),
    "one at a time: p50 ms (target 1.5)": round(median(single), 2),
    "in flight": inFlight,
    "tasks at once": values.tasks,
    "resident, MiB": round(residentMiBOf(child.pid as number), 0),
  });
}
for (const { process: child } of candidates) {
  const exit = once(child, "exit");
  child.disconnect();
  await exit;
}
await connection.close();
await server.stop();
