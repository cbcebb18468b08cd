import type { Input } from "../../../../api/codec.ts";
import { duration } from "../../../../api/duration.ts";
import { PendingActivityState } from "../../../../api/gen/enums.js";
import { Priority, RetryPolicy } from "../../../../api/gen/messages.js";
import type { PendingActivityInfo } from "../../../../api/gen/messages.js";
import { optionalTimestamp, timestamp } from "../../../../api/timestamp.ts";
import type { ActivityPart } from "../../gen/messages.js";
import { isActivityWaiting } from "../machines/activity.ts";
import { partPrefix } from "../parts.ts";
import { presentBytes } from "../present-bytes.ts";
import type { Run } from "../run.ts";

/** The run's pending activities as Describe tells them, in the order in which they were scheduled. */
export function pendingActivityInfo(run: Run): Input<PendingActivityInfo>[] {
  const activities = [...run.view.partsOf<ActivityPart>(partPrefix.activity)].map(([, activity]) => activity);
  activities.sort((a, b) => a.scheduledEventId - b.scheduledEventId);
  return activities.map((activity) => infoOf(activity, run.now));
}

function infoOf(activity: ActivityPart, now: number): Input<PendingActivityInfo> {
  const retryPolicy = RetryPolicy.decode(activity.rawRetryPolicy);
  const priority = activity.rawPriority.length === 0 ? undefined : Priority.decode(activity.rawPriority);
  const { pause } = activity;
  const isBackingOff =
    pause === undefined && isActivityWaiting(activity) && activity.attempt > 1 && activity.scheduledAt > now;
  return {
    activityId: activity.activityId,
    activityType: { name: activity.activityType },
    state: stateOf(activity),
    heartbeatDetails: presentBytes(activity.rawHeartbeatDetails),
    lastHeartbeatTime: optionalTimestamp(activity.heartbeatAt),
    lastStartedTime: optionalTimestamp(activity.startedAt),
    attempt: activity.attempt,
    maximumAttempts: retryPolicy.maximumAttempts,
    scheduledTime: timestamp(activity.scheduledAt),
    expirationTime:
      activity.scheduleToCloseMs === 0 ? undefined : timestamp(activity.firstScheduledAt + activity.scheduleToCloseMs),
    lastFailure: presentBytes(activity.rawLastFailure),
    lastWorkerIdentity: activity.lastWorkerIdentity,
    currentRetryInterval: isBackingOff ? duration(activity.retryIntervalMs) : undefined,
    lastAttemptCompleteTime: optionalTimestamp(activity.lastAttemptCompletedAt),
    nextAttemptScheduleTime: isBackingOff ? timestamp(activity.scheduledAt) : undefined,
    priority,
    paused: pause !== undefined,
    pauseInfo: pause && {
      pauseTime: timestamp(pause.pausedAt),
      manual: { identity: pause.identity, reason: pause.reason },
    },
    activityOptions: {
      taskQueue: { name: activity.taskQueue, normalName: activity.taskQueue },
      scheduleToCloseTimeout: duration(activity.scheduleToCloseMs),
      scheduleToStartTimeout: duration(activity.scheduleToStartMs),
      startToCloseTimeout: duration(activity.startToCloseMs),
      heartbeatTimeout: duration(activity.heartbeatMs),
      retryPolicy,
      priority,
    },
  };
}

function stateOf(activity: ActivityPart): PendingActivityState {
  if (activity.cancelRequested) return PendingActivityState.PENDING_ACTIVITY_STATE_CANCEL_REQUESTED;
  if (activity.pause !== undefined)
    return isActivityWaiting(activity)
      ? PendingActivityState.PENDING_ACTIVITY_STATE_PAUSED
      : PendingActivityState.PENDING_ACTIVITY_STATE_PAUSE_REQUESTED;
  return isActivityWaiting(activity)
    ? PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED
    : PendingActivityState.PENDING_ACTIVITY_STATE_STARTED;
}
