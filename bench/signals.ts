/**
 * Signals: into 1,000 open workflows that no worker serves, and 10,000 into one, where the last must cost no more than
 * the first. `npm run bench -- signals [--store thread|inline|memory] [--count N] [--runs N] [--profile FOLDER]`
 */
import { parseArgs } from "node:util";
import { LoadClient } from "./harness/bench-worker.ts";
import { inParallel } from "./harness/in-parallel.ts";
import { median, quantile, record, round } from "./harness/record.ts";
import { signalRequest, startRequest } from "./harness/requests.ts";
import { startServerProcess } from "./harness/server-process.ts";
import type { StoreName } from "./harness/server-process.ts";

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "40000" },
    runs: { type: "string", default: "3" },
    inflight: { type: "string", default: "400" },
    store: { type: "string", default: "thread" },
    profile: { type: "string" },
  },
});
const count = Number(values.count);
const inFlight = Number(values.inflight);
const OPEN = 1_000;
/** Parts of the one run whose signals are compared. */
const STEPS = 10;

await using server = await startServerProcess({ store: values.store as StoreName, profileFolder: values.profile });
const client = new LoadClient(server.port);

await inParallel({ count: OPEN, inFlight }, (index) =>
  client.call("StartWorkflowExecution", startRequest(`open-${index}`, "nobody")),
);

async function measure(calls: number, workflowIdOf: (index: number) => string) {
  const cpu = server.cpuMs();
  const begun = performance.now();
  const latencies = await inParallel({ count: calls, inFlight }, async (index) => {
    const sent = performance.now();
    await client.call("SignalWorkflowExecution", signalRequest(workflowIdOf(index)));
    return performance.now() - sent;
  });
  const seconds = (performance.now() - begun) / 1000;
  return { cpuMs: (server.cpuMs() - cpu) / calls, perSecond: calls / seconds, p99: quantile(latencies, 0.99) };
}

const spread = (index: number): string => `open-${index % OPEN}`;
await measure(10_000, spread);
const runs = [];
for (let i = 0; i < Number(values.runs); i++) runs.push(await measure(count, spread));
const cpuMs = median(runs.map((run) => run.cpuMs));
record("signals", `signals into ${OPEN} open workflows, ${values.store}`, {
  "server CPU, ms each (target 0.06)": round(cpuMs, 4),
  "per second and core (target 12000)": Math.round(1000 / cpuMs),
  "per second here": Math.round(median(runs.map((run) => run.perSecond))),
  "p99 ms": round(median(runs.map((run) => run.p99)), 1),
});

await client.call("StartWorkflowExecution", startRequest("one", "nobody"));
const steps = [];
for (let i = 0; i < STEPS; i++) steps.push((await measure(10_000 / STEPS, () => "one")).cpuMs);
const first = median(steps.slice(0, 3));
const last = median(steps.slice(-3));
record("signals", `10,000 signals into one workflow, ${values.store}`, {
  "server CPU of the first 3,000, ms each": round(first, 4),
  "server CPU of the last 3,000, ms each": round(last, 4),
  "last by first (target 1.5)": round(last / first, 2),
  "steps of 1,000": steps.map((step) => step.toFixed(3)).join(" "),
});
client.close();
