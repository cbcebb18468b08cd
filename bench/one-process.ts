/**
 * One-activity workflows with server, worker and client in this process, as `Perdure.open` makes them, on SQLite.
 * `npm run bench -- one-process [--count N] [--runs N] [--inflight N] [--only sandbox|inline]`
 *
 * CPU is that of the JavaScript thread; that of all threads, the store's writer among them, stands beside it.
 */
import { readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { Perdure } from "../packages/perdure/perdure.ts";
import { inParallel } from "./harness/in-parallel.ts";
import { median, record, round } from "./harness/record.ts";
import { newFolder } from "./harness/server-process.ts";
import * as activities from "./official/activities.ts";
import * as workflows from "./sdk/workflows.ts";

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "6000" },
    runs: { type: "string", default: "3" },
    inflight: { type: "string", default: "400" },
    only: { type: "string" },
  },
});
const [count, inFlight, runs] = [Number(values.count), Number(values.inflight), Number(values.runs)];

/** Workflows one at a time, per round. */
const SINGLES = 300;

function threadCpuMs(): number {
  const account = readFileSync(`/proc/self/task/${process.pid}/schedstat`, "utf8");
  return Number(account.split(" ")[0]) / 1e6;
}

function processCpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

let number = 0;
async function runOne(perdure: Perdure): Promise<number> {
  const begun = performance.now();
  await perdure.execute("greeting", { workflowId: `one-${number++}`, args: ["x".repeat(198)] });
  return performance.now() - begun;
}

async function bench(host: "sandbox" | "inline"): Promise<void> {
  const folder = newFolder();
  const code =
    host === "inline" ? { workflows } : { workflowsPath: path.join(import.meta.dirname, "sdk/workflows.ts") };
  const perdure = await Perdure.open({ data: folder, activities, ...code });
  const one = () => runOne(perdure);
  await inParallel({ count, inFlight }, one);
  const threadMs: number[] = [];
  const allMs: number[] = [];
  const perSecond: number[] = [];
  const single: number[] = [];
  for (let i = 0; i < runs; i++) {
    const begun = { thread: threadCpuMs(), all: processCpuMs(), at: performance.now() };
    await inParallel({ count, inFlight }, one);
    threadMs.push((threadCpuMs() - begun.thread) / count);
    allMs.push((processCpuMs() - begun.all) / count);
    perSecond.push((count * 1000) / (performance.now() - begun.at));
    single.push(median(await inParallel({ count: SINGLES, inFlight: 1 }, one)));
  }
  record("one-process", host, {
    "CPU of the JavaScript thread, ms each (target 0.33)": round(median(threadMs)),
    "CPU of the runs": threadMs.map((value) => value.toFixed(3)).join(" "),
    "CPU of all threads, ms each": round(median(allMs)),
    "workflows/s here (target 3000)": round(median(perSecond), 0),
    "one at a time: p50 ms (target 0.8)": round(median(single), 2),
    "in flight": inFlight,
  });
  await perdure.close();
  rmSync(folder, { recursive: true, force: true });
}

for (const host of ["sandbox", "inline"] as const)
  if (values.only === undefined || values.only === host) await bench(host);
