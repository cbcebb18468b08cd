/**
 * The load of the workflow bench: clients and workers that send what official ones send (sticky queues, identity, SDK
 * metadata and flags, 200-byte payloads) without running any workflow code. Prints one JSON line per phase.
 */
import { parseArgs } from "node:util";
import {
  Payloads,
  PollActivityTaskQueueRequest,
  PollActivityTaskQueueResponse,
  PollWorkflowTaskQueueRequest,
  PollWorkflowTaskQueueResponse,
  RespondActivityTaskCompletedRequest,
  RespondWorkflowTaskCompletedRequest,
  RespondWorkflowTaskCompletedResponse,
  StartWorkflowExecutionRequest,
  WorkflowTaskCompletedMetadata,
} from "../api/gen/messages.js";
import { CommandType } from "../api/gen/enums.js";
import { connectGrpc } from "../rpc/index.ts";
import type { GrpcClient } from "../rpc/index.ts";

const { values } = parseArgs({
  options: { port: { type: "string" }, count: { type: "string", default: "20000" }, warmup: { type: "string", default: "5000" }, inflight: { type: "string", default: "400" }, gzip: { type: "boolean", default: false }, pollers: { type: "string", default: "64" } },
});
const inFlight = Number(values.inflight);
const pollers = Number(values.pollers);
const { gzip } = values;

const PREFIX = "/temporal.api.workflowservice.v1.WorkflowService/";
const NAMESPACE = "default";
const QUEUE = "bench";
const STICKY = "bench-sticky-1f6c1d3a5b0e4f7c";
const IDENTITY = "4242@bench-host";
const metadata = { "client-name": "temporal-typescript", "client-version": "1.24.0", "temporal-namespace": NAMESPACE, "supported-server-versions": ">=1.0.0 <2.0.0" };
const payload = Payloads.encode({ payloads: [PayloadBytes(200)] });
const sdkMetadata = WorkflowTaskCompletedMetadata.encode({ coreUsedFlags: [1, 2, 3], langUsedFlags: [1, 2], sdkName: "temporal-typescript", sdkVersion: "1.24.0" });

function PayloadBytes(size: number): Uint8Array {
  const data = Buffer.alloc(size, "x");
  return Buffer.concat([Buffer.from([0x0a, 0x16, 0x0a, 0x08]), Buffer.from("encoding"), Buffer.from([0x12, 0x0a]), Buffer.from("json/plain"), Buffer.from([0x12, 0xc8, 0x01]), data]);
}

const client = connectGrpc({ host: "127.0.0.1", port: Number(values.port), metadata });
const workerClient = connectGrpc({ host: "127.0.0.1", port: Number(values.port), metadata });

function call(on: GrpcClient, method: string, request: Uint8Array, timeoutMs = 70_000): Promise<Uint8Array> {
  return on.unary(PREFIX + method, request, { timeoutMs, gzip });
}

const waiting = new Map<string, () => void>();
let isStopped = false;
let completeRequests = 0;

function pollWorkflows(name: string, isSticky: boolean): void {
  const taskQueue = isSticky ? { name, kind: 2, normalName: QUEUE } : { name, kind: 1 };
  const request = PollWorkflowTaskQueueRequest.encode({ namespace: NAMESPACE, taskQueue: taskQueue as never, identity: IDENTITY, binaryChecksum: "@temporalio/worker@1.24.0", workerVersionCapabilities: { buildId: "@temporalio/worker@1.24.0" } });
  const loop = async (): Promise<void> => {
    while (!isStopped) {
      const reply = PollWorkflowTaskQueueResponse.decode(await call(workerClient, "PollWorkflowTaskQueue", request));
      if (reply.taskToken.length > 0) await answer(reply);
    }
  };
  loop().catch((error: Error) => isStopped || console.error("poll", error.message));
}

