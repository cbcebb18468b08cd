import { EventType } from "../api/gen/enums.js";
import type {
  HistoryEvent,
  PollActivityTaskQueueResponse,
  PollWorkflowTaskQueueResponse,
} from "../api/gen/messages.js";
import { Heartbeats, NO_DETAILS } from "./heartbeats.ts";
import type { Heartbeat } from "./heartbeats.ts";
import { fromPayloads } from "./values.ts";

/** What a client was told of an update. */
export interface UpdateNote {
  readonly workflowId: string;
  readonly runId: string;
  readonly name: string;
  readonly isCompleted: boolean;
  readonly isSuccess: boolean;
}

/** What the users of a simulated server were told, and what they therefore may rely on. */
export class Ledger {
  /** Workflow id → run id of the acknowledged start; "" when all that is known is that there is one. */
  readonly started = new Map<string, string>();
  /** Runs that were acknowledged on ids which may be used again. */
  readonly runs = new Set<string>();
  /** Request ids of acknowledged signals, by workflow id. */
  readonly signaled = new Map<string, Set<string>>();
  /** Request ids of all signals that were ever sent. */
  readonly signalsSent = new Set<string>();
  /** Workflows whose cancellation (and when) or termination was acknowledged, and runs whose deletion was. */
  readonly cancelled = new Map<string, number>();
  readonly terminated = new Set<string>();
  readonly deleted = new Set<string>();
  /** Workflows that an update was sent to. */
  readonly updated = new Set<string>();
  readonly updates = new Map<string, UpdateNote>();
  readonly namespaces = new Set<string>();
  /** Runs of a namespace that keeps little, and when their end was acknowledged. */
  readonly fleeting = new Map<string, number>();
  /** `workflow/run/activity id` of activities whose completion was acknowledged, and when. */
  readonly activities = new Map<string, number>();
  readonly violations: string[] = [];
  readonly #attempts = new Map<string, { readonly attempt: number; readonly at: number }>();
  readonly #heartbeats = new Map<string, Heartbeats>();

  signalAcknowledged(workflowId: string, requestId: string): void {
    const known = this.signaled.get(workflowId);
    if (known === undefined) this.signaled.set(workflowId, new Set([requestId]));
    else known.add(requestId);
  }

  /** An answer of an attempt was taken: no later one had been handed out when it was given. */
  attemptAnswered(task: PollActivityTaskQueueResponse, askedAt: number): void {
    const latest = this.#attempts.get(activityKey(task));
    if (latest !== undefined && latest.attempt > task.attempt && latest.at < askedAt)
      this.violations.push(
        `activity ${activityKey(task)}: an answer of attempt ${task.attempt} was taken ${askedAt - latest.at} ms after attempt ${latest.attempt} was handed out`,
      );
  }

  activityCompleted(task: PollActivityTaskQueueResponse, at = 0): void {
    this.activities.set(activityKey(task), at);
  }

  /** The caller notes in it when the heartbeat was acknowledged. */
  heartbeatSent(task: PollActivityTaskQueueResponse, details: number, sentAt: number): Heartbeat {
    return this.#heartbeatsOf(task).send({ attempt: task.attempt, details, sentAt });
  }

  #heartbeatsOf(task: PollActivityTaskQueueResponse): Heartbeats {
    const key = activityKey(task);
    const known = this.#heartbeats.get(key) ?? new Heartbeats();
    this.#heartbeats.set(key, known);
    return known;
  }

  /** An attempt was handed out: not after the activity's end was acknowledged, and with what was last heard of it. */
  sawActivity(task: PollActivityTaskQueueResponse, askedAt: number, at = askedAt): void {
    const key = activityKey(task);
    if ((this.#attempts.get(key)?.attempt ?? 0) < task.attempt) this.#attempts.set(key, { attempt: task.attempt, at });
    const completedAt = this.activities.get(key);
    if (completedAt !== undefined && completedAt < askedAt)
      this.violations.push(
        `activity ${key} was handed out ${askedAt - completedAt} ms after its completion was acknowledged`,
      );
    const details = fromPayloads<number>(task.heartbeatDetails) ?? NO_DETAILS;
    const heartbeats = this.#heartbeatsOf(task);
    if (!heartbeats.mayTell(task.attempt, details))
      this.violations.push(
        `activity ${key}: attempt ${task.attempt} is told of heartbeat ${details}; there were ${heartbeats.toString()}`,
      );
  }

  /** What a task shows begins where the worker's knowledge ends. */
  sawGap(task: PollWorkflowTaskQueueResponse, known: number, first: number): void {
    if (task.previousStartedEventId + 1 < first)
      this.violations.push(
        `${task.workflowExecution?.workflowId} task ${task.startedEventId}: it begins at ${first}, the last one started at ${task.previousStartedEventId}, the worker knows ${known}`,
      );
  }

  /** What a task shows ends with its own start; with what the worker knows it is gapless. */
  sawTask(task: PollWorkflowTaskQueueResponse, events: readonly HistoryEvent[], shown = events): void {
    const where = `${task.workflowExecution?.workflowId} task ${task.startedEventId}`;
    const last = shown.at(-1);
    const isStart =
      last?.eventType === EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED && last.eventId === task.startedEventId;
    if (last !== undefined && !isStart && task.nextPageToken.length === 0)
      this.violations.push(`${where}: its history ends at ${last.eventId}`);
    for (const [at, event] of events.entries()) {
      if (event.eventId === at + 1) continue;
      this.violations.push(`${where}: event ${at + 1} is missing, ${event.eventId} stands in its place`);
      return;
    }
  }
}

function activityKey(task: PollActivityTaskQueueResponse): string {
  return `${task.workflowExecution?.workflowId}/${task.workflowExecution?.runId}/${task.activityId}`;
}
