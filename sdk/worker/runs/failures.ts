/** Failures that arise in a worker rather than in code: the words are those of the official SDKs. */
import { RetryState, TimeoutType } from "../../../api/gen/enums.js";
import type { ProtoFailure, ProtoPayloads } from "../../common/payload.ts";

interface ActivityNames {
  readonly activityId: string;
  readonly activityType: string;
}

interface ActivityPlace {
  readonly scheduledEventId?: number;
  readonly startedEventId?: number;
  readonly identity?: string;
  readonly retryState?: number;
}

function activityFailureInfo({ activityId, activityType }: ActivityNames, place: ActivityPlace): object {
  return {
    activityFailureInfo: {
      scheduledEventId: place.scheduledEventId ?? 0,
      startedEventId: place.startedEventId ?? 0,
      identity: place.identity ?? "",
      activityType: { name: activityType },
      activityId,
      retryState: place.retryState ?? RetryState.RETRY_STATE_UNSPECIFIED,
    },
  };
}

export function activityFailed(
  cause: ProtoFailure | undefined,
  names: ActivityNames,
  place: ActivityPlace,
): ProtoFailure {
  return { message: "Activity task failed", ...activityFailureInfo(names, place), ...(cause && { cause }) };
}

export function activityTimedOut(
  cause: ProtoFailure | undefined,
  names: ActivityNames,
  place: ActivityPlace,
): ProtoFailure {
  return { message: "Activity task timed out", ...activityFailureInfo(names, place), ...(cause && { cause }) };
}

export function activityCancelled(
  details: ProtoPayloads | undefined,
  names: ActivityNames,
  place: ActivityPlace,
): ProtoFailure {
  return {
    message: "Activity cancelled",
    cause: cancelled("", details),
    ...activityFailureInfo(names, { ...place, retryState: RetryState.RETRY_STATE_CANCEL_REQUESTED }),
  };
}

export function cancelled(message: string, details?: ProtoPayloads): ProtoFailure {
  return { message, canceledFailureInfo: details === undefined ? {} : { details } };
}

/** What history keeps of a local activity that was cancelled before it ended. */
export function localActivityGivenUp(): ProtoFailure {
  return cancelled("Activity cancelled");
}

/** What code sees of a local activity's failure: cancellations and time-outs are wrapped, others are themselves. */
export function localActivityFailure(failure: ProtoFailure, names: ActivityNames): ProtoFailure {
  const what = isCancelled(failure) ? "cancelled" : failure.timeoutFailureInfo ? "timed out" : undefined;
  if (what === undefined) return failure;
  return {
    message: `Local Activity ${what}`,
    cause: failure,
    ...activityFailureInfo(names, { retryState: RetryState.RETRY_STATE_CANCEL_REQUESTED }),
  };
}

export function localActivityTimeout(timeoutType: TimeoutType): ProtoFailure {
  return { message: "Activity timed out", timeoutFailureInfo: { timeoutType } };
}

export function isCancelled(failure: ProtoFailure): boolean {
  return failure.canceledFailureInfo !== undefined && failure.canceledFailureInfo !== null;
}

interface ChildPlace {
  readonly namespace: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly workflowType: string;
  readonly initiatedEventId: number;
  readonly startedEventId: number;
  readonly retryState?: number;
}

export function childFailed(message: string, cause: ProtoFailure | undefined, child: ChildPlace): ProtoFailure {
  return {
    message,
    ...(cause && { cause }),
    childWorkflowExecutionFailureInfo: {
      namespace: child.namespace,
      workflowExecution: { workflowId: child.workflowId, runId: child.runId },
      workflowType: { name: child.workflowType },
      initiatedEventId: child.initiatedEventId,
      startedEventId: child.startedEventId,
      retryState: child.retryState ?? RetryState.RETRY_STATE_NON_RETRYABLE_FAILURE,
    },
  };
}

export function timedOut(): ProtoFailure {
  return { message: "Timed out", timeoutFailureInfo: { timeoutType: TimeoutType.TIMEOUT_TYPE_START_TO_CLOSE } };
}

export function terminated(): ProtoFailure {
  return { message: "Terminated", terminatedFailureInfo: {} };
}

/** A workflow that was to be signalled or cancelled and is not there, or not to be reached. */
export function externalFailed(message: string, type: string): ProtoFailure {
  return { message, applicationFailureInfo: { type, nonRetryable: false } };
}

interface NexusPlace {
  readonly endpoint: string;
  readonly service: string;
  readonly operation: string;
  readonly scheduledEventId: number;
  readonly operationToken: string;
}

export function nexusCancelled(message: string, place: NexusPlace): ProtoFailure {
  return {
    message,
    cause: cancelled(""),
    nexusOperationExecutionFailureInfo: { ...place },
  };
}
