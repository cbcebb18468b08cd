import type * as api from "../../api/gen/messages.js";
import type { Duration } from "../common/duration.ts";
import { makeProtoEnumConverters } from "../common/proto-enum.ts";
import type {
  SearchAttributePair,
  SearchAttributeType,
  TypedSearchAttributes,
  TypedSearchAttributeValue,
} from "../common/search-attributes.ts";
import type { Replace } from "../common/type-helpers.ts";
import type { PayloadTypeInfo } from "../common/type-info.ts";

/** What happens when an operation of the same id has *closed*. */
export const NexusOperationIdReusePolicy = {
  ALLOW_DUPLICATE: "ALLOW_DUPLICATE",
  ALLOW_DUPLICATE_FAILED_ONLY: "ALLOW_DUPLICATE_FAILED_ONLY",
  REJECT_DUPLICATE: "REJECT_DUPLICATE",
} as const;
export type NexusOperationIdReusePolicy =
  (typeof NexusOperationIdReusePolicy)[keyof typeof NexusOperationIdReusePolicy];

/** From the name that users give to the number that is sent, and back. */
export const [encodeNexusOperationIdReusePolicy, decodeNexusOperationIdReusePolicy] = makeProtoEnumConverters(
  { UNSPECIFIED: 0, ALLOW_DUPLICATE: 1, ALLOW_DUPLICATE_FAILED_ONLY: 2, REJECT_DUPLICATE: 3 },
  "NEXUS_OPERATION_ID_REUSE_POLICY_",
);

/** What happens when an operation of the same id is *running*. */
export const NexusOperationIdConflictPolicy = { FAIL: "FAIL", USE_EXISTING: "USE_EXISTING" } as const;
export type NexusOperationIdConflictPolicy =
  (typeof NexusOperationIdConflictPolicy)[keyof typeof NexusOperationIdConflictPolicy];

/** From the name that users give to the number that is sent, and back. */
export const [encodeNexusOperationIdConflictPolicy, decodeNexusOperationIdConflictPolicy] = makeProtoEnumConverters(
  { UNSPECIFIED: 0, FAIL: 1, USE_EXISTING: 2 },
  "NEXUS_OPERATION_ID_CONFLICT_POLICY_",
);

/** Where a Nexus operation stands. */
export const NexusOperationExecutionStatus = {
  RUNNING: "RUNNING",
  COMPLETED: "COMPLETED",
  FAILED: "FAILED",
  CANCELED: "CANCELED",
  TERMINATED: "TERMINATED",
  TIMED_OUT: "TIMED_OUT",
} as const;
export type NexusOperationExecutionStatus =
  (typeof NexusOperationExecutionStatus)[keyof typeof NexusOperationExecutionStatus];

/** From the name that users see to the number that is sent, and back. */
export const [encodeNexusOperationExecutionStatus, decodeNexusOperationExecutionStatus] = makeProtoEnumConverters(
  { UNSPECIFIED: 0, RUNNING: 1, COMPLETED: 2, FAILED: 3, CANCELED: 4, TERMINATED: 5, TIMED_OUT: 6 },
  "NEXUS_OPERATION_EXECUTION_STATUS_",
);

/** Where a Nexus operation stands that has not ended. */
export const PendingNexusOperationState = {
  SCHEDULED: "SCHEDULED",
  BACKING_OFF: "BACKING_OFF",
  STARTED: "STARTED",
  BLOCKED: "BLOCKED",
} as const;
export type PendingNexusOperationState = (typeof PendingNexusOperationState)[keyof typeof PendingNexusOperationState];

/** From the name that users see to the number that is sent, and back. */
export const [encodePendingNexusOperationState, decodePendingNexusOperationState] = makeProtoEnumConverters(
  { UNSPECIFIED: 0, SCHEDULED: 1, BACKING_OFF: 2, STARTED: 3, BLOCKED: 4 },
  "PENDING_NEXUS_OPERATION_STATE_",
);

/** How far the cancellation of a Nexus operation is. */
export const NexusOperationCancellationState = {
  SCHEDULED: "SCHEDULED",
  BACKING_OFF: "BACKING_OFF",
  SUCCEEDED: "SUCCEEDED",
  FAILED: "FAILED",
  TIMED_OUT: "TIMED_OUT",
  BLOCKED: "BLOCKED",
} as const;
export type NexusOperationCancellationState =
  (typeof NexusOperationCancellationState)[keyof typeof NexusOperationCancellationState];

