/** Nothing that waits for a time happens before it. */
import { durationMs } from "../api/duration.ts";
import { TimeoutType } from "../api/gen/enums.js";
import { Failure } from "../api/gen/messages.js";
import type { HistoryEvent } from "../api/gen/messages.js";
import { timestampMs } from "../api/timestamp.ts";

/** `doubtMs`: how far the server's clock may have stepped back while the history was written. */
export function checkTimeouts(events: readonly HistoryEvent[], faults: string[], doubtMs: number): void {
  for (const event of events) {
    const due = dueOf(event, events);
    if (due === undefined) continue;
    const earlyMs = due.at - timestampMs(event.eventTime) - (due.isOfLaterAttempt === true ? doubtMs : 0);
    if (earlyMs > 0) faults.push(`${due.what} ${earlyMs} ms early`);
  }
}

export interface Due {
  readonly what: string;
  readonly at: number;
  /** Counts from the schedule of an attempt that left no event: its clock may have been another. */
  readonly isOfLaterAttempt?: boolean;
}

/** When the event may have come at the earliest; undefined for events that wait for no time. */
export function dueOf(event: HistoryEvent, events: readonly HistoryEvent[]): Due | undefined {
  const fired = event.timerFiredEventAttributes;
  if (fired !== undefined) {
    const started = events[fired.startedEventId - 1];
    const ms = durationMs(started?.timerStartedEventAttributes?.startToFireTimeout);
    return { what: `timer ${fired.timerId} fired`, at: timestampMs(started?.eventTime) + ms };
  }
  if (event.workflowExecutionTimedOutEventAttributes !== undefined) return runDue(events);
  if (event.activityTaskTimedOutEventAttributes !== undefined) return activityDue(event, events);
  const task = event.workflowTaskTimedOutEventAttributes;
  if (task?.timeoutType !== TimeoutType.TIMEOUT_TYPE_START_TO_CLOSE) return undefined;
  const ms = durationMs(events[0]?.workflowExecutionStartedEventAttributes?.workflowTaskTimeout);
  return {
    what: `workflow task ${task.scheduledEventId} timed out`,
    at: timestampMs(events[task.startedEventId - 1]?.eventTime) + ms,
  };
}

/** The earlier of the run's own time-out, which counts from the end of its backoff, and the end of its whole chain. */
function runDue(events: readonly HistoryEvent[]): Due {
  const started = events[0]?.workflowExecutionStartedEventAttributes;
  const runMs = durationMs(started?.workflowRunTimeout);
  const expiresAt = timestampMs(started?.workflowExecutionExpirationTime);
  const begun = timestampMs(events[0]?.eventTime) + durationMs(started?.firstWorkflowTaskBackoff);
  const runAt = runMs === 0 ? Number.POSITIVE_INFINITY : begun + runMs;
  return { what: "the run timed out", at: Math.min(runAt, expiresAt === 0 ? Number.POSITIVE_INFINITY : expiresAt) };
}

function activityDue(event: HistoryEvent, events: readonly HistoryEvent[]): Due | undefined {
  const { scheduledEventId, startedEventId, failure } = event.activityTaskTimedOutEventAttributes ?? {};
  const scheduledEvent = events[(scheduledEventId ?? 0) - 1];
  const scheduled = scheduledEvent?.activityTaskScheduledEventAttributes;
  const started = events[(startedEventId ?? 0) - 1];
  const type = failure === undefined ? undefined : Failure.decode(failure).timeoutFailureInfo?.timeoutType;
  const from = (of: HistoryEvent | undefined, ms: number): Due => ({
    what: `activity ${scheduled?.activityId} timed out (type ${type})`,
    at: timestampMs(of?.eventTime) + ms,
  });
  switch (type) {
    case TimeoutType.TIMEOUT_TYPE_START_TO_CLOSE:
      return from(started, durationMs(scheduled?.startToCloseTimeout));
    case TimeoutType.TIMEOUT_TYPE_HEARTBEAT:
      return from(started, durationMs(scheduled?.heartbeatTimeout));
    case TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_START:
      return { ...from(scheduledEvent, durationMs(scheduled?.scheduleToStartTimeout)), isOfLaterAttempt: true };
    default:
      return undefined; // Schedule-to-close also ends an activity whose next attempt could not be in time.
  }
}
