/**
 * An activity of a run: scheduled by a command, tried until it gets an outcome that no retry may follow.
 *
 * 1. The history has its Scheduled event at once. Started is written together with the event that closes the activity,
 *    for the last attempt alone: retries leave no events.
 * 2. At most one attempt is current. Its stamp tells it from all others; tasks and tokens with another stamp are stale.
 * 3. The start of an attempt that is the only one allowed is durable before a worker gets it. Otherwise it lies in
 *    memory until `startWriteAt`: a crash before that offers the attempt anew. Both workers may then heartbeat, and
 *    whoever answers first has it.
 * 4. Each heartbeat is durable, and the start with it.
 * 5. Every time-out and retry is derived from the part: `dueActivity` says when, `fireDueActivities` does it.
 *
 *   schedule          start                 complete, fail, cancel, timeOut
 *  ─────────► waiting ──────► started ───────────────────────────────────────► closed (the part is gone)
 *               ▲  │            │ heartbeat, requestCancel: started; takeBack: waiting
 *               │  │            │
 *               └──┼── retry ◄──┘ fail, timeOut with attempts left
 *                  └── timeOut (schedule-to-start, schedule-to-close), requestCancel ──► closed
 */
import { EventType, RetryState, TimeoutType } from "../../../../api/gen/enums.js";
import { RetryPolicy } from "../../../../api/gen/messages.js";
import type { WorkerVersionStamp } from "../../../../api/gen/messages.js";
import { assert } from "../../../../base/index.ts";
import { ActivityPart } from "../../gen/messages.js";
import { own } from "../create-run.ts";
import { partKey, partPrefix } from "../parts.ts";
import { presentBytes } from "../present-bytes.ts";
import type { Run } from "../run.ts";
import { keptFailure, noTimeFailure, timeoutFailure } from "./activity-failure.ts";
import { activityTurn } from "./activity-priority.ts";
import { nextAttempt } from "./activity-retry.ts";
import { isActivityWaiting, timeoutAt, timeoutTypeAt } from "./activity-timeouts.ts";
import { showPausedActivities } from "./paused-activities.ts";
import { SERVER_IDENTITY } from "./server-identity.ts";
import { ensureWorkflowTask } from "./workflow-task.ts";

export { isActivityWaiting } from "./activity-timeouts.ts";

const EMPTY_PART: ActivityPart = ActivityPart.decode(new Uint8Array(0));
const NO_BYTES = new Uint8Array(0);

type Scheduled = Pick<
  ActivityPart,
  | "scheduledEventId"
  | "activityId"
  | "activityType"
  | "taskQueue"
  | "rawInput"
  | "rawHeader"
  | "rawRetryPolicy"
  | "rawPriority"
  | "rawUserMetadata"
  | "scheduleToCloseMs"
  | "scheduleToStartMs"
  | "startToCloseMs"
  | "heartbeatMs"
  | "workflowTaskCompletedEventId"
>;

/** schedule: the command's handler has written the Scheduled event. With `eager` the caller's worker starts it at once. */
export function scheduleActivity(run: Run, scheduled: Scheduled, eager: { identity: string } | undefined): void {
  const { state, now } = run;
  const activity: ActivityPart = {
    ...EMPTY_PART,
    ...scheduled,
    attempt: 1,
    firstScheduledAt: now,
    scheduledAt: now,
    stamp: 1,
    dispatched: true,
  };
  state.pendingActivityCount++;
  run.action("schedule_activity");
  if (eager === undefined) {
    run.view.setPart(partKey.activity(activity.scheduledEventId), activity);
    dispatchActivity(run, activity);
    return;
  }
  const { identity } = eager;
  run.view.setPart(partKey.activity(activity.scheduledEventId), {
    ...activity,
    startedAt: now,
    startedIdentity: identity,
    lastWorkerIdentity: identity,
    requestId: run.tx.uuid(),
    dispatchedEagerly: true,
  });
}

/**
 * Hands the activity's task to matching once it is durable. Not before its time: a retry waits in the state, and so does a
 * first attempt when the clock was put back since.
 */