/** From the name that users see to the number that is sent, and back. */
export const [encodeNexusOperationCancellationState, decodeNexusOperationCancellationState] = makeProtoEnumConverters(
  { UNSPECIFIED: 0, SCHEDULED: 1, BACKING_OFF: 2, SUCCEEDED: 3, FAILED: 4, TIMED_OUT: 5, BLOCKED: 6 },
  "NEXUS_OPERATION_CANCELLATION_STATE_",
);

/** The message of the API. */
export type RawNexusOperationExecutionInfo = api.NexusOperationExecutionInfo;
/** The message of the API. */
export type RawNexusOperationExecutionListInfo = api.NexusOperationExecutionListInfo;
/** The message of the API. */
export type RawNexusOperationExecutionCancellationInfo = api.NexusOperationExecutionCancellationInfo;

/** What is known of the cancellation of a Nexus operation. */
export interface NexusOperationExecutionCancellationInfo {
  readonly requestedTime: Date | undefined;
  readonly state: NexusOperationCancellationState | undefined;
  readonly attempt: number;
  readonly lastAttemptCompleteTime: Date | undefined;
  readonly nextAttemptScheduleTime: Date | undefined;
  readonly lastAttemptFailure: Error | undefined;
  readonly blockedReason: string | undefined;
  readonly reason: string;
  readonly raw: RawNexusOperationExecutionCancellationInfo;
}

/** A standalone Nexus operation, as lists have it. */
export interface NexusOperationExecution {
  readonly operationId: string;
  readonly runId: string;
  readonly endpoint: string;
  readonly service: string;
  readonly operation: string;
  readonly scheduleTime: Date | undefined;
  readonly closeTime: Date | undefined;
  readonly status: NexusOperationExecutionStatus | undefined;
  readonly searchAttributes: TypedSearchAttributes;
  readonly stateTransitionCount: number;
  /** In milliseconds. */
  readonly executionDuration: number | undefined;
  readonly raw: RawNexusOperationExecutionListInfo;
}

/** All that the server tells of a standalone Nexus operation. Timeouts are in milliseconds. */
export type NexusOperationExecutionDescription = Replace<
  NexusOperationExecution,
  { raw: RawNexusOperationExecutionInfo }
> & {
  readonly state: PendingNexusOperationState | undefined;
  readonly scheduleToCloseTimeout: number | undefined;
  readonly scheduleToStartTimeout: number | undefined;
  readonly startToCloseTimeout: number | undefined;
  readonly attempt: number;
  readonly expirationTime: Date | undefined;
  readonly lastAttemptCompleteTime: Date | undefined;
  readonly nextAttemptScheduleTime: Date | undefined;
  readonly lastAttemptFailure: Error | undefined;
  readonly blockedReason: string | undefined;
  readonly requestId: string;
  readonly operationToken: string | undefined;
  readonly identity: string;
  readonly cancellationInfo: NexusOperationExecutionCancellationInfo | undefined;
  staticSummary: () => Promise<string | undefined>;
  staticDetails: () => Promise<string | undefined>;
};

/** How many Nexus operations a query finds, and in which groups. */
export interface NexusOperationExecutionCount {
  readonly count: number;
  readonly groups: readonly NexusOperationExecutionCountGroup[];
}

/** How many Nexus operations have these values. */
export interface NexusOperationExecutionCountGroup {
  readonly count: number;
  readonly groupValues: readonly TypedSearchAttributeValue<SearchAttributeType>[];
}

/** Options of the start of a Nexus operation. */
export interface StartNexusOperationOptions {
  id: string;
  scheduleToCloseTimeout?: Duration;
  scheduleToStartTimeout?: Duration;
  startToCloseTimeout?: Duration;
  summary?: string;
  idReusePolicy?: NexusOperationIdReusePolicy;
  idConflictPolicy?: NexusOperationIdConflictPolicy;
  searchAttributes?: SearchAttributePair[] | TypedSearchAttributes;
  headers?: Record<string, string>;
}

/** Options of a list of Nexus operations. */
export interface ListNexusOperationsOptions {
  query?: string;
  pageSize?: number;
}

/** Options of a handle to a Nexus operation. */
export interface GetNexusOperationHandleOptions {
  runId?: string;
  typeInfo?: Pick<PayloadTypeInfo, "outputType">;
}

/** Options of `NexusOperationHandle.describe`. */
export interface DescribeNexusOperationOptions {}
