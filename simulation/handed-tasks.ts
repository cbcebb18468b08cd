import type {
  PollActivityTaskQueueResponse,
  PollWorkflowTaskQueueResponse,
  RespondWorkflowTaskCompletedResponse,
  StartWorkflowExecutionResponse,
} from "../api/gen/messages.js";
import { TimeoutType } from "../api/gen/enums.js";
import { Failure } from "../api/gen/messages.js";
import type { HistoryEvent } from "../api/gen/messages.js";
import { timestampMs } from "../api/timestamp.ts";

type Reply = PollWorkflowTaskQueueResponse &
  PollActivityTaskQueueResponse &
  RespondWorkflowTaskCompletedResponse &
  StartWorkflowExecutionResponse;

/** Calls of the store, one after the other, from a start to its taking back; and what else takes time. */
const CALLS_MAX = 4;
const SPARE_MS = 1_000;

/** The started tasks that went out in answers to callers who were there to hear them. */
export class HandedTasks {
  readonly #starts = new Set<string>();

  /** Whatever tasks this answer of the server carries. */
  note(reply: object): void {
    const { taskToken, workflowTask, activityTasks = [], eagerWorkflowTask } = reply as Partial<Reply>;
    if (taskToken !== undefined && taskToken.length > 0) this.#add(reply as Reply);
    for (const task of [workflowTask, eagerWorkflowTask, ...activityTasks]) if (task !== undefined) this.#add(task);
  }

  #add(task: PollWorkflowTaskQueueResponse | PollActivityTaskQueueResponse): void {
    const what = "activityId" in task ? `activity ${task.activityId}` : `workflow task ${task.startedEventId}`;
    this.#starts.add(startName(task.workflowExecution?.runId, what, timestampMs(task.startedTime)));
  }

  /**
   * A start that times out was handed out: one that nobody hears of is taken back. Says nothing of starts before `since`,
   * when processes still died with their answers, nor of time-outs that a store may outlast which takes `storeMs` for a call.
   */
  check(
    { events, runId }: { events: readonly HistoryEvent[]; runId: string | undefined },
    { since, storeMs }: { since: number; storeMs: number },
    faults: string[],
  ): void {
    for (const event of events) {
      const start = timedOutStart(event, events);
      if (start === undefined || start.at < since) continue;
      if (timestampMs(event.eventTime) - start.at < storeMs * CALLS_MAX + SPARE_MS) continue;
      if (!this.#starts.has(startName(runId, start.what, start.at)))
        faults.push(`${start.what} timed out, and its start was never heard of`);
    }
  }
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
