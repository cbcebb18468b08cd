import type { HistoryEvent, PollActivityTaskQueueResponse, PollWorkflowTaskQueueResponse } from "../api/gen/messages.js";
import { EventType } from "../api/gen/enums.js";

/** What the users of a simulated server were told, and what they therefore may rely on. */
export class Ledger {
  /** Workflow id → run id of the acknowledged start. */
  readonly started = new Map<string, string>();
  /** Request ids of acknowledged signals, by workflow id. */
  readonly signaled = new Map<string, Set<string>>();
  /** Request ids of all signals that were ever sent. */
  readonly signalsSent = new Set<string>();
  readonly cancelled = new Set<string>();
  readonly terminated = new Set<string>();
  /** `run/scheduled event id` of activities whose completion was acknowledged. */
  readonly activities = new Set<string>();
  readonly violations: string[] = [];

  signalAcknowledged(workflowId: string, requestId: string): void {
    const known = this.signaled.get(workflowId);
    if (known === undefined) this.signaled.set(workflowId, new Set([requestId]));
    else known.add(requestId);
  }

  activityCompleted(task: PollActivityTaskQueueResponse): void {
    this.activities.add(`${task.workflowExecution?.workflowId}/${task.workflowExecution?.runId}/${task.activityId}`);
  }

  /** A task's history ends with its own start and is gapless. */
  sawTask(task: PollWorkflowTaskQueueResponse, events: readonly HistoryEvent[]): void {
    const where = `${task.workflowExecution?.workflowId} task ${task.startedEventId}`;
    const last = events.at(-1);
    if (last?.eventId !== task.startedEventId || last.eventType !== EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED) {
      const isStale = (last?.eventId ?? 0) > task.startedEventId; // Read anew after others went on: the answer will be refused.
      if (!isStale && task.history !== undefined && task.history.length > 0 && events[0]?.eventId === 1 && task.nextPageToken.length === 0) this.#checkTail(where, task, events);
    }
    for (const [at, event] of events.entries()) {
      if (event.eventId !== at + 1) {
        this.violations.push(`${where}: event ${at + 1} is missing, ${event.eventId} stands in its place`);
        return;
      }
    }
  }

  #checkTail(where: string, task: PollWorkflowTaskQueueResponse, events: readonly HistoryEvent[]): void {
    if (!events.some((event) => event.eventId === task.startedEventId)) this.violations.push(`${where}: its history ends at ${events.at(-1)?.eventId}`);
  }
}
