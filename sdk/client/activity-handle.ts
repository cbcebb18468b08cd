import type { Duration } from "../common/duration.ts";
import type { ActivityFunction } from "../common/interfaces.ts";
import type { Priority } from "../common/priority.ts";
import type { RetryPolicy } from "../common/retry-policy.ts";
import type { SearchAttributePair, TypedSearchAttributes } from "../common/search-attributes.ts";
import type { Replace } from "../common/type-helpers.ts";
import type { PayloadTypeInfo } from "../common/type-info.ts";
import type {
  ActivityExecutionDescription,
  ActivityIdConflictPolicy,
  ActivityIdReusePolicy,
} from "./activity-types.ts";

/** One standalone activity, as a client sees it. */
export interface ActivityHandle<R = any> {
  readonly activityId: string;
  /** undefined for the latest. */
  readonly runId?: string;
  /** @throws ActivityExecutionFailedError whose cause is the failure. */
  result(): Promise<R>;
  describe(options?: ActivityDescribeOptions): Promise<ActivityExecutionDescription>;
  /** Asks the activity to end. */
  cancel(reason: string): Promise<void>;
  /** Ends the activity; its worker learns of it with its next heartbeat. */
  terminate(reason: string): Promise<void>;
  pause(options?: ActivityPauseOptions): Promise<void>;
  unpause(options?: ActivityUnpauseOptions): Promise<void>;
  updateOptions(options: ActivityOptionsUpdate): Promise<ActivityOptionsUpdateResult>;
  restoreOriginalOptions(): Promise<ActivityOptionsUpdate>;
}

/** Options of a standalone activity. */
export interface ActivityOptions {
  id: string;
  taskQueue: string;
  args?: any[] | Readonly<any[]>;
  typeInfo?: PayloadTypeInfo;
  heartbeatTimeout?: Duration;
  /** Default: the server's. */
  retry?: RetryPolicy;
  /** Time of one attempt. This or {@link scheduleToCloseTimeout} is required. */
  startToCloseTimeout?: Duration;
  scheduleToStartTimeout?: Duration;
  /** Time of all attempts together. This or {@link startToCloseTimeout} is required. */
  scheduleToCloseTimeout?: Duration;
  /** What people read of the activity: one line. */
  summary?: string;
  priority?: Priority;
  /** The first attempt waits this long. */
  startDelay?: Duration;
  idReusePolicy?: ActivityIdReusePolicy;
  idConflictPolicy?: ActivityIdConflictPolicy;
  typedSearchAttributes?: SearchAttributePair[] | TypedSearchAttributes;
}

/** Options of `ActivityClient.getHandle`. */
export interface GetActivityHandleOptions {
  runId?: string;
  typeInfo?: Pick<PayloadTypeInfo, "outputType">;
}

/** What else to ask for; default nothing. */
export interface ActivityDescribeOptions {
  includeInput?: boolean;
  includeOutcome?: boolean;
  includeHeartbeatDetails?: boolean;
  includeLastFailure?: boolean;
}

/** Options of `ActivityHandle.pause`. */
export interface ActivityPauseOptions {
  reason?: string;
}

/** Options of `ActivityHandle.unpause`. */
export interface ActivityUnpauseOptions {
  reason?: string;
  /** Waits a random time up to this. */
  jitter?: Duration;
}

/** undefined leaves an option as it is, null clears it. */
export interface ActivityOptionsUpdate {
  taskQueue?: string;
  scheduleToCloseTimeout?: Duration | null;
  scheduleToStartTimeout?: Duration | null;
  startToCloseTimeout?: Duration | null;
  heartbeatTimeout?: Duration | null;
  retry?: RetryPolicy | null;
  priority?: Priority | null;
  startDelay?: Duration | null;
}

/** The options that hold after a change. */
export type ActivityOptionsUpdateResult = {
  [K in keyof ActivityOptionsUpdate]: Exclude<ActivityOptionsUpdate[K], null>;
};

/** An activity client that knows the activities' types. */
export interface TypedActivityClient<T> {
  start<N extends ActivityName<T>>(
    activity: N,
    options: ActivityOptionsFor<T, N>,
  ): Promise<ActivityHandle<ActivityResult<T, N>>>;
  execute<N extends ActivityName<T>>(activity: N, options: ActivityOptionsFor<T, N>): Promise<ActivityResult<T, N>>;
}

/** The names of the activities of an interface. */
export type ActivityName<T> = {
  [N in keyof T & string]: T[N] extends ActivityFunction<any, any> ? N : never;
}[keyof T & string];
/** The arguments of an activity of an interface. */
export type ActivityArgs<T, N extends ActivityName<T>> = T[N] extends ActivityFunction<infer P, any> ? P : never;
/** What an activity of an interface resolves to. */
export type ActivityResult<T, N extends ActivityName<T>> = T[N] extends ActivityFunction<any, infer R> ? R : never;
/** Options of a start; `args` is required when the activity takes any. */
export type ActivityOptionsWithArgs<Args extends any[]> = Args extends [any, ...any]
  ? Replace<ActivityOptions, { args: Args | Readonly<Args> }>
  : Replace<ActivityOptions, { args?: Args | Readonly<Args> }>;
/** Options of a start, with the arguments of that activity. */
export type ActivityOptionsFor<T, N extends ActivityName<T>> = ActivityOptionsWithArgs<ActivityArgs<T, N>>;