export function dispatchActivity(run: Run, activity: ActivityPart, how: "add" | "putBack" = "add"): void {
  if (activity.pause !== undefined || run.state.pause !== undefined) return;
  const isDue = activity.scheduledAt <= run.now;
  if (activity.dispatched !== isDue)
    run.view.setPartInMemory(partKey.activity(activity.scheduledEventId), { ...activity, dispatched: isDue });
  if (!isDue) return;
  const { slot, id } = run.view.identity;
  const queue = { namespace: run.namespaceNumber, type: "activity", name: activity.taskQueue } as const;
  const task = {
    slot,
    id,
    taskId: activity.scheduledEventId,
    stamp: activity.stamp,
    ...activityTurn(run, activity),
    scheduledAt: activity.scheduledAt,
  };
  const { matching } = run.env;
  run.tx.afterCommit(() => matching[how](queue, task));
}

/** The attempt waits at another place in its queue than before. What waits at the old one is obsolete. */
export function moveActivity(run: Run, activity: ActivityPart): void {
  if (!isActivityWaiting(activity) || !activity.dispatched) return;
  const moved = { ...activity, stamp: activity.stamp + 1 };
  run.view.setPart(partKey.activity(activity.scheduledEventId), moved);
  dispatchActivity(run, moved);
}

/** start: a worker takes the waiting attempt. */
export function startActivity(run: Run, activity: ActivityPart, start: { identity: string; at: number }): ActivityPart {
  assert(isActivityWaiting(activity), "an attempt is started once");
  const { now } = run;
  const isOnlyAttempt = RetryPolicy.decode(activity.rawRetryPolicy).maximumAttempts === 1;
  const started: ActivityPart = {
    ...activity,
    startedAt: start.at,
    startedIdentity: start.identity,
    lastWorkerIdentity: start.identity,
    requestId: activity.requestId === "" ? run.tx.uuid() : activity.requestId,
    startWriteAt: isOnlyAttempt ? 0 : now + run.limits.lazyStartMs,
  };
  const key = partKey.activity(activity.scheduledEventId);
  if (isOnlyAttempt) run.view.setPart(key, started);
  else run.view.setPartInMemory(key, started);
  if (activity.attempt > 1 && activity.requestId === "") run.action("retry_activity");
  return started;
}

/**
 * takeBack: the worker that was to get the attempt had gone before, so it waits again. Stored at once, also because what is
 * stored may say that it is started. It keeps its request id: the attempt has been counted.
 */
export function takeBackActivity(run: Run, activity: ActivityPart): void {
  assert(!isActivityWaiting(activity), "only a started attempt is taken back");
  const waiting: ActivityPart = {
    ...activity,
    startedAt: 0,
    startedIdentity: "",
    startWriteAt: 0,
    dispatchedEagerly: false,
  };
  if (activity.cancelRequested) {
    closeActivity(run, waiting, { kind: "canceled", details: undefined, identity: SERVER_IDENTITY });
    ensureWorkflowTask(run);
    return;
  }
  run.view.setPart(partKey.activity(activity.scheduledEventId), waiting);
  dispatchActivity(run, waiting, "putBack");
}

/** heartbeat: answers what the worker is to know: that it is to cancel, or that the activity is paused or begins anew after it. */
export function heartbeatActivity(
  run: Run,
  activity: ActivityPart,
  details: Uint8Array | undefined,
): { cancelRequested: boolean; activityPaused: boolean; activityReset: boolean } {
  run.view.setPart(partKey.activity(activity.scheduledEventId), {
    ...activity,
    rawHeartbeatDetails: own(details),
    heartbeatAt: run.now,
    startWriteAt: 0,
  });
  const { cancelRequested, reset: activityReset } = activity;
  return { cancelRequested, activityPaused: activity.pause !== undefined, activityReset };
}

/**
 * requestCancel: a started activity learns of it by its heartbeat. A waiting one is closed at once; what comes back then
 * writes the closing event, which stands after all that the workflow task's commands write.
 */
export function requestActivityCancel(
  run: Run,
  activity: ActivityPart,
  cancel: { eventId: number; identity: string; details: Uint8Array },
): (() => void) | undefined {
  const requested: ActivityPart = { ...activity, cancelRequested: true, cancelRequestedEventId: cancel.eventId };
  if (!isActivityWaiting(activity)) {
    run.view.setPart(partKey.activity(activity.scheduledEventId), { ...requested, startWriteAt: 0 });
    return undefined;
  }
  removeActivity(run, activity);
  return () => addClosed(run, requested, { kind: "canceled", details: cancel.details, identity: cancel.identity });
}

