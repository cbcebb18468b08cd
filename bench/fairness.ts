/**
 * Fairness over the wire: 1,000 keys have activities waiting, one of them 100,000; a worker takes and completes them one
 * after the other as fast as it can. Then a workflow of a new key schedules an activity: how long until the worker holds it.
 * `npm run bench -- fairness [--tasks N] [--keys N] [--rounds N] [--store memory|thread]`
 */
import { parseArgs } from "node:util";
import { PollActivityTaskQueueResponse } from "../api/gen/messages.js";
import type { Command } from "../api/gen/messages.js";
import type { Input } from "../api/codec.ts";
import { BenchWorker, LoadClient } from "./harness/bench-worker.ts";
import { inParallel } from "./harness/in-parallel.ts";
import { median, record, round } from "./harness/record.ts";
import { completeActivityRequest, pollActivityRequest, scheduleActivity, startRequest } from "./harness/requests.ts";
import { startServerProcess } from "./harness/server-process.ts";
import type { StoreName } from "./harness/server-process.ts";

const { values } = parseArgs({
  options: {
    tasks: { type: "string", default: "100000" },
    keys: { type: "string", default: "1000" },
    each: { type: "string", default: "20" },
    rounds: { type: "string", default: "51" },
    store: { type: "string", default: "memory" },
  },
});
const store = values.store as StoreName;
const tasks = Number(values.tasks);
const keys = Number(values.keys);
const each = Number(values.each);
const PER_WORKFLOW = 500;
const DECISIONS = "bench";
const WAITING = "waiting";

/** A workflow's activities by its id: `KEY/COUNT/anything`. */
function commandsOf(workflowId: string): Input<Command>[] {
  const [fairnessKey = "", count = "0"] = workflowId.split("/");
  const command = scheduleActivity(WAITING, "polled");
  return Array.from({ length: Number(count) }, (_, i) => ({
    ...command,
    scheduleActivityTaskCommandAttributes: {
      ...command.scheduleActivityTaskCommandAttributes,
      activityId: String(i + 1),
      priority: { priorityKey: 0, fairnessKey, fairnessWeight: 0 },
    },
  }));
}

await using server = await startServerProcess({ store });
const client = new LoadClient(server.port);
const answered = new Map<string, () => void>();
const decider = new BenchWorker({
  port: server.port,
  queue: DECISIONS,
  workflowPollers: 10,
  activityPollers: 0,
  decide: ({ previousStartedEventId, workflowExecution }) => ({
    commands: previousStartedEventId === 0 ? commandsOf(workflowExecution?.workflowId ?? "") : [],
  }),
  onAnswered: (task) => answered.get(task.workflowExecution?.workflowId ?? "")?.(),
});

/** Resolves when the workflow's activities are scheduled. */
async function schedule(workflowId: string): Promise<void> {
  const done = new Promise<void>((resolve) => answered.set(workflowId, resolve));
  await client.call("StartWorkflowExecution", startRequest(workflowId, DECISIONS));
  await done;
  answered.delete(workflowId);
}

const large = Array.from({ length: Math.ceil(tasks / PER_WORKFLOW) }, (_, i) => `key 0/${PER_WORKFLOW}/${i}`);
const small = Array.from({ length: keys - 1 }, (_, i) => `key ${i + 1}/${each}/0`);
const all = [...large, ...small];
await inParallel({ count: all.length, inFlight: 10 }, (i) => schedule(all[i] as string));

let isStopped = false;
let taken = 0;
const held = new Map<string, () => void>();
async function work(): Promise<void> {
  while (!isStopped) {
    const task = PollActivityTaskQueueResponse.decode(
      await client.call("PollActivityTaskQueue", pollActivityRequest(WAITING)),
    );
    if (task.taskToken.length === 0) continue;
    taken++;
    held.get(task.workflowExecution?.workflowId ?? "")?.();
    await client.call("RespondActivityTaskCompleted", completeActivityRequest(task.taskToken));
  }
}
const working = Array.from({ length: 4 }, work);

// Each key has had something, so that the key of a round is the only new one.
while (taken < 1.2 * keys) await new Promise((resolve) => setTimeout(resolve, 50));
const waits: number[] = [];
const before: number[] = [];
for (let i = 0; i < Number(values.rounds); i++) {
  const workflowId = `new ${i}/1/0`;
  const isHeld = new Promise<number>((resolve) => held.set(workflowId, () => resolve(performance.now())));
  await client.call("StartWorkflowExecution", startRequest(workflowId, DECISIONS));
  const takenBefore = await new Promise<number>((resolve) => answered.set(workflowId, () => resolve(taken)));
  const scheduledAt = performance.now();
  waits.push(Math.max(0, (await isHeld) - scheduledAt));
  before.push(Math.max(0, taken - takenBefore));
}
record(
  "fairness",
  `a new key beside ${keys.toLocaleString("en")}, one with ${tasks.toLocaleString("en")} tasks, ${store}`,
  {
    "scheduled until a worker holds it, median ms (target 20)": round(median(waits)),
    "most, ms": round(Math.max(...waits)),
    "other tasks meanwhile, median": median(before),
    "other tasks meanwhile, most": Math.max(...before),
  },
);
isStopped = true;
decider.stop();
client.close();
await Promise.allSettled(working);
