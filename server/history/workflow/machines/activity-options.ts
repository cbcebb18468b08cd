/** Options of a pending activity: as it was scheduled with them, and as they were changed since. */
import type { Input } from "../../../../api/codec.ts";
import { duration, durationFaultText, durationMs } from "../../../../api/duration.ts";
import { invalidArgument } from "../../../../api/errors.ts";
import { TaskQueueKind } from "../../../../api/gen/enums.js";
import { ActivityOptions, Priority, RetryPolicy } from "../../../../api/gen/messages.js";
import type { Duration } from "../../../../api/gen/messages.js";
import type { ActivityPart } from "../../gen/messages.js";
import { retryPolicyFault } from "../retry-policy-input.ts";
import { normalTimeouts, noTimeoutText } from "./activity-timeouts.ts";

/** Paths of an update mask that are not known change nothing, as in Temporal. */
const SETTERS: Readonly<Record<string, (options: ActivityOptions, given: ActivityOptions) => ActivityOptions>> = {
  "task_queue.name": (options, { taskQueue }) => ({ ...options, taskQueue }),
  schedule_to_close_timeout: (options, given) => ({ ...options, scheduleToCloseTimeout: given.scheduleToCloseTimeout }),
  schedule_to_start_timeout: (options, given) => ({ ...options, scheduleToStartTimeout: given.scheduleToStartTimeout }),
  start_to_close_timeout: (options, given) => ({ ...options, startToCloseTimeout: given.startToCloseTimeout }),
  heartbeat_timeout: (options, given) => ({ ...options, heartbeatTimeout: given.heartbeatTimeout }),
  retry_policy: (options, { retryPolicy }) => ({ ...options, retryPolicy }),
  "retry_policy.initial_interval": policyField("initialInterval"),
  "retry_policy.backoff_coefficient": policyField("backoffCoefficient"),
  "retry_policy.maximum_interval": policyField("maximumInterval"),
  "retry_policy.maximum_attempts": policyField("maximumAttempts"),
  "retry_policy.non_retryable_error_types": policyField("nonRetryableErrorTypes"),
  priority: (options, { priority }) => ({ ...options, priority }),
  "priority.priority_key": priorityField("priorityKey"),
  "priority.fairness_key": priorityField("fairnessKey"),
  "priority.fairness_weight": priorityField("fairnessWeight"),
};

type Setter = (options: ActivityOptions, given: ActivityOptions) => ActivityOptions;

const NO_POLICY: RetryPolicy = RetryPolicy.decode(new Uint8Array(0));
const NO_PRIORITY: Priority = Priority.decode(new Uint8Array(0));
const NO_BYTES = new Uint8Array(0);

function policyField(field: keyof RetryPolicy): Setter {
  return (options, { retryPolicy = NO_POLICY }) => ({
    ...options,
    retryPolicy: { ...(options.retryPolicy ?? NO_POLICY), [field]: retryPolicy[field] },
  });
}

function priorityField(field: keyof Priority): Setter {
  return (options, { priority = NO_PRIORITY }) => ({
    ...options,
    priority: { ...(options.priority ?? NO_PRIORITY), [field]: priority[field] },
  });
}

/** As clients are told them. */
export function optionsOf(activity: ActivityPart): Input<ActivityOptions> {
  return {
    taskQueue: { name: activity.taskQueue, kind: TaskQueueKind.TASK_QUEUE_KIND_NORMAL },
    scheduleToCloseTimeout: duration(activity.scheduleToCloseMs),
    scheduleToStartTimeout: duration(activity.scheduleToStartMs),
    startToCloseTimeout: duration(activity.startToCloseMs),
    heartbeatTimeout: duration(activity.heartbeatMs),
    retryPolicy: RetryPolicy.decode(activity.rawRetryPolicy),
    priority: activity.rawPriority.length === 0 ? undefined : Priority.decode(activity.rawPriority),
  };
}

/** The activity with what the mask names taken from the given options; what it began with is remembered. */
export function withOptions(
  activity: ActivityPart,
  change: { given: ActivityOptions; paths: readonly string[]; runTimeoutMs: number },
): ActivityPart {
  const { given, paths, runTimeoutMs } = change;
  const original = ActivityOptions.encode(optionsOf(activity));
  let options = ActivityOptions.decode(original);
  for (const path of paths) options = SETTERS[path]?.(options, given) ?? options;
  checkOptions(options);
  const timeouts = normalTimeouts(options, runTimeoutMs);
  if (timeouts === undefined) throw invalidArgument(noTimeoutText(activity));
  return {
    ...activity,
    ...withGiven(options),
    ...timeouts,
    rawOriginalOptions: activity.rawOriginalOptions.length === 0 ? original : activity.rawOriginalOptions,
  };
}

/** The activity with the options that it was scheduled with. */
export function withOriginalOptions(activity: ActivityPart): ActivityPart {
  if (activity.rawOriginalOptions.length === 0) return activity;
  const options = ActivityOptions.decode(activity.rawOriginalOptions);
  return {
    ...activity,
    ...withGiven(options),
    scheduleToCloseMs: durationMs(options.scheduleToCloseTimeout),
    scheduleToStartMs: durationMs(options.scheduleToStartTimeout),
    startToCloseMs: durationMs(options.startToCloseTimeout),
    heartbeatMs: durationMs(options.heartbeatTimeout),
    rawOriginalOptions: NO_BYTES,
  };
}

function withGiven({ taskQueue, retryPolicy, priority }: ActivityOptions) {
  return {
    taskQueue: taskQueue?.name ?? "",
    rawRetryPolicy: retryPolicy === undefined ? NO_BYTES : RetryPolicy.encode(retryPolicy),
    rawPriority: priority === undefined ? NO_BYTES : Priority.encode(priority),
  };
}

/** The queue's name has been checked with the request. */
function checkOptions(options: ActivityOptions): void {
  const durations: Readonly<Record<string, Duration | undefined>> = {
    ScheduleToCloseTimeout: options.scheduleToCloseTimeout,
    ScheduleToStartTimeout: options.scheduleToStartTimeout,
    StartToCloseTimeout: options.startToCloseTimeout,
    HeartbeatTimeout: options.heartbeatTimeout,
  };
  for (const [name, value] of Object.entries(durations)) {
    const fault = durationFaultText(value);
    if (fault !== undefined) throw invalidArgument(`invalid ${name}: ${fault}`);
  }
  const fault = retryPolicyFault(options.retryPolicy);
  if (fault !== undefined) throw invalidArgument(fault);
}