async function answer(task: PollWorkflowTaskQueueResponse): Promise<void> {
  const isFirst = task.previousStartedEventId === 0;
  const commands = isFirst
    ? [{ commandType: CommandType.COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK, scheduleActivityTaskCommandAttributes: { activityId: "1", activityType: { name: "greet" }, taskQueue: { name: QUEUE }, input: payload, startToCloseTimeout: { seconds: 60, nanos: 0 }, retryPolicy: { initialInterval: { seconds: 1, nanos: 0 }, backoffCoefficient: 2 } } }]
    : [{ commandType: CommandType.COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION, completeWorkflowExecutionCommandAttributes: { result: payload } }];
  const request = RespondWorkflowTaskCompletedRequest.encode({
    taskToken: task.taskToken,
    commands,
    identity: IDENTITY,
    namespace: NAMESPACE,
    returnNewWorkflowTask: true,
    sdkMetadata,
    stickyAttributes: { workerTaskQueue: { name: STICKY, kind: 2, normalName: QUEUE } as never, scheduleToStartTimeout: { seconds: 10, nanos: 0 } },
    capabilities: { discardSpeculativeWorkflowTaskWithEvents: true },
    binaryChecksum: "@temporalio/worker@1.24.0",
  });
  const workflowId = task.workflowExecution?.workflowId ?? "";
  RespondWorkflowTaskCompletedResponse.decode(await call(workerClient, "RespondWorkflowTaskCompleted", request));
  completeRequests++;
  if (!isFirst) waiting.get(workflowId)?.();
}

function pollActivities(): void {
  const request = PollActivityTaskQueueRequest.encode({ namespace: NAMESPACE, taskQueue: { name: QUEUE, kind: 1 } as never, identity: IDENTITY, taskQueueMetadata: {} });
  const loop = async (): Promise<void> => {
    while (!isStopped) {
      const reply = PollActivityTaskQueueResponse.decode(await call(workerClient, "PollActivityTaskQueue", request));
      if (reply.taskToken.length === 0) continue;
      await call(workerClient, "RespondActivityTaskCompleted", RespondActivityTaskCompletedRequest.encode({ taskToken: reply.taskToken, result: payload, identity: IDENTITY, namespace: NAMESPACE }));
    }
  };
  loop().catch((error: Error) => isStopped || console.error("poll activity", error.message));
}

let nextId = 0;
const run = process.hrtime.bigint().toString(36);

async function runOne(): Promise<number> {
  const workflowId = `bench-${run}-${nextId++}`;
  const begun = performance.now();
  const done = new Promise<void>((resolve) => waiting.set(workflowId, resolve));
  const request = StartWorkflowExecutionRequest.encode({ namespace: NAMESPACE, workflowId, workflowType: { name: "greeting" }, taskQueue: { name: QUEUE, kind: 1 } as never, input: payload, identity: "client@bench", requestId: crypto.randomUUID(), workflowTaskTimeout: { seconds: 10, nanos: 0 } });
  await call(client, "StartWorkflowExecution", request);
  await done;
  waiting.delete(workflowId);
  return performance.now() - begun;
}

async function phase(name: string, count: number, concurrency: number): Promise<void> {
  process.stdout.write(`${JSON.stringify({ begin: name })}\n`);
  await new Promise<void>((resolve) => process.stdin.once("data", () => resolve()));
  const begun = performance.now();
  let left = count;
  const latencies: number[] = [];
  const lane = async (): Promise<void> => {
    while (left-- > 0) latencies.push(await runOne());
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, count) }, lane));
  const seconds = (performance.now() - begun) / 1000;
  latencies.sort((a, b) => a - b);
  const at = (q: number): number => latencies[Math.min(latencies.length - 1, Math.floor(q * latencies.length))] as number;
  process.stdout.write(`${JSON.stringify({ end: name, count, seconds, p50: at(0.5), p99: at(0.99) })}\n`);
}

for (let i = 0; i < pollers; i++) {
  pollWorkflows(QUEUE, false);
  pollWorkflows(STICKY, true);
  pollActivities();
}
await phase("warm-up", Number(values.warmup), inFlight);
await phase("main", Number(values.count), inFlight);
await phase("one at a time", Math.min(500, Number(values.count)), 1);
isStopped = true;
process.exit(0);
