/**
 * Cost of the codecs for the messages of a one-activity workflow, beside protobufjs: `node bench/codec.ts`.
 * Best of several rounds, in microseconds; the machine's other work only makes a round slower.
 */
import { createRequire } from "node:module";
import type protobuf from "protobufjs";
import type { Codec, Input } from "../api/codec.ts";
import { EventType } from "../api/gen/enums.js";
import {
  type Command,
  Header,
  HistoryEvent,
  Memo,
  Payload,
  Payloads,
  PollActivityTaskQueueResponse,
  PollWorkflowTaskQueueRequest,
  PollWorkflowTaskQueueResponse,
  RespondActivityTaskCompletedRequest,
  RespondWorkflowTaskCompletedRequest,
  SearchAttributes,
  StartWorkflowExecutionRequest,
} from "../api/gen/messages.js";

const root = createRequire(import.meta.url)("@temporalio/proto/protos/json-module.js") as protobuf.Root;
const json = new TextEncoder().encode("json/plain");
const payload = Payload.encode({ metadata: { encoding: json }, data: new Uint8Array(200).fill(120) });
const input = Payloads.encode({ payloads: [payload] });
const small = Payload.encode({ metadata: { encoding: json }, data: new Uint8Array(20).fill(120) });
const eventTime = { seconds: 1_780_000_000, nanos: 123_456_000 };
const identity = "12345@worker-7f9c6b5d4-abcde";
const workflowExecution = { workflowId: "order-7c8d5c33-1", runId: "0198c1a2-7d3b-7c11-9d55-0e3a5c1b2d4f" };
const taskToken = new Uint8Array(60).fill(7);

const start: Input<StartWorkflowExecutionRequest> = {
  namespace: "default",
  workflowId: workflowExecution.workflowId,
  workflowType: { name: "orderWorkflow" },
  taskQueue: { name: "orders", kind: 1 },
  input,
  workflowTaskTimeout: { seconds: 10 },
  identity,
  requestId: workflowExecution.runId,
  workflowIdReusePolicy: 1,
};
const startFull: Input<StartWorkflowExecutionRequest> = {
  ...start,
  retryPolicy: { initialInterval: { seconds: 1 }, backoffCoefficient: 2, maximumAttempts: 5 },
  memo: Memo.encode({ fields: { note: small } }),
  searchAttributes: SearchAttributes.encode({ indexedFields: { CustomerId: small } }),
  header: Header.encode({ fields: { tracing: small } }),
  priority: { priorityKey: 3 },
};
const scheduled: Input<HistoryEvent> = {
  eventId: 2,
  eventTime,
  eventType: EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED,
  taskId: 1_048_577,
  workflowTaskScheduledEventAttributes: {
    taskQueue: { name: "orders", kind: 1 },
    startToCloseTimeout: { seconds: 10 },
    attempt: 1,
  },
};
const started: Input<HistoryEvent> = {
  eventId: 1,
  eventTime,
  eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED,
  taskId: 1_048_576,
  workflowExecutionStartedEventAttributes: {
    workflowType: { name: "orderWorkflow" },
    taskQueue: { name: "orders", kind: 1 },
    input,
    workflowTaskTimeout: { seconds: 10 },
    originalExecutionRunId: workflowExecution.runId,
    firstExecutionRunId: workflowExecution.runId,
    identity,
    attempt: 1,
    workflowId: workflowExecution.workflowId,
  },
};
const activityScheduled: Input<HistoryEvent> = {
  eventId: 5,
  eventTime,
  eventType: EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED,
  taskId: 1_048_580,
  activityTaskScheduledEventAttributes: {
    activityId: "1",
    activityType: { name: "chargeCard" },
    taskQueue: { name: "orders", kind: 1 },
    input,
    startToCloseTimeout: { seconds: 60 },
    scheduleToCloseTimeout: { seconds: 600 },
    scheduleToStartTimeout: { seconds: 600 },
    workflowTaskCompletedEventId: 4,
    retryPolicy: { initialInterval: { seconds: 1 }, backoffCoefficient: 2, maximumInterval: { seconds: 100 } },
  },
};
const events = [scheduled, started, activityScheduled].map((event) => HistoryEvent.encode(event));
const history = Buffer.concat(
  events.flatMap((event) => [Buffer.from([10, (event.length & 127) | 128, event.length >> 7]), event]),
);
const schedule: Input<Command> = {
  commandType: 1,
  scheduleActivityTaskCommandAttributes: {
    activityId: "1",
    activityType: { name: "chargeCard" },
    taskQueue: { name: "orders", kind: 1 },
    input,
    startToCloseTimeout: { seconds: 60 },
    retryPolicy: { initialInterval: { seconds: 1 }, backoffCoefficient: 2 },
    requestEagerExecution: true,
  },
};
const completed: Input<RespondWorkflowTaskCompletedRequest> = {
  taskToken,
  commands: [schedule],
  identity,
  stickyAttributes: {
    workerTaskQueue: { name: "worker-7f9c-sticky", kind: 2, normalName: "orders" },
    scheduleToStartTimeout: { seconds: 10 },
  },
  returnNewWorkflowTask: true,
  binaryChecksum: "@temporalio/worker@1.24.0",
  namespace: "default",
  workerVersionStamp: { buildId: "@temporalio/worker@1.24.0" },
};

