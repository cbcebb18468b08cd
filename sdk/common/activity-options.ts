import type { Duration } from "./duration.ts";
import type { Priority } from "./priority.ts";
import type { RetryPolicy } from "./retry-policy.ts";
import type { VersioningIntent } from "./versioning-intent.ts";

/**
 * Whether a workflow's cancellation reaches its activity, and when the workflow learns of it. Default
 * `WAIT_CANCELLATION_COMPLETED`.
 */
export const ActivityCancellationType = {
  /** The activity is not told; the workflow's call fails at once. */
  ABANDON: "ABANDON",
  /** The activity is told, if it heartbeats; the workflow's call fails at once. */
  TRY_CANCEL: "TRY_CANCEL",
  /** The activity is told, if it heartbeats; the workflow's call ends when the activity does. */
  WAIT_CANCELLATION_COMPLETED: "WAIT_CANCELLATION_COMPLETED",
} as const;
export type ActivityCancellationType = (typeof ActivityCancellationType)[keyof typeof ActivityCancellationType];

/** Options of an activity that a workflow calls. */
export interface ActivityOptions {
  /** Default: a number, counted up. */
  activityId?: string;
  /** Default: the workflow's. */
  taskQueue?: string;
  /** The activity must heartbeat within this time. */
  heartbeatTimeout?: Duration;
  /** Default: the server's policy, without a limit of attempts. One attempt: `maximumAttempts: 1`. */
  retry?: RetryPolicy;
  /** Time of one attempt. This or {@link scheduleToCloseTimeout} is required. */
  startToCloseTimeout?: Duration;
  /** Time that the task may wait for a worker; not tried again. */
  scheduleToStartTimeout?: Duration;
  /** Time of all attempts together. This or {@link startToCloseTimeout} is required. */
  scheduleToCloseTimeout?: Duration;
  /** Default `WAIT_CANCELLATION_COMPLETED`. */
  cancellationType?: ActivityCancellationType;
  /** The server may hand the task to the worker that asked for it, with the answer to its workflow task; default true. */
  allowEagerDispatch?: boolean;
  /** @deprecated Use worker deployments. */
  versioningIntent?: VersioningIntent;
  /** What people read of the activity: one line. */
  summary?: string;
  priority?: Priority;
}

/** Options of an activity that runs in the workflow's worker, without a task of its own. */
export interface LocalActivityOptions {
  /** At least one attempt is made, whatever this says. */
  retry?: RetryPolicy;
  /** Time of one attempt. This or {@link scheduleToCloseTimeout} is required. */
  startToCloseTimeout?: Duration;
  /** Time that it may wait for a slot of the worker; not tried again. */
  scheduleToStartTimeout?: Duration;
  /** Time of all attempts together. This or {@link startToCloseTimeout} is required. */
  scheduleToCloseTimeout?: Duration;
  /** A backoff longer than this becomes a timer of the server; default 1 minute. */
  localRetryThreshold?: Duration;
  /** Default `WAIT_CANCELLATION_COMPLETED`. */
  cancellationType?: ActivityCancellationType;
  /** What people read of the activity: one line. */
  summary?: string;
}
