/**
 * Latency at 80 % of the top rate: one-activity workflows come at a fixed rate, and beside them signals to open workflows,
 * whose workers answer at once. Signal delivery is from the client's send to the worker that holds the signal in its hand;
 * activity dispatch is from the worker's command to the worker that holds the activity, through its queue.
 * `npm run bench -- latency [--seconds N] [--share 0.8] [--rate N] [--store thread|inline|memory]`
 *
 * The top rate is measured first, in the same way: what 400 workflows in flight reach here and now.
 */
import { parseArgs } from "node:util";
import { BenchWorker, LoadClient } from "./harness/bench-worker.ts";
import { inParallel } from "./harness/in-parallel.ts";
import { quantile, record, round } from "./harness/record.ts";
import { completeWorkflow, scheduleActivity, signalRequest, startRequest } from "./harness/requests.ts";
import { startServerProcess } from "./harness/server-process.ts";
import type { StoreName } from "./harness/server-process.ts";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "10" },
    share: { type: "string", default: "0.8" },
    rate: { type: "string" },
    store: { type: "string", default: "thread" },
  },
});
const QUEUE = "bench";
const OPEN = 200;
/** Signals among the arrivals: each is a workflow task, so half of a one-activity workflow's work. */
const SIGNALS_PER_WORKFLOW = 0.25;
const TICK_MS = 2;

await using server = await startServerProcess({ store: values.store as StoreName });
const client = new LoadClient(server.port);
const closed = new Map<string, () => void>();
const commandedAt = new Map<string, number>();
const signalledAt = new Map<string, number[]>();
let dispatch: number[] = [];
let delivery: number[] = [];

const worker = new BenchWorker({
  port: server.port,
  queue: QUEUE,
  workflowPollers: 100,
  activityPollers: 100,
  decide(task) {
    const workflowId = task.workflowExecution?.workflowId ?? "";
    const sent = signalledAt.get(workflowId);
    if (sent !== undefined) {
      for (const at of sent.splice(0)) delivery.push(performance.now() - at);
      return { commands: [] };
    }
    if (task.previousStartedEventId !== 0) return { commands: [completeWorkflow()] };
    commandedAt.set(workflowId, performance.now());
    return { commands: [scheduleActivity(QUEUE, "polled")] };
  },
  onAnswered(task) {
    if (task.previousStartedEventId !== 0) closed.get(task.workflowExecution?.workflowId ?? "")?.();
  },
  onActivity(task) {
    const workflowId = task.workflowExecution?.workflowId ?? "";
    dispatch.push(performance.now() - (commandedAt.get(workflowId) ?? Number.NaN));
    commandedAt.delete(workflowId);
  },
});

let started = 0;
async function runOne(): Promise<void> {
  const workflowId = `bench-${started++}`;
  const done = new Promise<void>((resolve) => closed.set(workflowId, resolve));
  await client.call("StartWorkflowExecution", startRequest(workflowId, QUEUE));
  await done;
  closed.delete(workflowId);
}

let signals = 0;
async function signalOne(): Promise<void> {
  const workflowId = `open-${signals++ % OPEN}`;
  signalledAt.get(workflowId)?.push(performance.now());
  await client.call("SignalWorkflowExecution", signalRequest(workflowId));
}

for (let i = 0; i < OPEN; i++) signalledAt.set(`open-${i}`, []);
await inParallel({ count: OPEN, inFlight: OPEN }, (index) =>
  client.call("StartWorkflowExecution", startRequest(`open-${index}`, QUEUE)),
);
await inParallel({ count: 8_000, inFlight: 400 }, runOne);

/** Workflows per second with 400 in flight and their share of signals. */
async function topRate(): Promise<number> {
  const count = 6_000;
  const begun = performance.now();
  await inParallel({ count, inFlight: 400 }, async (index) => {
    if (index % Math.round(1 / SIGNALS_PER_WORKFLOW) === 0) void signalOne();
    await runOne();
  });
  return (count * 1000) / (performance.now() - begun);
}
const top = values.rate === undefined ? await topRate() : Number(values.rate) / Number(values.share);

async function atRate(perSecond: number, seconds: number): Promise<number> {
  const pending = new Set<Promise<void>>();
  const track = (call: Promise<void>): void => {
    pending.add(call);
    void call.then(() => pending.delete(call));
  };
  const begun = performance.now();
  let workflows = 0;
  let sent = 0;
  for (;;) {
    const elapsed = (performance.now() - begun) / 1000;
    if (elapsed >= seconds) break;
    for (; workflows < elapsed * perSecond; workflows++) track(runOne());
    for (; sent < workflows * SIGNALS_PER_WORKFLOW; sent++) track(signalOne());
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
  }
  await Promise.all(pending);
  return workflows;
}

const rate = top * Number(values.share);
await atRate(rate, 2);
[dispatch, delivery] = [[], []];
const cpu = server.cpuMs();
const count = await atRate(rate, Number(values.seconds));
record("latency", `latency at ${values.share} of the top rate, ${values.store}`, {
  "workflows/s": Math.round(rate),
  "signals/s": Math.round(rate * SIGNALS_PER_WORKFLOW),
  "signal delivery p50 ms": round(quantile(delivery, 0.5), 1),
  "signal delivery p99 ms (target 25)": round(quantile(delivery, 0.99), 1),
  "activity dispatch p50 ms": round(quantile(dispatch, 0.5), 1),
  "activity dispatch p99 ms (target 25)": round(quantile(dispatch, 0.99), 1),
  "server CPU per workflow, ms": round((server.cpuMs() - cpu) / count),
});
worker.stop();
client.close();
