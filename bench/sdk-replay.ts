/**
 * Replay of a long history, activities one after another, in the sandbox: decoding, workflow code and checks.
 * `npm run bench -- sdk-replay [--activities N] [--runs N]`
 */
import { parseArgs } from "node:util";
import { fileURLToPath } from "node:url";
import { History } from "../api/gen/messages.js";
import { payloadsToBytes } from "../sdk/common/host/wire-payloads.ts";
import { defaultPayloadConverter } from "../sdk/common/index.ts";
import { DefaultLogger, Runtime, Worker } from "../sdk/worker/index.ts";
import { HistoryFixture } from "../sdk/worker/runs/history-fixture.ts";
import { median, record, round } from "./harness/record.ts";

const { values } = parseArgs({
  options: { activities: { type: "string", default: "8000" }, runs: { type: "string", default: "9" } },
});
const activities = Number(values.activities);

/** Six events for each activity, as a server writes them. */
function history(): Uint8Array {
  const payload = (value: unknown): Uint8Array =>
    payloadsToBytes([defaultPayloadConverter.toPayload(value)]) as Uint8Array;
  const fixture = new HistoryFixture();
  fixture.add("EVENT_TYPE_WORKFLOW_EXECUTION_STARTED", {
    workflowExecutionStartedEventAttributes: {
      workflowType: { name: "greetings" },
      taskQueue: { name: "queue" },
      originalExecutionRunId: "run",
      firstExecutionRunId: "run",
      workflowTaskTimeout: { seconds: 10, nanos: 0 },
      attempt: 1,
      input: payload(activities),
    },
  });
  for (let i = 1; i <= activities; i++) {
    fixture.task().completed();
    const scheduledEventId = fixture.add("EVENT_TYPE_ACTIVITY_TASK_SCHEDULED", {
      activityTaskScheduledEventAttributes: {
        activityId: String(i),
        activityType: { name: "greet" },
        workflowTaskCompletedEventId: fixture.lastId,
        input: payload("x"),
      },
    });
    const startedEventId = fixture.add("EVENT_TYPE_ACTIVITY_TASK_STARTED", {
      activityTaskStartedEventAttributes: { scheduledEventId },
    });
    fixture.add("EVENT_TYPE_ACTIVITY_TASK_COMPLETED", {
      activityTaskCompletedEventAttributes: { scheduledEventId, startedEventId, result: payload("hello x") },
    });
  }
  fixture.task().completed();
  fixture.add("EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED", {
    workflowExecutionCompletedEventAttributes: { result: payload(activities) },
  });
  return History.encode({ events: fixture.events });
}

Runtime.install({ logger: new DefaultLogger("ERROR") });
const bytes = history();
const events = History.decode(bytes).events.length;
const workflowsPath = fileURLToPath(new URL("./sdk/workflows.ts", import.meta.url));
const [cpuUs, wallUs]: [number[], number[]] = [[], []];
async function* copies(): AsyncIterable<{ workflowId: string; history: Uint8Array }> {
  for (let i = 0; i < Number(values.runs); i++) yield { workflowId: `copy-${i}`, history: bytes };
}
let cpu = process.cpuUsage();
let begun = performance.now();
for await (const { error } of Worker.runReplayHistories({ workflowsPath }, copies() as never)) {
  if (error !== undefined) throw error;
  const { user, system } = process.cpuUsage(cpu);
  cpuUs.push((user + system) / events);
  wallUs.push(((performance.now() - begun) * 1000) / events);
  cpu = process.cpuUsage();
  begun = performance.now();
}
const [cpuBest, wallBest] = [Math.min(...cpuUs), Math.min(...wallUs)];
record("sdk-replay", "ours, sandbox", {
  events,
  "events/s, best run (target 200000)": round(1e6 / wallBest, 0),
  "events/s of CPU, best run": round(1e6 / cpuBest, 0),
  "CPU, µs per event: median": round(median(cpuUs), 2),
  runs: cpuUs.length,
});
process.exit(0);
