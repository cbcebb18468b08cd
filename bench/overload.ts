/**
 * Overload: starts of workflows that arrive at three times the rate that the server reaches, beside those that arrive at
 * 80 % of it. Accepted ones must keep their latency, refusals come early, memory stays.
 * `npm run bench -- overload [--store thread|inline|memory] [--seconds N] [--factor N]`
 */
import { parseArgs } from "node:util";
import { LoadClient } from "./harness/bench-worker.ts";
import { inParallel } from "./harness/in-parallel.ts";
import { quantile, record, round } from "./harness/record.ts";
import { startRequest } from "./harness/requests.ts";
import { startServerProcess } from "./harness/server-process.ts";
import type { StoreName } from "./harness/server-process.ts";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "8" },
    factor: { type: "string", default: "3" },
    store: { type: "string", default: "thread" },
  },
});
const seconds = Number(values.seconds);
const QUEUE = "queue";
/** Calls are sent in portions, so often. */
const PORTION_MS = 10;
const TIMEOUT_MS = 20_000;

await using server = await startServerProcess({ store: values.store as StoreName });
const client = new LoadClient(server.port);
let index = 0;

function start(): Promise<unknown> {
  return client.call("StartWorkflowExecution", startRequest(`w-${index++}`, QUEUE), TIMEOUT_MS);
}

interface Outcome {
  readonly accepted: number[];
  /** Those of them that came after the first second, in which the server notices. */
  readonly later: number[];
  readonly refused: number[];
  readonly failed: number;
}

/** Starts that arrive at a rate, whatever becomes of those before them. */
async function arrive(perSecond: number): Promise<Outcome> {
  const accepted: number[] = [];
  const later: number[] = [];
  const refused: number[] = [];
  let failed = 0;
  const calls: Promise<void>[] = [];
  const begun = performance.now();
  let sent = 0;
  for (let now = begun; now - begun < seconds * 1000; now = performance.now()) {
    const due = Math.floor(((now - begun) / 1000) * perSecond);
    for (; sent < due; sent++) {
      // From when it was due: a client that is late itself must not hide it.
      const at = begun + (sent / perSecond) * 1000;
      const tell = (times: number[]): void => void times.push(performance.now() - at);
      calls.push(
        start().then(
          () => {
            tell(accepted);
            if (at - begun > 1_000) tell(later);
          },
          (error: { code?: number }) => {
            if (error.code === RESOURCE_EXHAUSTED) tell(refused);
            else failed++;
          },
        ),
      );
    }
    await new Promise((resolve) => setTimeout(resolve, PORTION_MS));
  }
  await Promise.all(calls);
  return { accepted, later, refused, failed };
}

const RESOURCE_EXHAUSTED = 8;

async function rest(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 1_000));
}

await inParallel({ count: 5_000, inFlight: 200 }, start);
await rest();
const began = performance.now();
await inParallel({ count: 10_000, inFlight: 200 }, start);
const top = 10_000 / ((performance.now() - began) / 1000);
await rest();
const calm = await arrive(top * 0.8);
await rest();
const memoryBefore = server.residentMiB();
const cpuBefore = server.cpuMs();
const stormed = await arrive(top * Number(values.factor));
const cpuMs = server.cpuMs() - cpuBefore;
const memoryAfter = server.residentMiB();
const asked = stormed.accepted.length + stormed.refused.length + stormed.failed;
const p99 = (times: number[]): number => round(times.length === 0 ? 0 : quantile(times, 0.99), 1);
record("overload", `starts at ${values.factor} times the top rate, ${values.store}`, {
  "top rate per second": Math.round(top),
  "p99 ms at 80 %": p99(calm.accepted),
  "refused at 80 %": calm.refused.length,
  "p99 ms of accepted ones in the storm": p99(stormed.accepted),
  "p50 ms of accepted ones in the storm": round(quantile(stormed.accepted, 0.5), 1),
  "p99 ms of those after the first second": p99(stormed.later),
  "by that at 80 % (target 2)": round(p99(stormed.later) / p99(calm.later), 2),
  "p99 ms of refused ones": p99(stormed.refused),
  asked: asked,
  "refused, share": round(stormed.refused.length / asked, 2),
  neither: stormed.failed,
  "accepted per second in the storm": Math.round(stormed.accepted.length / seconds),
  "server CPU share of one core": round(cpuMs / (seconds * 1000), 2),
  "resident MiB before": Math.round(memoryBefore),
  "resident MiB after": Math.round(memoryAfter),
});
client.close();
