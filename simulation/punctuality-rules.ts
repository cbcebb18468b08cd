/** What becomes due happens, and before long; what is to wait waits. For worlds whose restarts take seconds. */
import { durationMs } from "../api/duration.ts";
import { TimeoutType } from "../api/gen/enums.js";
import type { HistoryEvent } from "../api/gen/messages.js";
import { timestampMs } from "../api/timestamp.ts";
import { dueOf } from "./timeout-rules.ts";

/** Several crashes in a row, each followed by seconds without a server, and the longest pause before a message is repeated. */
export const LATE_MS_MAX = 45_000;

export interface Punctuality {
  /** How far the server's clock may have stepped between two events. */
  readonly doubtMs: number;
  /** Schedule-to-start time-out of sticky tasks. */
  readonly stickyMs: number;
  /** An update may begin a run before the end of its backoff. */
  readonly mayBeginEarly: boolean;
  /** For how long polls stood idle between two times; workers that are all at work are no fault of the server. */
  idleMs(poll: "pollWorkflowTaskQueue" | "pollActivityTaskQueue", from: number, to: number): number;
}

export function checkPunctuality(events: readonly HistoryEvent[], faults: string[], options: Punctuality): void {
  const lateMs = LATE_MS_MAX + options.doubtMs;
  for (const event of events) {
    const due = dueOf(event, events);
    if (due !== undefined && due.isOfLaterAttempt !== true)
      checkWait(faults, due.what, {
        ms: timestampMs(event.eventTime) - due.at,
        atLeast: Number.NEGATIVE_INFINITY,
        lateMs,
      });
    checkWorkflowTask(event, events, { faults, lateMs, ...options });
    checkActivityStart(event, events, { faults, lateMs, ...options });
  }
  checkBackoff(events, { faults, lateMs, ...options });
}

interface Rules extends Punctuality {
  readonly faults: string[];
  readonly lateMs: number;
}

/** A wait that is to take `atLeast`, and not `lateMs` more. */
function checkWait(faults: string[], what: string, wait: { ms: number; atLeast: number; lateMs: number }): void {
  const { ms, atLeast, lateMs } = wait;
  if (ms < atLeast) faults.push(`${what} after ${ms} ms, ${atLeast - ms} ms early`);
  if (ms > Math.max(0, atLeast) + lateMs) faults.push(`${what} ${ms} ms late`);
}

/** A task does not wait long beside polls that could have it. */
function checkIdle(
  rules: Rules,
  what: string,
  wait: { poll: "pollWorkflowTaskQueue" | "pollActivityTaskQueue"; from: number; to: number },
): void {
  const { poll, from, to } = wait;
  if (to - from <= rules.lateMs) return;
  const ms = rules.idleMs(poll, from, to);
  if (ms > rules.lateMs) rules.faults.push(`${what} ${to - from} ms late, ${ms} ms beside an idle poll`);
}

/** A task that waits beside a poll is taken before long; on a sticky queue not later than its time-out. */
function checkWorkflowTask(event: HistoryEvent, events: readonly HistoryEvent[], rules: Rules): void {
  const { faults, lateMs, doubtMs, stickyMs } = rules;
  const started = event.workflowTaskStartedEventAttributes;
  const timedOut = event.workflowTaskTimedOutEventAttributes;
  const of = started ?? timedOut;
  if (of === undefined) return;
  const to = timestampMs(event.eventTime);
  const from = timestampMs(events[of.scheduledEventId - 1]?.eventTime);
  const ms = to - from;
  if (started !== undefined) {
    const what = `workflow task ${of.scheduledEventId} started`;
    checkWait(faults, what, { ms, atLeast: -doubtMs, lateMs: Number.POSITIVE_INFINITY });
    checkIdle(rules, what, { poll: "pollWorkflowTaskQueue", from, to });
  } else if (timedOut?.timeoutType === TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_START)
    checkWait(faults, `workflow task ${of.scheduledEventId} left its sticky queue`, {
      ms,
      atLeast: stickyMs - doubtMs,
      lateMs,
    });
}

/** Attempts after the first begin after their backoffs; when their predecessors ended, the history does not say. */
function checkActivityStart(event: HistoryEvent, events: readonly HistoryEvent[], rules: Rules): void {
  const started = event.activityTaskStartedEventAttributes;
  if (started === undefined) return;
  const scheduledEvent = events[started.scheduledEventId - 1];
  const scheduled = scheduledEvent?.activityTaskScheduledEventAttributes;
  const ms = timestampMs(event.eventTime) - timestampMs(scheduledEvent?.eventTime);
  const { backoffCoefficient = 1, initialInterval } = scheduled?.retryPolicy ?? {};
  let backoffMs = 0;
  for (let attempt = 1; attempt < started.attempt; attempt++)
    backoffMs += durationMs(initialInterval) * Math.min(100, backoffCoefficient ** (attempt - 1));
  const what = `attempt ${started.attempt} of activity ${scheduled?.activityId} started`;
  checkWait(rules.faults, what, { ms, atLeast: backoffMs - rules.doubtMs, lateMs: Number.POSITIVE_INFINITY });
  if (started.attempt > 1) return;
  const from = timestampMs(scheduledEvent?.eventTime);
  checkIdle(rules, what, { poll: "pollActivityTaskQueue", from, to: from + ms });
}

/** The first workflow task waits for the end of the run's backoff, unless something releases it. */
function checkBackoff(events: readonly HistoryEvent[], rules: Rules): void {
  const begun = events[0];
  const at = events.findIndex((event) => event.workflowTaskScheduledEventAttributes !== undefined);
  if (begun === undefined || at < 0) return;
  const parent = begun.workflowExecutionStartedEventAttributes?.parentWorkflowExecution?.runId ?? "";
  const isReleased = events
    .slice(1, at)
    .some(
      (event) =>
        event.workflowExecutionCancelRequestedEventAttributes !== undefined ||
        event.workflowExecutionSignaledEventAttributes?.identity === "signaller",
    );
  const backoffMs = durationMs(begun.workflowExecutionStartedEventAttributes?.firstWorkflowTaskBackoff);
  const mayBeginEarly = isReleased || rules.mayBeginEarly;
  checkWait(rules.faults, "the first workflow task was scheduled", {
    ms: timestampMs(events[at]?.eventTime) - timestampMs(begun.eventTime),
    atLeast: mayBeginEarly ? Number.NEGATIVE_INFINITY : backoffMs - rules.doubtMs,
    lateMs: rules.lateMs + (parent === "" ? 0 : LATE_MS_MAX) + (mayBeginEarly ? backoffMs : 0),
  });
}
