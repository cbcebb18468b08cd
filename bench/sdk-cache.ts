/**
 * Memory of runs that are kept in the sandbox while they wait: each has made its first task, a timer of a year.
 * `npm run bench -- sdk-cache [--count N]`; garbage is collected before it is measured.
 */
import { parseArgs } from "node:util";
import { fileURLToPath } from "node:url";
import { runInNewContext } from "node:vm";
import { setFlagsFromString } from "node:v8";
import { systemClock, systemTimers } from "../base/index.ts";
import { PollWorkflowTaskQueueResponse } from "../api/gen/messages.js";
import { DefaultLogger } from "../sdk/worker/index.ts";
import { handleWorkflowTask, RunCache } from "../sdk/worker/runs/index.ts";
import { HistoryFixture } from "../sdk/worker/runs/history-fixture.ts";
import { loadWorkflowCode, SandboxHost } from "../sdk/worker/sandbox/index.ts";
import { runOptionsOf } from "../sdk/worker/workflow-code.ts";
import { sdkInfo } from "../sdk/workflow/sdk-info.ts";
import { inParallel } from "./harness/in-parallel.ts";
import { record, round } from "./harness/record.ts";

const { values } = parseArgs({ options: { count: { type: "string", default: "10000" } } });
const count = Number(values.count);

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

function bytesInUse(): number {
  collect();
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const workflowsPath = fileURLToPath(new URL("./sdk/workflows.ts", import.meta.url));
const host = new SandboxHost({ code: loadWorkflowCode({ workflowsPath }) });
const cache = new RunCache({ runsMax: Number.POSITIVE_INFINITY, bytesMax: Number.POSITIVE_INFINITY });
const logger = new DefaultLogger("ERROR");
const history = new HistoryFixture().started("waiting").task().bytes();
const dependencies: Parameters<typeof handleWorkflowTask>[1] = {
  namespace: "default",
  taskQueue: "queue",
  sdk: sdkInfo,
  deployment: undefined,
  createRun: (run) => host.createRun(runOptionsOf(run, {}, { logger })),
  drive: (code, activation) => host.drive(code, activation),
  onSinkCalls: () => {},
  cache,
  fetchHistory: () => Promise.reject(new Error("no history is fetched")),
  codecs: [],
  localActivities: undefined as never,
  requestsEagerly: () => false,
  clock: systemClock,
  timers: systemTimers,
};

let number = 0;
async function open(): Promise<void> {
  const runId = `00000000-0000-4000-8000-${String(number++).padStart(12, "0")}`;
  const task = PollWorkflowTaskQueueResponse.encode({
    taskToken: new Uint8Array(16),
    workflowExecution: { workflowId: `waiting-${runId}`, runId },
    workflowType: { name: "waiting" },
    startedEventId: 3,
    history,
  });
  const outcome = await handleWorkflowTask(PollWorkflowTaskQueueResponse.decode(task), dependencies);
  if (outcome.kind !== "completed") throw new Error(`a task was ${outcome.kind}`);
}

await inParallel({ count: 200, inFlight: 50 }, open);
const before = bytesInUse();
await inParallel({ count, inFlight: 50 }, open);
const grown = bytesInUse() - before;
record("sdk-cache", "ours, sandbox", {
  "cached runs": cache.size,
  "MiB for 10,000 runs (target 100)": round((grown / count) * (10_000 / 2 ** 20), 1),
  "KiB each": round(grown / count / 1024, 2),
});
process.exit(0);
