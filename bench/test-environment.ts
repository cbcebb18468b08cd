/**
 * Environments for tests: how fast they open, what many of them weigh, and how many workflows that sleep for a month are
 * tested in a second. `npm run bench -- test-environment [--count N] [--environments N]`
 *
 * Everything runs in this process, as in a test: server, worker, workflow code and client.
 */
import { parseArgs } from "node:util";
import { TestWorkflowEnvironment } from "../sdk/testing/index.ts";
import { DefaultLogger, Runtime, Worker } from "../sdk/worker/index.ts";
import { sleep } from "../sdk/workflow/index.ts";
import { inParallel } from "./harness/in-parallel.ts";
import { median, record, round } from "./harness/record.ts";

const { values } = parseArgs({
  options: { count: { type: "string", default: "1000" }, environments: { type: "string", default: "200" } },
});
const count = Number(values.count);
const MIB = 2 ** 20;
const MONTH_MS = 30 * 24 * 3600 * 1000;
const taskQueue = "bench";

async function month(): Promise<string> {
  await sleep(MONTH_MS);
  return "done";
}

async function timed(act: () => Promise<unknown>): Promise<number> {
  return (await measured(act)).wallMs;
}

async function measured(act: () => Promise<unknown>): Promise<{ wallMs: number; cpuMs: number }> {
  const begun = performance.now();
  const cpuBegun = process.cpuUsage();
  await act();
  const { user, system } = process.cpuUsage(cpuBegun);
  return { wallMs: performance.now() - begun, cpuMs: (user + system) / 1000 };
}

const perSecond = (done: number, wallMs: number): number => round((done * 1000) / wallMs, 0);

const workerAt = (environment: TestWorkflowEnvironment): Promise<Worker> =>
  Worker.create({ connection: environment.nativeConnection, taskQueue, workflows: { month } });

let number = 0;
const one = async ({ client }: TestWorkflowEnvironment): Promise<void> => {
  await client.workflow.execute("month", { taskQueue, workflowId: `test-${number++}` });
};

/** A test with everything of its own. */
async function wholeTest(): Promise<void> {
  await using environment = await TestWorkflowEnvironment.createTimeSkipping();
  const worker = await workerAt(environment);
  await worker.runUntil(() => one(environment));
}

Runtime.install({ logger: new DefaultLogger("ERROR"), shutdownSignals: [] });
const first = await timed(async () => {
  await using _environment = await TestWorkflowEnvironment.createTimeSkipping();
});
const opened: TestWorkflowEnvironment[] = [];
const before = process.memoryUsage().rss;
const opens: number[] = [];
for (let i = 0; i < Number(values.environments); i++)
  opens.push(await timed(async () => opened.push(await TestWorkflowEnvironment.createTimeSkipping())));
const weight = (process.memoryUsage().rss - before) / opens.length;
await Promise.all(opened.map((environment) => environment.teardown()));
record("test-environment", "opening an environment", {
  "the first of a process, ms (target 100)": round(first, 0),
  "later ones, ms, median": round(median(opens), 1),
  "open at once": opens.length,
  "resident each, MiB": round(weight / MIB, 2),
});

await wholeTest();
const environment = await TestWorkflowEnvironment.createTimeSkipping();
const worker = await workerAt(environment);
await worker.runUntil(async () => {
  await inParallel({ count: 200, inFlight: 20 }, () => one(environment));
  const single = await measured(() => inParallel({ count, inFlight: 1 }, () => one(environment)));
  const many = await measured(() => inParallel({ count, inFlight: 20 }, () => one(environment)));
  record("test-environment", "workflows that sleep for a month, in one environment", {
    "one after the other, per second (target 500)": perSecond(count, single.wallMs),
    "one after the other, CPU ms each": round(single.cpuMs / count, 2),
    "20 at once, per second": perSecond(count, many.wallMs),
    "20 at once, CPU ms each": round(many.cpuMs / count, 2),
  });
});
await environment.teardown();

const wholes = Math.ceil(count / 10);
const whole = await measured(() => inParallel({ count: wholes, inFlight: 1 }, wholeTest));
record("test-environment", "tests with an environment and a worker of their own", {
  "one after the other, per second": perSecond(wholes, whole.wallMs),
  "one after the other, ms each": round(whole.wallMs / wholes, 1),
  "CPU ms each": round(whole.cpuMs / wholes, 1),
});
