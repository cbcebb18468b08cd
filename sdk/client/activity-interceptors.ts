import type { Headers, Next } from "../common/interceptors.ts";
import type { TypeInfo } from "../common/type-info.ts";
import type {
  ActivityDescribeOptions,
  ActivityHandle,
  ActivityOptions,
  ActivityOptionsUpdate,
  ActivityOptionsUpdateResult,
  ActivityPauseOptions,
  ActivityUnpauseOptions,
} from "./activity-handle.ts";
import type { ActivityExecutionDescription, ActivityExecutionInfo, CountActivityExecutions } from "./activity-types.ts";

/** Around the calls of an activity client. */
export interface ActivityClientInterceptor {
  start?: (input: ActivityStartInput, next: Next<this, "start">) => Promise<ActivityHandle>;
  getResult?: (input: ActivityGetResultInput, next: Next<this, "getResult">) => Promise<any>;
  describe?: (input: ActivityDescribeInput, next: Next<this, "describe">) => Promise<ActivityExecutionDescription>;
  cancel?: (input: ActivityCancelInput, next: Next<this, "cancel">) => Promise<void>;
  terminate?: (input: ActivityTerminateInput, next: Next<this, "terminate">) => Promise<void>;
  list?: (input: ActivityListInput, next: Next<this, "list">) => AsyncIterable<ActivityExecutionInfo>;
  count?: (input: ActivityCountInput, next: Next<this, "count">) => Promise<CountActivityExecutions>;
  pause?: (input: ActivityPauseInput, next: Next<this, "pause">) => Promise<void>;
  unpause?: (input: ActivityUnpauseInput, next: Next<this, "unpause">) => Promise<void>;
  updateOptions?: (
    input: ActivityUpdateOptionsInput,
    next: Next<this, "updateOptions">,
  ) => Promise<ActivityOptionsUpdateResult>;
  restoreOriginalOptions?: (
    input: ActivityRestoreOriginalOptionsInput,
    next: Next<this, "restoreOriginalOptions">,
  ) => Promise<ActivityOptionsUpdate>;
}

/** What `start` of an interceptor gets. */
export interface ActivityStartInput {
  readonly activityType: string;
  readonly options: ActivityOptions;
  readonly headers: Headers;
}

interface ActivityRunInput {
  readonly activityId: string;
  readonly activityRunId: string;
  readonly headers: Headers;
}

/** What `getResult` of an interceptor gets. */
export interface ActivityGetResultInput extends ActivityRunInput {
  readonly outputType?: TypeInfo;
}

/** What `describe` of an interceptor gets. */
export interface ActivityDescribeInput extends ActivityRunInput {
  readonly options: Required<ActivityDescribeOptions>;
}

/** What `cancel` of an interceptor gets. */
export interface ActivityCancelInput extends ActivityRunInput {
  readonly reason: string;
}

/** What `terminate` of an interceptor gets. */
export interface ActivityTerminateInput extends ActivityRunInput {
  readonly reason: string;
}

/** What `list` of an interceptor gets. */
export interface ActivityListInput {
  readonly query: string;
  readonly headers: Headers;
}

/** What `count` of an interceptor gets. */
export interface ActivityCountInput {
  readonly query: string;
  readonly headers: Headers;
}

/** What `pause` of an interceptor gets. */
export interface ActivityPauseInput extends ActivityRunInput {
  readonly options: ActivityPauseOptions;
}

/** What `unpause` of an interceptor gets. */
export interface ActivityUnpauseInput extends ActivityRunInput {
  readonly options: ActivityUnpauseOptions;
}

/** What `updateOptions` of an interceptor gets. */
export interface ActivityUpdateOptionsInput extends ActivityRunInput {
  readonly options: ActivityOptionsUpdate;
}

/** What `restoreOriginalOptions` of an interceptor gets. */
export type ActivityRestoreOriginalOptionsInput = ActivityRunInput;
