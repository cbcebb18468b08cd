/** Requests as the official TypeScript SDK 1.24 sends them: recorded once from it, field by field; payloads of 200 bytes. */
import type { Input } from "../../api/codec.ts";
import { CommandType, TaskQueueKind } from "../../api/gen/enums.js";
import { Header, Payload, Payloads, TaskQueueMetadata, WorkflowTaskCompletedMetadata } from "../../api/gen/messages.js";
import {
  PollActivityTaskQueueRequest,
  PollWorkflowTaskQueueRequest,
  RespondActivityTaskCompletedRequest,
  RespondWorkflowTaskCompletedRequest,
  SignalWorkflowExecutionRequest,
  StartWorkflowExecutionRequest,
} from "../../api/gen/messages.js";
import type { Command, PollWorkflowTaskQueueResponse } from "../../api/gen/messages.js";

export const NAMESPACE = "default";
export const IDENTITY = "4242@bench-host";
const STICKY_SUFFIX = "377a03fb815b43fb9663bfe249d48309";
const BUILD_ID = "@temporalio/worker@1.24.0+23157682ef087291d5b8fb4f2681fd487933e6eef508f157dcfcfca1486972ff";
const WORKER_INSTANCE_KEY = "54844fbc-2e09-4362-86e1-713e53969a16";

/** What every call of the SDK carries beside its deadline. */
export const METADATA = {
  "client-name": "temporal-typescript",
  "client-version": "1.24.0",
  "temporal-namespace": NAMESPACE,
};

const json = new TextEncoder().encode("json/plain");
const data = Buffer.from(`"${"x".repeat(198)}"`);
export const PAYLOADS = Payloads.encode({ payloads: [Payload.encode({ metadata: { encoding: json }, data })] });
const FIRST_METADATA = WorkflowTaskCompletedMetadata.encode({
  langUsedFlags: [1, 3],
  sdkName: "temporal-typescript",
  sdkVersion: "1.24.0",
});
const LATER_METADATA = WorkflowTaskCompletedMetadata.encode({});
const NO_HEADER = Header.encode({});

export function stickyQueueOf(queue: string): string {
  return `${IDENTITY}-${queue}-${STICKY_SUFFIX}`;
}

export function startRequest(workflowId: string, queue: string): Uint8Array {
  return StartWorkflowExecutionRequest.encode({
    namespace: NAMESPACE,
    workflowId,
    workflowType: { name: "greeting" },
    taskQueue: { name: queue, kind: TaskQueueKind.TASK_QUEUE_KIND_NORMAL },
    input: PAYLOADS,
    identity: IDENTITY,
    requestId: crypto.randomUUID(),
    header: NO_HEADER,
  });
}

export function signalRequest(workflowId: string): Uint8Array {
  return SignalWorkflowExecutionRequest.encode({
    namespace: NAMESPACE,
    workflowExecution: { workflowId },
    signalName: "note",
    input: PAYLOADS,
    identity: IDENTITY,
    requestId: crypto.randomUUID(),
    header: NO_HEADER,
  });
}

export function pollWorkflowRequest(queue: string, sort: "normal" | "sticky"): Uint8Array {
  return PollWorkflowTaskQueueRequest.encode({
    namespace: NAMESPACE,
    taskQueue: sort === "normal" ? normal(queue) : sticky(queue),
    identity: IDENTITY,
    binaryChecksum: BUILD_ID,
    workerInstanceKey: WORKER_INSTANCE_KEY,
  });
}

export function pollActivityRequest(queue: string): Uint8Array {
  return PollActivityTaskQueueRequest.encode({
    namespace: NAMESPACE,
    taskQueue: normal(queue),
    identity: IDENTITY,
    taskQueueMetadata: TaskQueueMetadata.decode(new Uint8Array(0)),
    workerInstanceKey: WORKER_INSTANCE_KEY,
  });
}

export function completeWorkflowTaskRequest(
  task: PollWorkflowTaskQueueResponse,
  queue: string,
  answer: Pick<Input<RespondWorkflowTaskCompletedRequest>, "commands" | "messages">,
): Uint8Array {
  return RespondWorkflowTaskCompletedRequest.encode({
    taskToken: task.taskToken,
    ...answer,
    identity: IDENTITY,
    stickyAttributes: { workerTaskQueue: sticky(queue), scheduleToStartTimeout: { seconds: 10 } },
    returnNewWorkflowTask: true,
    binaryChecksum: BUILD_ID,
    namespace: NAMESPACE,
    sdkMetadata: task.previousStartedEventId === 0 ? FIRST_METADATA : LATER_METADATA,
    meteringMetadata: new Uint8Array(0),
    capabilities: { discardSpeculativeWorkflowTaskWithEvents: true },
    workerInstanceKey: WORKER_INSTANCE_KEY,
  });
}

export function completeActivityRequest(taskToken: Uint8Array): Uint8Array {
  const answer = { taskToken, result: PAYLOADS, identity: IDENTITY, namespace: NAMESPACE };
  return RespondActivityTaskCompletedRequest.encode(answer);
}

export function scheduleActivity(queue: string, how: "eager" | "polled"): Input<Command> {
  return {
    commandType: CommandType.COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK,
    scheduleActivityTaskCommandAttributes: {
      activityId: "1",
      activityType: { name: "greet" },
      taskQueue: { name: queue, kind: TaskQueueKind.TASK_QUEUE_KIND_NORMAL },
      header: NO_HEADER,
      input: PAYLOADS,
      startToCloseTimeout: { seconds: 60 },
      requestEagerExecution: how === "eager",
      useWorkflowBuildId: true,
    },
  };
}

export function startTimer(seconds: number): Input<Command> {
  const startTimerCommandAttributes = { timerId: "1", startToFireTimeout: { seconds } };
  return { commandType: CommandType.COMMAND_TYPE_START_TIMER, startTimerCommandAttributes };
}

export function completeWorkflow(): Input<Command> {
  const completeWorkflowExecutionCommandAttributes = { result: PAYLOADS };
  const commandType = CommandType.COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION;
  return { commandType, completeWorkflowExecutionCommandAttributes };
}

function normal(name: string) {
  return { name, kind: TaskQueueKind.TASK_QUEUE_KIND_NORMAL };
}

function sticky(queue: string) {
  return { name: stickyQueueOf(queue), kind: TaskQueueKind.TASK_QUEUE_KIND_STICKY, normalName: queue };
}
