/**
 * A history of 10,000 events, read over gRPC page by page as the SDKs do.
 * `npm run bench -- long-history [--events N] [--reads N] [--store thread|inline|memory]`
 */
import { parseArgs } from "node:util";
import {
  GetWorkflowExecutionHistoryRequest,
  GetWorkflowExecutionHistoryResponse,
  History,
} from "../api/gen/messages.js";
import { LoadClient } from "./harness/bench-worker.ts";
import { inParallel } from "./harness/in-parallel.ts";
import { median, record, round } from "./harness/record.ts";
import { NAMESPACE, signalRequest, startRequest } from "./harness/requests.ts";
import { startServerProcess } from "./harness/server-process.ts";
import type { StoreName } from "./harness/server-process.ts";

const { values } = parseArgs({
  options: {
    events: { type: "string", default: "10000" },
    reads: { type: "string", default: "30" },
    store: { type: "string", default: "thread" },
    profile: { type: "string" },
  },
});
const events = Number(values.events);
/** Start and the schedule of its first task. */
const EVENTS_AT_START = 2;

await using server = await startServerProcess({ store: values.store as StoreName, profileFolder: values.profile });
const client = new LoadClient(server.port);
await client.call("StartWorkflowExecution", startRequest("long", "nobody"));
await inParallel({ count: events - EVENTS_AT_START, inFlight: 200 }, () =>
  client.call("SignalWorkflowExecution", signalRequest("long")),
);

async function read(maximumPageSize: number) {
  let nextPageToken: Uint8Array = new Uint8Array(0);
  let pages = 0;
  let bytes = 0;
  let found = 0;
  const cpu = server.cpuMs();
  const begun = performance.now();
  let ms = 0;
  do {
    const execution = { workflowId: "long", runId: "" };
    const request = GetWorkflowExecutionHistoryRequest.encode({
      namespace: NAMESPACE,
      execution,
      maximumPageSize,
      nextPageToken,
    });
    const reply = await client.call("GetWorkflowExecutionHistory", request);
    ms = performance.now() - begun;
    const { history, nextPageToken: next } = GetWorkflowExecutionHistoryResponse.decode(reply);
    pages++;
    bytes += reply.length;
    if (counting) found += History.decode(history ?? new Uint8Array(0)).events.length;
    nextPageToken = Uint8Array.from(next);
  } while (nextPageToken.length > 0);
  return { ms, cpuMs: server.cpuMs() - cpu, pages, bytes, found };
}

let counting = true;
const { found } = await read(0);
if (found !== events) throw new Error(`the history has ${found} events`);
counting = false;
for (let i = 0; i < 5; i++) await read(0);
const reads = [];
for (let i = 0; i < Number(values.reads); i++) reads.push(await read(0));
const [first] = reads;
record("long-history", `a history of ${events.toLocaleString("en")} events, ${values.store}`, {
  "ms, median": round(median(reads.map((one) => one.ms)), 1),
  "server CPU, ms, mean": round(reads.reduce((sum, one) => sum + one.cpuMs, 0) / reads.length, 1),
  MiB: round((first?.bytes ?? 0) / 2 ** 20, 2),
  pages: first?.pages ?? 0,
});
client.close();
