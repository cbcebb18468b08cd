import type {
  PollActivityTaskQueueResponse,
  PollWorkflowTaskQueueResponse,
  RespondWorkflowTaskCompletedResponse,
  StartWorkflowExecutionResponse,
} from "../api/gen/messages.js";
import { TimeoutType } from "../api/gen/enums.js";
import { Failure } from "../api/gen/messages.js";
import type { HistoryEvent } from "../api/gen/messages.js";
import { durationMs } from "../api/duration.ts";
import { timestampMs } from "../api/timestamp.ts";

type Reply = PollWorkflowTaskQueueResponse &
  PollActivityTaskQueueResponse &
  RespondWorkflowTaskCompletedResponse &
  StartWorkflowExecutionResponse;

/** Calls of the store, one after the other, from a start to its taking back; and what else takes time. */
const CALLS_MAX = 4;
const SPARE_MS = 1_000;

/** When a law of starts holds: from `since` on, and with a store that takes up to `storeMs` for a call. */
interface Steadiness {
  readonly since: number;
  readonly storeMs: number;
}

/** An attempt was handed out, and the one before it never was. */
interface Leap {
  readonly text: string;
  readonly scheduledAt: number;
  /** How soon an attempt times out that nobody works on. */
  readonly timeoutMs: number;
}

/** The started tasks that went out in answers to callers who were there to hear them. */
export class HandedTasks {
  readonly #starts = new Set<string>();
  readonly #attempts = new Set<string>();
  readonly #leaps: Leap[] = [];

  /** Whatever tasks this answer of the server carries. */
  note(reply: object): void {
    const { taskToken, workflowTask, activityTasks = [], eagerWorkflowTask } = reply as Partial<Reply>;
    if (taskToken !== undefined && taskToken.length > 0) this.#add(reply as Reply);
    for (const task of [workflowTask, eagerWorkflowTask, ...activityTasks]) if (task !== undefined) this.#add(task);
  }

  #add(task: PollWorkflowTaskQueueResponse | PollActivityTaskQueueResponse): void {
    const what = "activityId" in task ? `activity ${task.activityId}` : `workflow task ${task.startedEventId}`;
    this.#starts.add(startName(task.workflowExecution?.runId, what, timestampMs(task.startedTime)));
    if ("activityId" in task) this.#addAttempt(task);
  }

  #addAttempt(task: PollActivityTaskQueueResponse): void {
    const { attempt } = task;
    const name = `activity ${task.activityId} of run ${task.workflowExecution?.runId}`;
    this.#attempts.add(`${name}, attempt ${attempt}`);
    if (attempt === 1 || this.#attempts.has(`${name}, attempt ${attempt - 1}`)) return;
    const timeouts = [task.startToCloseTimeout, task.heartbeatTimeout, task.scheduleToCloseTimeout].map(durationMs);
    this.#leaps.push({
      text: `${name}: attempt ${attempt} was handed out, and the one before it never was`,
      scheduledAt: timestampMs(task.scheduledTime),
      timeoutMs: Math.min(...timeouts.filter((ms) => ms > 0)),
    });
  }

  /** Only who has an attempt can end it, by an answer or by silence: one that nobody hears of is taken back, and stays the same. */
  checkAttempts(steadiness: Steadiness, faults: string[]): void {
    for (const { text, scheduledAt, timeoutMs } of this.#leaps)
      if (scheduledAt >= steadiness.since && timeoutMs >= takeBackMs(steadiness)) faults.push(text);
  }

  /**
   * A start that times out was handed out: one that nobody hears of is taken back. Says nothing of starts at a time when
   * processes still died with their answers, nor of time-outs that a slow store may outlast.
   */
  check(
    { events, runId }: { events: readonly HistoryEvent[]; runId: string | undefined },
    steadiness: Steadiness,
    faults: string[],
  ): void {
    for (const event of events) {
      const start = timedOutStart(event, events);
      if (start === undefined || start.at < steadiness.since) continue;
      if (timestampMs(event.eventTime) - start.at < takeBackMs(steadiness)) continue;
      if (!this.#starts.has(startName(runId, start.what, start.at)))
        faults.push(`${start.what} timed out, and its start was never heard of`);
    }
  }
}

/** How long it may take to take a start back. */
function takeBackMs({ storeMs }: Steadiness): number {
  return storeMs * CALLS_MAX + SPARE_MS;
}

function startName(runId: string | undefined, what: string, at: number): string {
  return `${runId} ${what} at ${at}`;
}

/** What was started and never answered, when the event says so of something. */
function timedOutStart(event: HistoryEvent, events: readonly HistoryEvent[]): { what: string; at: number } | undefined {
  const task = event.workflowTaskTimedOutEventAttributes;
  if (task?.timeoutType === TimeoutType.TIMEOUT_TYPE_START_TO_CLOSE)
    return {
      what: `workflow task ${task.startedEventId}`,
      at: timestampMs(events[task.startedEventId - 1]?.eventTime),
    };
  const activity = event.activityTaskTimedOutEventAttributes;
  if (activity === undefined || activity.startedEventId === 0 || activity.failure === undefined) return undefined;
  const type = Failure.decode(activity.failure).timeoutFailureInfo?.timeoutType;
  if (type !== TimeoutType.TIMEOUT_TYPE_START_TO_CLOSE && type !== TimeoutType.TIMEOUT_TYPE_HEARTBEAT) return undefined;
  const scheduled = events[activity.scheduledEventId - 1]?.activityTaskScheduledEventAttributes;
  return {
    what: `activity ${scheduled?.activityId}`,
    at: timestampMs(events[activity.startedEventId - 1]?.eventTime),
  };
}
