import { durationMs } from "../../../../api/duration.ts";
import { TimeoutType } from "../../../../api/gen/enums.js";
import type { Duration } from "../../../../api/gen/messages.js";
import type { ActivityPart } from "../../gen/messages.js";

const NEVER = Number.POSITIVE_INFINITY;

/** No poll has taken the current attempt. */
export function isActivityWaiting(activity: ActivityPart): boolean {
  return activity.startedAt === 0;
}

/** When the earliest of its time-outs falls due. While it is paused it has none. */
export function timeoutAt(activity: ActivityPart): number {
  if (activity.pause !== undefined) return NEVER;
  let at = activity.scheduleToCloseMs === 0 ? NEVER : activity.firstScheduledAt + activity.scheduleToCloseMs;
  if (isActivityWaiting(activity)) {
    if (activity.scheduleToStartMs !== 0) at = Math.min(at, activity.scheduledAt + activity.scheduleToStartMs);
    return at;
  }
  if (activity.startToCloseMs !== 0) at = Math.min(at, activity.startedAt + activity.startToCloseMs);
  if (activity.heartbeatMs !== 0) at = Math.min(at, lastSignOfLife(activity) + activity.heartbeatMs);
  return at;
}

/**
 * Which time-out it is that falls due at `timeoutAt`. Of several at one time, the one that began to run first in truth is
 * told: an activity is started after it was scheduled, though within the same millisecond.
 */
export function timeoutTypeAt(activity: ActivityPart): number {
  const at = timeoutAt(activity);
  if (isActivityWaiting(activity)) {
    const isStart = activity.scheduleToStartMs !== 0 && activity.scheduledAt + activity.scheduleToStartMs === at;
    return isStart ? TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_START : TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_CLOSE;
  }
  if (activity.scheduleToCloseMs !== 0 && activity.firstScheduledAt + activity.scheduleToCloseMs === at)
    return TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_CLOSE;
  if (activity.startToCloseMs !== 0 && activity.startedAt + activity.startToCloseMs === at)
    return TimeoutType.TIMEOUT_TYPE_START_TO_CLOSE;
  return TimeoutType.TIMEOUT_TYPE_HEARTBEAT;
}

/** A heartbeat of an earlier attempt says nothing about this one. */
function lastSignOfLife(activity: ActivityPart): number {
  return Math.max(activity.startedAt, activity.heartbeatAt);
}

export type Timeouts = Pick<ActivityPart, "scheduleToCloseMs" | "scheduleToStartMs" | "startToCloseMs" | "heartbeatMs">;

interface GivenTimeouts {
  readonly scheduleToCloseTimeout: Duration | undefined;
  readonly scheduleToStartTimeout: Duration | undefined;
  readonly startToCloseTimeout: Duration | undefined;
  readonly heartbeatTimeout: Duration | undefined;
}

/** Fills what is missing from what is given and cuts all to the run's time-out; undefined when nothing bounds an attempt. */
export function normalTimeouts(timeouts: GivenTimeouts, runTimeoutMs: number): Timeouts | undefined {
  const given = (value: Duration | undefined): number => Math.min(durationMs(value), runTimeoutMs || NEVER);
  let scheduleToCloseMs = given(timeouts.scheduleToCloseTimeout);
  let scheduleToStartMs = given(timeouts.scheduleToStartTimeout);
  let startToCloseMs = given(timeouts.startToCloseTimeout);
  if (scheduleToCloseMs > 0) {
    scheduleToStartMs = scheduleToStartMs === 0 ? scheduleToCloseMs : Math.min(scheduleToStartMs, scheduleToCloseMs);
    startToCloseMs = startToCloseMs === 0 ? scheduleToCloseMs : Math.min(startToCloseMs, scheduleToCloseMs);
  } else if (startToCloseMs > 0) {
    scheduleToCloseMs = runTimeoutMs;
    if (scheduleToStartMs === 0) scheduleToStartMs = runTimeoutMs;
  } else return undefined;
  return {
    scheduleToCloseMs,
    scheduleToStartMs,
    startToCloseMs,
    heartbeatMs: Math.min(given(timeouts.heartbeatTimeout), startToCloseMs),
  };
}

export function noTimeoutText({ activityId, activityType }: { activityId: string; activityType: string }): string {
  return `a valid StartToCloseTimeout or ScheduleToCloseTimeout must be set on the activity. ActivityId=${activityId} ActivityType=${activityType}`;
}
