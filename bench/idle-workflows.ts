/**
 * A million open workflows that wait for a timer each: how fast they are started, what they cost in memory and on disk,
 * and how long a restart takes. `npm run bench -- idle-workflows [--count N] [--store thread|inline] [--profile FOLDER]`
 *
 * The first workflow task is completed with one timer of 30 days and 200 bytes of input, so that each run has a history
 * of five events. What is on disk beyond history is the size of the files less the histories as a client reads them.
 */
import { rmSync } from "node:fs";
import { parseArgs } from "node:util";
import { GetWorkflowExecutionHistoryRequest, GetWorkflowExecutionHistoryResponse } from "../api/gen/messages.js";
import { BenchWorker, LoadClient } from "./harness/bench-worker.ts";
import { inParallel } from "./harness/in-parallel.ts";
import { record, round } from "./harness/record.ts";
import { NAMESPACE, startRequest, startTimer } from "./harness/requests.ts";
import { newFolder, startServerProcess } from "./harness/server-process.ts";
import type { StoreName } from "./harness/server-process.ts";

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "1000000" },
    inflight: { type: "string", default: "400" },
    store: { type: "string", default: "thread" },
    profile: { type: "string" },
    settle: { type: "string", default: "15" },
  },
});
const count = Number(values.count);
const store = values.store as StoreName;
const QUEUE = "bench";
const TIMER_SECONDS = 30 * 24 * 3600;
const MIB = 2 ** 20;

const folder = newFolder();
let server = await startServerProcess({ store, folder, profileFolder: values.profile });
const empty = await server.memory("collect");
const emptyDisk = server.diskBytes();
const waiting = new Map<string, () => void>();
const client = new LoadClient(server.port);
const worker = new BenchWorker({
  port: server.port,
  queue: QUEUE,
  workflowPollers: 64,
  activityPollers: 0,
  decide: () => ({ commands: [startTimer(TIMER_SECONDS)] }),
  onAnswered: (task) => waiting.get(task.workflowExecution?.workflowId ?? "")?.(),
});

const cpu = server.cpuMs();
const begun = performance.now();
let peak = 0;
await inParallel({ count, inFlight: Number(values.inflight) }, async (index) => {
  const workflowId = `idle-${index}`;
  const done = new Promise<void>((resolve) => waiting.set(workflowId, resolve));
  await client.call("StartWorkflowExecution", startRequest(workflowId, QUEUE));
  await done;
  waiting.delete(workflowId);
  if (index % 10_000 !== 0) return;
  const resident = server.residentMiB();
  peak = Math.max(peak, resident);
  const seconds = (performance.now() - begun) / 1000;
  if (index % 100_000 === 0)
    console.log(
      `${index} started after ${seconds.toFixed(0)} s, ${Math.round(resident)} MiB resident, ${(server.cpuMs() - cpu) / (index + 1)} ms CPU each`,
    );
});
const seconds = (performance.now() - begun) / 1000;
const cpuMs = (server.cpuMs() - cpu) / count;

/** Bytes of one run's history, without the envelope of the reply. */
async function historyBytes(): Promise<number> {
  const execution = { workflowId: `idle-${Math.floor(count / 2)}`, runId: "" };
  const request = GetWorkflowExecutionHistoryRequest.encode({ namespace: NAMESPACE, execution });
  const reply = await client.call("GetWorkflowExecutionHistory", request);
  return GetWorkflowExecutionHistoryResponse.decode(reply).history?.length ?? 0;
}
const perHistory = await historyBytes();
worker.stop();
// Runs leave memory after their time of disuse.
await new Promise((resolve) => setTimeout(resolve, Number(values.settle) * 1000));
const idleCpu = server.cpuMs();
await new Promise((resolve) => setTimeout(resolve, 5_000));
const idleShare = (server.cpuMs() - idleCpu) / 5_000;
const resident = server.residentMiB();
const atRest = await server.memory("memory");
const collected = await server.memory("collect");
client.close();
await server.kill();

const restarted = performance.now();
server = await startServerProcess({ store, folder });
const again = new LoadClient(server.port);
await again.call("StartWorkflowExecution", startRequest("after", "nobody"));
const restartMs = performance.now() - restarted;
const restartResident = server.residentMiB();
again.close();
await server.stop();
server = await startServerProcess({ store, folder });
const diskBytes = server.diskBytes() - emptyDisk;
await server.stop();
rmSync(folder, { recursive: true, force: true });

record("idle-workflows", `${count.toLocaleString("en")} open workflows with a timer each, ${store}`, {
  "started per second here (target 5000)": Math.round(count / seconds),
  "server CPU, ms each": round(cpuMs),
  "started per second and core": Math.round(1000 / cpuMs),
  "resident at the end, MiB (target 300)": Math.round(resident),
  "of that V8's heap, MiB": Math.round(atRest.heapBytes / MIB),
  "of that used, MiB": Math.round(atRest.usedBytes / MIB),
  "resident after a collection, MiB": Math.round(collected.residentBytes / MIB),
  "of that V8's heap after it, MiB": Math.round(collected.heapBytes / MIB),
  "used after a collection beyond the empty server, MiB": Math.round((collected.usedBytes - empty.usedBytes) / MIB),
  "resident while starting, peak MiB": Math.round(peak),
  "CPU while idle, share of a core": round(idleShare),
  "killed to serving, ms (target 2000)": Math.round(restartMs),
  "resident after the restart, MiB": Math.round(restartResident),
  "bytes on disk each": Math.round(diskBytes / count),
  "bytes of history each": perHistory,
  "bytes on disk each beyond history (target 1536)": Math.round(diskBytes / count - perHistory),
});
