import { invalidArgument } from "../../../../api/errors.ts";
import { EventType } from "../../../../api/gen/enums.js";
import { HistoryEvent } from "../../../../api/gen/messages.js";
import type { ResetSource } from "./reset-source.ts";

export interface ResetPoint {
  /** Events that the new run keeps, encoded, from the first one on. */
  readonly kept: readonly Uint8Array[];
  /** Those that it does not. */
  readonly dropped: readonly Uint8Array[];
  /** The workflow task that was under way, and that is now said to have failed. */
  readonly scheduledEventId: number;
  /** 0: it was not started. */
  readonly startedEventId: number;
}

/** A run is reset to where a workflow task was scheduled or started: the event of this id is where it ended otherwise. */
export function resetPoint({ events, boundaries, lastEventId }: ResetSource, finishEventId: number): ResetPoint {
  if (finishEventId <= 1 || finishEventId > lastEventId)
    throw invalidArgument("Workflow task finish ID must be > 1 && <= workflow last event ID.");
  const last = HistoryEvent.decode(events[finishEventId - 2] as Uint8Array);
  const point = { kept: events.slice(0, finishEventId - 1), dropped: events.slice(finishEventId - 1) };
  if (last.eventType === EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED) {
    const scheduledEventId = last.workflowTaskStartedEventAttributes?.scheduledEventId ?? 0;
    return { ...point, scheduledEventId, startedEventId: last.eventId };
  }
  if (!boundaries.has(finishEventId)) {
    throw invalidArgument(
      `StateRebuilder unable to Rebuild mutable state to event ID: ${finishEventId - 1}, version: 0, this event must be at the boundary`,
    );
  }
  if (last.eventType === EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED)
    return { ...point, scheduledEventId: last.eventId, startedEventId: 0 };
  throw invalidArgument(
    `Can only reset workflow to event ID in range [WorkflowTaskScheduled +1, WorkflowTaskStarted + 1]: ${finishEventId}`,
  );
}
