/**
 * What waits in queues: a million activities that nobody polls for (workflows of 500 each), and 100,000 task queues
 * with a waiting task each. `npm run bench -- queued-activities [--activities N] [--queues N] [--store thread|inline]`
 */
import { parseArgs } from "node:util";
import { PollActivityTaskQueueResponse } from "../api/gen/messages.js";
import { BenchWorker, LoadClient } from "./harness/bench-worker.ts";
import { inParallel } from "./harness/in-parallel.ts";
import { record, round } from "./harness/record.ts";
import { pollActivityRequest, scheduleActivity, startRequest } from "./harness/requests.ts";
import { startServerProcess } from "./harness/server-process.ts";
import type { StoreName } from "./harness/server-process.ts";

const { values } = parseArgs({
  options: {
    activities: { type: "string", default: "1000000" },
    queues: { type: "string", default: "100000" },
    store: { type: "string", default: "thread" },
  },
});
const store = values.store as StoreName;
const PER_WORKFLOW = 500;
const QUEUE = "bench";
const WAITING_QUEUE = "waiting";
const MIB = 2 ** 20;

async function queueActivities(count: number): Promise<void> {
  await using server = await startServerProcess({ store });
  const client = new LoadClient(server.port);
  const waiting = new Map<string, () => void>();
  const command = scheduleActivity(WAITING_QUEUE, "polled");
  const commands = Array.from({ length: PER_WORKFLOW }, (_, index) => ({
    ...command,
    scheduleActivityTaskCommandAttributes: {
      ...command.scheduleActivityTaskCommandAttributes,
      activityId: String(index + 1),
    },
  }));
  const worker = new BenchWorker({
    port: server.port,
    queue: QUEUE,
    workflowPollers: 10,
    activityPollers: 0,
    decide: () => ({ commands }),
    onAnswered: (task) => waiting.get(task.workflowExecution?.workflowId ?? "")?.(),
  });
  const before = await server.memory("collect");
  const cpu = server.cpuMs();
  const begun = performance.now();
  let peak = 0;
  await inParallel({ count: Math.ceil(count / PER_WORKFLOW), inFlight: 10 }, async (index) => {
    const workflowId = `many-${index}`;
    const done = new Promise<void>((resolve) => waiting.set(workflowId, resolve));
    await client.call("StartWorkflowExecution", startRequest(workflowId, QUEUE));
    await done;
    waiting.delete(workflowId);
    if (index % 50 === 0) peak = Math.max(peak, server.residentMiB());
  });
  const seconds = (performance.now() - begun) / 1000;
  const cpuMs = (server.cpuMs() - cpu) / count;
  const after = await server.memory("collect");
  const poll = PollActivityTaskQueueResponse.decode(
    await client.call("PollActivityTaskQueue", pollActivityRequest(WAITING_QUEUE)),
  );
  if (poll.activityId === "") throw new Error("no activity came out of the queue");
  record("queued-activities", `${count.toLocaleString("en")} activities waiting, ${store}`, {
    "resident while queueing, peak MiB": Math.round(peak),
    "resident after a collection, MiB": Math.round(after.residentBytes / MIB),
    "used bytes each": Math.round((after.usedBytes - before.usedBytes) / count),
    "queued per second here": Math.round(count / seconds),
    "server CPU, ms each": round(cpuMs, 4),
  });
  worker.stop();
  client.close();
}

/** One waiting workflow task per queue. */
async function manyQueues(count: number): Promise<void> {
  await using server = await startServerProcess({ store: "memory" });
  await using stored = await startServerProcess({ store });
  for (const { name, one } of [
    { name: "memory", one: server },
    { name: store, one: stored },
  ]) {
    const client = new LoadClient(one.port);
    await client.call("StartWorkflowExecution", startRequest("first", "first"));
    const before = await one.memory("collect");
    const cpu = one.cpuMs();
    await inParallel({ count, inFlight: 200 }, (index) =>
      client.call("StartWorkflowExecution", startRequest(`on-${index}`, `queue-${index}`)),
    );
    const cpuMs = (one.cpuMs() - cpu) / count;
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    const after = await one.memory("collect");
    record("queued-activities", `${count.toLocaleString("en")} task queues with a workflow task each, ${name}`, {
      "used beyond the server without them, MiB (target 200)": Math.round((after.usedBytes - before.usedBytes) / MIB),
      "resident after a collection, MiB": Math.round(after.residentBytes / MIB),
      "server CPU per start, ms": round(cpuMs, 4),
    });
    client.close();
  }
}

await manyQueues(Number(values.queues));
await queueActivities(Number(values.activities));
