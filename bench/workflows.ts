/**
 * One-activity workflows against a server in a process of its own, on a store with fsync; this process is the client and
 * the worker, and sends what the official ones send. `npm run bench -- workflows [--store thread|inline|memory|postgres] [--gzip]
 * [--polled] [--count N] [--runs N] [--inflight N] [--profile FOLDER]`
 *
 * The activity comes back with the workflow task's answer, as it does to an official worker; with `--polled` it goes
 * through its queue. Figures are the medians of the runs. With PostgreSQL, which runs beside on the same cores in a cluster of its own
 * with its usual settings, its CPU and its own statistics come besides.
 */
import { parseArgs } from "node:util";
import {
  GetWorkflowExecutionHistoryRequest,
  GetWorkflowExecutionHistoryResponse,
  History,
} from "../api/gen/messages.js";
import { BenchWorker, LoadClient } from "./harness/bench-worker.ts";
import { inParallel } from "./harness/in-parallel.ts";
import { median, quantile, record, round } from "./harness/record.ts";
import { completeWorkflow, NAMESPACE, scheduleActivity, startRequest } from "./harness/requests.ts";
import { BenchPostgres } from "./harness/postgres.ts";
import { startServerProcess } from "./harness/server-process.ts";
import type { StoreName } from "./harness/server-process.ts";

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "8000" },
    runs: { type: "string", default: "5" },
    inflight: { type: "string", default: "400" },
    store: { type: "string", default: "thread" },
    gzip: { type: "boolean", default: false },
    polled: { type: "boolean", default: false },
    profile: { type: "string" },
  },
});
const { gzip, polled } = values;
const [count, runs, inFlight] = [Number(values.count), Number(values.runs), Number(values.inflight)];
const QUEUE = "bench";
const EVENTS_OF_ONE = 11;

await using postgres = values.store === "postgres" ? await BenchPostgres.start() : undefined;
await using server = await startServerProcess({
  store: values.store as StoreName,
  profileFolder: values.profile,
  ...(postgres === undefined ? {} : { url: postgres.url }),
});
const client = new LoadClient(server.port, { gzip });
const waiting = new Map<string, () => void>();
const worker = new BenchWorker({
  port: server.port,
  queue: QUEUE,
  gzip,
  workflowPollers: 64,
  activityPollers: polled ? 64 : 5,
  decide: (task) => ({
    commands: [
      task.previousStartedEventId === 0 ? scheduleActivity(QUEUE, polled ? "polled" : "eager") : completeWorkflow(),
    ],
  }),
  onAnswered: (task) => {
    if (task.previousStartedEventId !== 0) waiting.get(task.workflowExecution?.workflowId ?? "")?.();
  },
});

let started = 0;
const workflowIdOf = (number: number): string => `bench-${number}`;

async function runOne(): Promise<number> {
  const workflowId = workflowIdOf(started++);
  const begun = performance.now();
  const done = new Promise<void>((resolve) => waiting.set(workflowId, resolve));
  await client.call("StartWorkflowExecution", startRequest(workflowId, QUEUE));
  await done;
  waiting.delete(workflowId);
  return performance.now() - begun;
}

interface Run {
  readonly postgresMs: number;
  readonly cpuMs: number;
  readonly loadMs: number;
  readonly perSecond: number;
  readonly latencies: number[];
}

async function measure(options: { count: number; inFlight: number }): Promise<Run> {
  const cpu = server.cpuMs();
  const postgresCpu = postgres?.cpuMs() ?? 0;
  const own = process.cpuUsage();
  const begun = performance.now();
  const latencies = await inParallel(options, runOne);
  const seconds = (performance.now() - begun) / 1000;
  const { user, system } = process.cpuUsage(own);
  const { count } = options;
  return {
    cpuMs: (server.cpuMs() - cpu) / count,
    postgresMs: ((postgres?.cpuMs() ?? 0) - postgresCpu) / count,
    loadMs: (user + system) / 1000 / count,
    perSecond: count / seconds,
    latencies,
  };
}

/** Every event of a workflow that ran. */
async function checkHistory(number: number): Promise<void> {
  const execution = { workflowId: workflowIdOf(number), runId: "" };
  const request = GetWorkflowExecutionHistoryRequest.encode({ namespace: NAMESPACE, execution });
  const reply = GetWorkflowExecutionHistoryResponse.decode(await client.call("GetWorkflowExecutionHistory", request));
  const events = History.decode(reply.history ?? new Uint8Array(0)).events.length;
  if (events !== EVENTS_OF_ONE) throw new Error(`${execution.workflowId} has ${events} events`);
}

await measure({ count: 8_000, inFlight });
const before = await postgres?.counts();
const done: Run[] = [];
for (let i = 0; i < runs; i++) done.push(await measure({ count, inFlight }));
const after = await postgres?.counts();
const single: Run[] = [];
for (let i = 0; i < Math.min(3, runs); i++) single.push(await measure({ count: 500, inFlight: 1 }));
for (let number = 0; number < started; number += 500) await checkHistory(number);

const cpuMs = median(done.map((run) => run.cpuMs));
record(
  "workflows",
  `one-activity workflow, ${polled ? "polled" : "eager"} activity${gzip ? ", gzip" : ""}, ${values.store}`,
  {
    "server CPU, ms each (target 0.28)": round(cpuMs),
    "workflows/s per core (target 3500)": Math.round(1000 / cpuMs),
    "server CPU of the runs, ms each": done.map((run) => run.cpuMs.toFixed(3)).join(" "),
    "workflows/s here": Math.round(median(done.map((run) => run.perSecond))),
    "client and worker CPU, ms each": round(median(done.map((run) => run.loadMs))),
    ...postgresFigures(),
    "in flight": inFlight,
    "one at a time: p50 ms (target 1.5)": round(median(single.map((run) => quantile(run.latencies, 0.5))), 2),
    "one at a time: server CPU, ms each": round(median(single.map((run) => run.cpuMs))),
    "resident, MiB": Math.round(server.residentMiB()),
  },
);
worker.stop();
client.close();

/** Per workflow; commits are shared by all that are in flight. */
function postgresFigures(): Record<string, number | string> {
  if (before === undefined || after === undefined) return {};
  const each = (name: keyof typeof after): number => round((after[name] - before[name]) / (count * runs), 2);
  return {
    "PostgreSQL's CPU, ms each (target 0.20)": round(median(done.map((run) => run.postgresMs))),
    "PostgreSQL's CPU of the runs, ms each": done.map((run) => run.postgresMs.toFixed(3)).join(" "),
    "rows written, each (target 10)": each("rows"),
    "of them updates in place (HOT)": each("hotUpdates"),
    "commits, each": each("commits"),
    "WAL, bytes each": each("walBytes"),
  };
}