export type ActivityClose =
  | {
      readonly kind: "completed";
      readonly result: Uint8Array | undefined;
      readonly identity: string;
      readonly workerVersion?: WorkerVersionStamp | undefined;
    }
  | {
      readonly kind: "failed";
      readonly failure: Uint8Array | undefined;
      readonly retryState: number;
      readonly identity: string;
      readonly workerVersion?: WorkerVersionStamp | undefined;
    }
  | { readonly kind: "canceled"; readonly details: Uint8Array | undefined; readonly identity: string }
  | { readonly kind: "timed-out"; readonly failure: Uint8Array; readonly retryState: number };

/** complete, cancel, and the ends of fail and timeOut: writes Started and the closing event. The caller sees to a workflow task. */
export function closeActivity(run: Run, activity: ActivityPart, close: ActivityClose): void {
  removeActivity(run, activity);
  addClosed(run, activity, close);
}

function removeActivity(run: Run, { scheduledEventId, pause }: ActivityPart): void {
  run.view.deletePart(partKey.activity(scheduledEventId));
  run.state.pendingActivityCount--;
  if (pause !== undefined) showPausedActivities(run);
}

function addClosed(run: Run, activity: ActivityPart, close: ActivityClose): void {
  const { scheduledEventId } = activity;
  const workerVersion = "workerVersion" in close ? close.workerVersion : undefined;
  const startedEventId = isActivityWaiting(activity) ? 0 : addStarted(run, activity, workerVersion);
  const ids = { scheduledEventId, startedEventId };
  switch (close.kind) {
    case "completed":
      run.addEvent({
        eventType: EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED,
        activityTaskCompletedEventAttributes: { ...ids, result: close.result, identity: close.identity },
      });
      return;
    case "failed": {
      const { failure, identity } = close;
      run.addEvent({
        eventType: EventType.EVENT_TYPE_ACTIVITY_TASK_FAILED,
        activityTaskFailedEventAttributes: { ...ids, failure, identity, retryState: close.retryState as RetryState },
      });
      return;
    }
    case "canceled": {
      const { details, identity } = close;
      const latestCancelRequestedEventId = activity.cancelRequestedEventId;
      run.addEvent({
        eventType: EventType.EVENT_TYPE_ACTIVITY_TASK_CANCELED,
        activityTaskCanceledEventAttributes: { ...ids, details, identity, latestCancelRequestedEventId },
      });
      return;
    }
    case "timed-out":
      run.addEvent({
        eventType: EventType.EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT,
        activityTaskTimedOutEventAttributes: {
          ...ids,
          failure: close.failure,
          retryState: close.retryState as RetryState,
        },
      });
  }
}

/** The Started event bears the time of the start, not of its writing; and the version of the worker that ended it. */
function addStarted(run: Run, activity: ActivityPart, workerVersion: WorkerVersionStamp | undefined): number {
  const { scheduledEventId, startedIdentity: identity, requestId, attempt } = activity;
  const lastFailure = presentBytes(activity.rawLastFailure);
  return run.addEvent(
    {
      eventType: EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED,
      activityTaskStartedEventAttributes: {
        scheduledEventId,
        identity,
        requestId,
        attempt,
        lastFailure,
        workerVersion,
      },
    },
    activity.startedAt,
  );
}

/** fail: the worker reports a failure; there may be another attempt. */
export function failActivity(
  run: Run,
  activity: ActivityPart,
  fail: { failure: Uint8Array | undefined; identity: string; workerVersion?: WorkerVersionStamp | undefined },
): void {
  const { failure, identity, workerVersion } = fail;
  const { retryState, delayMs } = nextAttempt(activity, { failure, now: run.now });
  if (delayMs !== undefined)
    return retryActivity(run, { ...activity, lastAttemptCompletedAt: run.now }, { delayMs, failure });
  closeActivity(run, activity, { kind: "failed", failure, retryState, identity, workerVersion });
  ensureWorkflowTask(run);
}

/** retry: the next attempt waits for its time. */
function retryActivity(
  run: Run,
  activity: ActivityPart,
  retry: { delayMs: number; failure: Uint8Array | undefined },
): void {
  const next: ActivityPart = {
    ...activity,
    attempt: activity.attempt + 1,
    stamp: activity.stamp + 1,
    scheduledAt: run.now + retry.delayMs,
    startedAt: 0,
    startedIdentity: "",
    requestId: "",
    startWriteAt: 0,
    dispatched: false,
    reset: false,
    resetHeartbeat: false,
    ...(activity.resetHeartbeat ? { rawHeartbeatDetails: NO_BYTES, heartbeatAt: 0 } : undefined),
    rawLastFailure:
      retry.failure === undefined ? NO_BYTES : own(keptFailure(retry.failure, run.limits.activityFailureBytesMax)),
    retryIntervalMs: retry.delayMs,
  };
  run.view.setPart(partKey.activity(activity.scheduledEventId), next);
}

