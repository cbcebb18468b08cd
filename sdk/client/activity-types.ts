import type * as api from "../../api/gen/messages.js";
import type { Priority } from "../common/priority.ts";
import { makeProtoEnumConverters } from "../common/proto-enum.ts";
import type { RetryPolicy } from "../common/retry-policy.ts";
import type { TypedSearchAttributes } from "../common/search-attributes.ts";
import type { WorkerDeploymentVersion } from "../common/worker-deployments.ts";

/** How many activities a query finds, and in which groups. */
export interface CountActivityExecutions {
  readonly count: number;
  readonly groups?: { readonly count: number; readonly groupValues?: any[] }[];
}

/** The message of the API. */
export type RawActivityExecutionInfo = api.ActivityExecutionInfo;
/** The message of the API. */
export type RawActivityExecutionListInfo = api.ActivityExecutionListInfo;
/** The messages of the API. */
export type RawActivityExecutionCallbacks = api.ActivityCallbackInfo[];

/** A standalone activity, as lists have it. */
export interface ActivityExecutionInfo {
  rawListInfo?: RawActivityExecutionListInfo;
  activityId: string;
  activityRunId: string;
  activityType: string;
  scheduleTime?: Date;
  closeTime?: Date;
  status: ActivityExecutionStatus;
  typedSearchAttributes: TypedSearchAttributes;
  taskQueue: string;
  executionDurationMs?: number;
  executionTime?: Date;
}

/** All that the server tells of a standalone activity. */
export interface ActivityExecutionDescription extends ActivityExecutionInfo {
  rawCallbacks: RawActivityExecutionCallbacks;
  rawInfo: RawActivityExecutionInfo;
  runState?: PendingActivityState;
  scheduleToCloseTimeoutMs?: number;
  scheduleToStartTimeoutMs?: number;
  startToCloseTimeoutMs?: number;
  heartbeatTimeoutMs?: number;
  retryPolicy: RetryPolicy;
  lastHeartbeatTime?: Date;
  lastStartedTime?: Date;
  attempt: number;
  expirationTime?: Date;
  lastWorkerIdentity?: string;
  currentRetryIntervalMs?: number;
  lastAttemptCompleteTime?: Date;
  nextAttemptScheduleTime?: Date;
  lastDeploymentVersion?: WorkerDeploymentVersion;
  priority: Priority;
  canceledReason?: string;
  startDelayMs?: number;
  totalHeartbeatCount?: number;
  /** The values below are there when they were asked for and exist. */
  hasHeartbeatDetails: boolean;
  hasLastFailure: boolean;
  hasInput: boolean;
  hasResult: boolean;
  hasOutcomeFailure: boolean;
  getHeartbeatDetails<T = any>(): Promise<T | undefined>;
  getLastFailure(): Promise<Error | undefined>;
  getInput<T extends any[] = any[]>(): Promise<T | undefined>;
  getResult<T = any>(): Promise<T | undefined>;
  getOutcomeFailure(): Promise<Error | undefined>;
}

/** What happens when an activity of the same id has *closed*. */
export const ActivityIdReusePolicy = {
  ALLOW_DUPLICATE: "ALLOW_DUPLICATE",
  ALLOW_DUPLICATE_FAILED_ONLY: "ALLOW_DUPLICATE_FAILED_ONLY",
  REJECT_DUPLICATE: "REJECT_DUPLICATE",
} as const;
export type ActivityIdReusePolicy = (typeof ActivityIdReusePolicy)[keyof typeof ActivityIdReusePolicy];

/** From the name that users give to the number that is sent, and back. */
export const [encodeActivityIdReusePolicy, decodeActivityIdReusePolicy] = makeProtoEnumConverters(
  { UNSPECIFIED: 0, ALLOW_DUPLICATE: 1, ALLOW_DUPLICATE_FAILED_ONLY: 2, REJECT_DUPLICATE: 3 },
  "ACTIVITY_ID_REUSE_POLICY_",
);

/** What happens when an activity of the same id is *running*. */
export const ActivityIdConflictPolicy = { FAIL: "FAIL", USE_EXISTING: "USE_EXISTING" } as const;
export type ActivityIdConflictPolicy = (typeof ActivityIdConflictPolicy)[keyof typeof ActivityIdConflictPolicy];

/** From the name that users give to the number that is sent, and back. */
export const [encodeActivityIdConflictPolicy, decodeActivityIdConflictPolicy] = makeProtoEnumConverters(
  { UNSPECIFIED: 0, FAIL: 1, USE_EXISTING: 2 },
  "ACTIVITY_ID_CONFLICT_POLICY_",
);

/** Where an activity without a workflow stands. */
export const ActivityExecutionStatus = {
  RUNNING: "RUNNING",
  COMPLETED: "COMPLETED",
  FAILED: "FAILED",
  CANCELED: "CANCELED",
  TERMINATED: "TERMINATED",
  TIMED_OUT: "TIMED_OUT",
  PAUSED: "PAUSED",
} as const;
export type ActivityExecutionStatus = (typeof ActivityExecutionStatus)[keyof typeof ActivityExecutionStatus];

/** From the name that users see to the number that is sent, and back. */
export const [encodeActivityExecutionStatus, decodeActivityExecutionStatus] = makeProtoEnumConverters(
  { UNSPECIFIED: 0, RUNNING: 1, COMPLETED: 2, FAILED: 3, CANCELED: 4, TERMINATED: 5, TIMED_OUT: 6, PAUSED: 7 },
  "ACTIVITY_EXECUTION_STATUS_",
);

/** Where an activity stands that has not ended. */
export const PendingActivityState = {
  SCHEDULED: "SCHEDULED",
  STARTED: "STARTED",
  CANCEL_REQUESTED: "CANCEL_REQUESTED",
  PAUSED: "PAUSED",
  PAUSE_REQUESTED: "PAUSE_REQUESTED",
} as const;
export type PendingActivityState = (typeof PendingActivityState)[keyof typeof PendingActivityState];

/** From the name that users see to the number that is sent, and back. */
export const [encodePendingActivityState, decodePendingActivityState] = makeProtoEnumConverters(
  { UNSPECIFIED: 0, SCHEDULED: 1, STARTED: 2, CANCEL_REQUESTED: 3, PAUSED: 4, PAUSE_REQUESTED: 5 },
  "PENDING_ACTIVITY_STATE_",
);