interface Row {
  name: string;
  ours: () => unknown;
  theirs: () => unknown;
}

function rows<T>(name: string, codec: Codec<T>, message: Input<T>): Row[] {
  const bytes = new Uint8Array(codec.encode(message));
  const type = root.lookupType(codec.typeName);
  const plain = type.decode(bytes);
  return [
    {
      name: `${name} encode (${bytes.length} B)`,
      ours: () => codec.encode(message),
      theirs: () => type.encode(plain).finish(),
    },
    { name: `${name} decode`, ours: () => codec.decode(bytes), theirs: () => type.decode(bytes) },
  ];
}

const table: Row[] = [
  ...rows("StartWorkflowExecutionRequest", StartWorkflowExecutionRequest, start),
  ...rows("StartWorkflowExecutionRequest, full", StartWorkflowExecutionRequest, startFull),
  ...rows("WorkflowTaskScheduled event", HistoryEvent, scheduled),
  ...rows("WorkflowExecutionStarted event", HistoryEvent, started),
  ...rows("ActivityTaskScheduled event", HistoryEvent, activityScheduled),
  ...rows("PollWorkflowTaskQueueRequest", PollWorkflowTaskQueueRequest, {
    namespace: "default",
    taskQueue: { name: "orders", kind: 1 },
    identity,
  }),
  ...rows("PollWorkflowTaskQueueResponse", PollWorkflowTaskQueueResponse, {
    taskToken,
    workflowExecution,
    workflowType: { name: "orderWorkflow" },
    startedEventId: 3,
    attempt: 1,
    history,
    scheduledTime: eventTime,
    startedTime: eventTime,
    workflowExecutionTaskQueue: { name: "orders", kind: 1 },
  }),
  ...rows("RespondWorkflowTaskCompletedRequest", RespondWorkflowTaskCompletedRequest, completed),
  ...rows("PollActivityTaskQueueResponse", PollActivityTaskQueueResponse, {
    taskToken,
    workflowNamespace: "default",
    workflowType: { name: "orderWorkflow" },
    workflowExecution,
    activityType: { name: "chargeCard" },
    activityId: "1",
    input,
    scheduledTime: eventTime,
    currentAttemptScheduledTime: eventTime,
    startedTime: eventTime,
    attempt: 1,
    startToCloseTimeout: { seconds: 60 },
  }),
  ...rows("RespondActivityTaskCompletedRequest", RespondActivityTaskCompletedRequest, {
    taskToken,
    result: input,
    identity,
    namespace: "default",
  }),
];

/** Microseconds per call, the best of the rounds. */
function time(run: () => unknown): number {
  const count = 20_000;
  let best = Infinity;
  for (let round = 0; round < 12; round++) {
    const from = process.hrtime.bigint();
    for (let i = 0; i < count; i++) run();
    best = Math.min(best, Number(process.hrtime.bigint() - from) / 1000 / count);
  }
  return best;
}

const wanted = process.argv[2] ?? "";
for (const { name, ours, theirs } of table) {
  if (!name.includes(wanted)) continue;
  const [our, their] = [time(ours), time(theirs)];
  console.log(
    `${name.padEnd(50)} ${our.toFixed(2).padStart(6)} µs   protobufjs ${their.toFixed(2).padStart(6)} µs   ×${(their / our).toFixed(1)}`,
  );
}
