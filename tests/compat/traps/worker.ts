/** The few calls of a worker and of its users, by hand. */
import { CommandType, EventType, TaskQueueKind } from "../../../api/gen/enums.js";
import type {
  HistoryEvent,
  PollActivityTaskQueueResponse,
  PollWorkflowTaskQueueResponse,
} from "../../../api/gen/messages.js";
import { decodeHistory } from "../../../simulation/history-reads.ts";
import type { CallOptions, Running, WireClient } from "./wire-client.ts";

const NAMESPACE = { namespace: "default", identity: "worker" };
const STICKY_TIMEOUT = { seconds: 60, nanos: 0 };

export function startWorkflow(client: WireClient, workflowId: string, fields: object = {}): Promise<{ runId: string }> {
  return client.call("startWorkflowExecution", {
    ...NAMESPACE,
    workflowId,
    requestId: workflowId,
    workflowType: { name: "story" },
    taskQueue: { name: workflowId },
    ...fields,
  });
}

export function signal(client: WireClient, workflowId: string): Promise<unknown> {
  return client.call("signalWorkflowExecution", {
    ...NAMESPACE,
    workflowExecution: { workflowId },
    signalName: "go on",
  });
}

export interface Queue {
  readonly name: string;
  /** The worker's own queue of a sticky poll belongs to this one. */
  readonly normalName?: string;
}

export function poll(client: WireClient, queue: Queue, options?: CallOptions): Running<PollWorkflowTaskQueueResponse> {
  const kind = queue.normalName === undefined ? "TASK_QUEUE_KIND_NORMAL" : "TASK_QUEUE_KIND_STICKY";
  const taskQueue = { kind: TaskQueueKind[kind], ...queue };
  return client.begin("pollWorkflowTaskQueue", { ...NAMESPACE, taskQueue }, options);
}

/** Waits until a poll is parked; the type is 1 for workflow tasks, 2 for activities. */
export async function untilPolled(polled: WireClient, queue: string, taskQueueType = 1): Promise<void> {
  const request = { ...NAMESPACE, taskQueue: { name: queue }, taskQueueType };
  for (;;) {
    const { pollers } = await polled.call<{ pollers: unknown[] }>("describeTaskQueue", request);
    if (pollers.length > 0) return;
  }
}

export function pollActivity(client: WireClient, name: string): Promise<PollActivityTaskQueueResponse> {
  return client.call("pollActivityTaskQueue", { ...NAMESPACE, taskQueue: { name } });
}

export interface Completion {
  readonly commands?: readonly object[];
  /** The queue on which the next tasks shall come. */
  readonly sticky?: string;
  readonly fields?: object;
}

export function complete(
  client: WireClient,
  task: PollWorkflowTaskQueueResponse,
  { commands = [], sticky, fields = {} }: Completion = {},
): Promise<unknown> {
  const stickyAttributes =
    sticky === undefined ? undefined : { workerTaskQueue: { name: sticky }, scheduleToStartTimeout: STICKY_TIMEOUT };
  const { taskToken } = task;
  return client.call("respondWorkflowTaskCompleted", {
    ...NAMESPACE,
    taskToken,
    commands,
    stickyAttributes,
    ...fields,
  });
}

export function fail(client: WireClient, task: PollWorkflowTaskQueueResponse): Promise<unknown> {
  return client.call("respondWorkflowTaskFailed", { ...NAMESPACE, taskToken: task.taskToken });
}

export async function readHistory(
  client: WireClient,
  workflowId: string,
  metadata: Readonly<Record<string, string>> = {},
): Promise<HistoryEvent[]> {
  const request = { ...NAMESPACE, execution: { workflowId } };
  const { history } = await client.call<{ history: Uint8Array }>("getWorkflowExecutionHistory", request, { metadata });
  return decodeHistory(history);
}

export function eventsOf(task: PollWorkflowTaskQueueResponse): HistoryEvent[] {
  return task.history === undefined ? [] : decodeHistory(task.history);
}

const NAMES = new Map(Object.entries(EventType).map(([name, value]) => [value, name.slice("EVENT_TYPE_".length)]));

export function typesOf(events: readonly HistoryEvent[]): (string | undefined)[] {
  return events.map(({ eventType }) => NAMES.get(eventType));
}

export const endWorkflow = {
  commandType: CommandType.COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION,
  completeWorkflowExecutionCommandAttributes: {},
};

export function scheduleActivity(queue: string, fields: object = {}): object {
  return {
    commandType: CommandType.COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK,
    scheduleActivityTaskCommandAttributes: {
      activityId: "a",
      activityType: { name: "work" },
      taskQueue: { name: queue },
      startToCloseTimeout: { seconds: 60, nanos: 0 },
      ...fields,
    },
  };
}

export function startTimer(startToFireTimeout: { seconds: number; nanos: number }): object {
  return {
    commandType: CommandType.COMMAND_TYPE_START_TIMER,
    startTimerCommandAttributes: { timerId: "t", startToFireTimeout },
  };
}