/**
 * Other options than before, also for the attempt that waits or runs. One that waits is offered anew, after the interval
 * that its retry policy now gives.
 */
export function changeOptions(run: Run, activity: ActivityPart): ActivityPart {
  const key = partKey.activity(activity.scheduledEventId);
  if (!isActivityWaiting(activity)) {
    const changed = { ...activity, startWriteAt: 0 };
    run.view.setPart(key, changed);
    return changed;
  }
  const changed = { ...activity, ...retryTime(run, activity), stamp: activity.stamp + 1, dispatched: false };
  run.view.setPart(key, changed);
  dispatchActivity(run, changed);
  return changed;
}

function retryTime(
  run: Run,
  activity: ActivityPart,
): Pick<ActivityPart, "scheduledAt" | "retryIntervalMs" | "rawLastFailure"> | undefined {
  if (activity.attempt === 1 || activity.scheduledAt <= run.now) return undefined;
  const before = { ...activity, attempt: activity.attempt - 1 };
  const { delayMs } = nextAttempt(before, { failure: undefined, now: activity.lastAttemptCompletedAt });
  if (delayMs === undefined) return undefined;
  const scheduledAt = Math.max(run.now, activity.lastAttemptCompletedAt + delayMs);
  return { scheduledAt, retryIntervalMs: delayMs, rawLastFailure: NO_BYTES };
}

/** timeOut: the time-out that fell due first. */
function timeOutActivity(run: Run, activity: ActivityPart): void {
  const timeoutType = timeoutTypeAt(activity);
  const failure = timeoutFailure(timeoutType);
  const { retryState, delayMs } = nextAttempt(activity, { failure, now: run.now });
  if (delayMs !== undefined) return retryActivity(run, activity, { delayMs, failure });
  const details = {
    lastHeartbeatDetails: presentBytes(activity.rawHeartbeatDetails),
    cause: presentBytes(activity.rawLastFailure),
  };
  const isOutOfTime =
    retryState === RetryState.RETRY_STATE_TIMEOUT && timeoutType !== TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_START;
  closeActivity(run, activity, {
    kind: "timed-out",
    failure: isOutOfTime ? noTimeFailure(details) : timeoutFailure(timeoutType, details),
    retryState,
  });
}

/** Earliest time at which something happens to the activity by itself: retry, time-out, writing down of its start. */
export function dueActivity(activity: ActivityPart, isRunPaused: boolean): number {
  let at = timeoutAt(activity);
  if (isActivityWaiting(activity)) {
    if (!activity.dispatched && activity.pause === undefined && !isRunPaused) at = Math.min(at, activity.scheduledAt);
  } else if (activity.startWriteAt !== 0) at = Math.min(at, activity.startWriteAt);
  return at;
}

/** Its start is in memory only: the run must stay loaded. */
export function isActivityPinned(activity: ActivityPart): boolean {
  return activity.startWriteAt !== 0;
}

/** Whatever is due, in the order in which it fell due. */
export function fireDueActivities(run: Run): void {
  const due: { at: number; activity: ActivityPart }[] = [];
  for (const [, activity] of run.view.partsOf<ActivityPart>(partPrefix.activity)) {
    const at = dueActivity(activity, run.state.pause !== undefined);
    if (at <= run.now) due.push({ at, activity });
  }
  if (due.length === 0) return;
  due.sort((a, b) => a.at - b.at || a.activity.scheduledEventId - b.activity.scheduledEventId);
  const pendingBefore = run.state.pendingActivityCount;
  for (const { activity } of due) fireDueActivity(run, activity);
  if (run.state.pendingActivityCount !== pendingBefore) ensureWorkflowTask(run);
}

function fireDueActivity(run: Run, activity: ActivityPart): void {
  if (timeoutAt(activity) <= run.now) return timeOutActivity(run, activity);
  if (isActivityWaiting(activity)) return dispatchActivity(run, activity);
  run.view.setPart(partKey.activity(activity.scheduledEventId), { ...activity, startWriteAt: 0 });
}
