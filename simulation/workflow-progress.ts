/** What a history says of a simulated workflow's steps, signals and updates. */
import { EventType } from "../api/gen/enums.js";
import type { HistoryEvent } from "../api/gen/messages.js";

/** Timers that answer an update later are named after it. */
export const UPDATE_TIMER_PREFIX = "u:";

export interface Progress {
  /** Steps that the history says were begun, and those that have ended. */
  readonly begun: ReadonlySet<number>;
  readonly ended: ReadonlySet<number>;
  /** Steps whose child has started. */
  readonly childrenStarted: ReadonlySet<number>;
  readonly signals: number;
  readonly isCancelRequested: boolean;
  /** Accepted updates that have no outcome and whose timer has fired. */
  readonly ripeUpdates: readonly string[];
}

export function progressOf(events: readonly HistoryEvent[]): Progress {
  const begun = new Set<number>();
  const ended = new Set<number>();
  const childrenStarted = new Set<number>();
  const open = new Set<string>();
  const ripe = new Set<string>();
  const stepOf = new Map<number, number>();
  let signals = 0;
  let isCancelRequested = false;
  const begins = (event: HistoryEvent, step: string): void => {
    begun.add(Number(step));
    stepOf.set(event.eventId, Number(step));
  };
  const timers = new Map<number, string>();
  for (const event of events) {
    switch (event.eventType) {
      case EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
        begins(event, event.activityTaskScheduledEventAttributes?.activityId ?? "");
        break;
      case EventType.EVENT_TYPE_TIMER_STARTED: {
        const timerId = event.timerStartedEventAttributes?.timerId ?? "";
        if (timerId.startsWith(UPDATE_TIMER_PREFIX))
          timers.set(event.eventId, timerId.slice(UPDATE_TIMER_PREFIX.length));
        else begins(event, timerId);
        break;
      }
      case EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED:
        begins(event, event.startChildWorkflowExecutionInitiatedEventAttributes?.workflowId.split("/").at(-1) ?? "");
        break;
      case EventType.EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED:
        begins(event, event.signalExternalWorkflowExecutionInitiatedEventAttributes?.control ?? "");
        break;
      case EventType.EVENT_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED:
        begins(event, event.requestCancelExternalWorkflowExecutionInitiatedEventAttributes?.control ?? "");
        break;
      case EventType.EVENT_TYPE_MARKER_RECORDED:
        ended.add(Number(event.markerRecordedEventAttributes?.markerName));
        break;
      case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED:
        signals++;
        break;
      case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED:
        isCancelRequested = true;
        break;
      case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED:
        open.add(event.workflowExecutionUpdateAcceptedEventAttributes?.protocolInstanceId ?? "");
        break;
      case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED:
        open.delete(event.workflowExecutionUpdateCompletedEventAttributes?.meta?.updateId ?? "");
        break;
      case EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED: {
        const step = stepOf.get(event.childWorkflowExecutionStartedEventAttributes?.initiatedEventId ?? 0);
        if (step !== undefined) childrenStarted.add(step);
        break;
      }
      default: {
        const of = resolutionOf(event) ?? 0;
        const update = timers.get(of);
        const step = stepOf.get(of);
        if (update !== undefined) ripe.add(update);
        if (step !== undefined) ended.add(step);
      }
    }
  }
  const ripeUpdates = [...open].filter((updateId) => ripe.has(updateId));
  return { begun, ended, childrenStarted, signals, isCancelRequested, ripeUpdates };
}

/** Id of the event whose step this event ends; undefined for events that end none. */
export function resolutionOf(event: HistoryEvent): number | undefined {
  const activity =
    event.activityTaskCompletedEventAttributes ??
    event.activityTaskFailedEventAttributes ??
    event.activityTaskTimedOutEventAttributes ??
    event.activityTaskCanceledEventAttributes;
  if (activity !== undefined) return activity.scheduledEventId;
  if (event.timerFiredEventAttributes !== undefined) return event.timerFiredEventAttributes.startedEventId;
  const other =
    event.childWorkflowExecutionCompletedEventAttributes ??
    event.childWorkflowExecutionFailedEventAttributes ??
    event.childWorkflowExecutionCanceledEventAttributes ??
    event.childWorkflowExecutionTimedOutEventAttributes ??
    event.childWorkflowExecutionTerminatedEventAttributes ??
    event.startChildWorkflowExecutionFailedEventAttributes ??
    event.externalWorkflowExecutionSignaledEventAttributes ??
    event.signalExternalWorkflowExecutionFailedEventAttributes ??
    event.externalWorkflowExecutionCancelRequestedEventAttributes ??
    event.requestCancelExternalWorkflowExecutionFailedEventAttributes;
  return other?.initiatedEventId;
}
