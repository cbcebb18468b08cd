import type { Input } from "../../../api/codec.ts";
import { duration } from "../../../api/duration.ts";
import { RetryPolicy } from "../../../api/gen/messages.js";
import type { PollActivityTaskQueueResponse } from "../../../api/gen/messages.js";
import { timestamp } from "../../../api/timestamp.ts";
import type { ActivityPart } from "../gen/messages.js";
import { taskPriority } from "./machines/activity-priority.ts";
import { presentBytes } from "./present-bytes.ts";
import type { Run } from "./run.ts";
import { encodeTaskToken, TOKEN_KIND } from "./task-token.ts";

/** What a worker gets of an attempt that it has just started. Its time-outs are never absent: SDKs read them unasked. */
export function activityTaskResponse(run: Run, activity: ActivityPart): Input<PollActivityTaskQueueResponse> {
  const { scheduledEventId, activityId, attempt, stamp, startedAt } = activity;
  return {
    taskToken: encodeTaskToken(run, {
      kind: TOKEN_KIND.activity,
      scheduledEventId,
      activityId,
      attempt,
      stamp,
      startedAt,
    }),
    workflowNamespace: run.state.namespaceName,
    workflowType: { name: run.state.workflowType },
    workflowExecution: { workflowId: run.workflowId, runId: run.runId },
    activityType: { name: activity.activityType },
    activityId,
    header: presentBytes(activity.rawHeader),
    input: presentBytes(activity.rawInput),
    heartbeatDetails: presentBytes(activity.rawHeartbeatDetails),
    scheduledTime: timestamp(activity.firstScheduledAt),
    currentAttemptScheduledTime: timestamp(activity.scheduledAt),
    startedTime: timestamp(startedAt),
    attempt,
    scheduleToCloseTimeout: duration(activity.scheduleToCloseMs),
    startToCloseTimeout: duration(activity.startToCloseMs),
    heartbeatTimeout: duration(activity.heartbeatMs),
    retryPolicy: RetryPolicy.decode(activity.rawRetryPolicy),
    priority: taskPriority(run, activity),
  };
}
