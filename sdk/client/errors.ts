import { markErrorClass } from "../common/error-class.ts";
import type { RetryState } from "../common/failure.ts";
import { isError, isRecord } from "../common/type-helpers.ts";
import { CANCELLED, DEADLINE_EXCEEDED } from "../connection/status-codes.ts";

/** What `@grpc/grpc-js` calls a service error; ours have the same properties. */
export interface GrpcServiceError extends Error {
  readonly code: number;
  readonly details: string;
  readonly metadata: { get(name: string): (string | Uint8Array)[] };
}

/** The service refused a call; the `cause` says why. */
export class ServiceError extends Error {
  override readonly cause?: Error;

  constructor(message: string, opts?: { cause: Error }) {
    super(message);
    if (opts?.cause !== undefined) this.cause = opts.cause;
  }
}
markErrorClass(ServiceError, "ServiceError");

/** The workflow failed, was cancelled, terminated or timed out: the `cause` is the failure. */
export class WorkflowFailedError extends Error {
  override readonly cause: Error | undefined;
  readonly retryState: RetryState;

  constructor(message: string, cause: Error | undefined, retryState: RetryState) {
    super(message);
    this.cause = cause;
    this.retryState = retryState;
  }
}
markErrorClass(WorkflowFailedError, "WorkflowFailedError");

/** The update was rejected or failed: the `cause` is the failure. */
export class WorkflowUpdateFailedError extends Error {
  override readonly cause: Error | undefined;

  constructor(message: string, cause: Error | undefined) {
    super(message);
    this.cause = cause;
  }
}
markErrorClass(WorkflowUpdateFailedError, "WorkflowUpdateFailedError");

/** Waiting for the update timed out or was aborted; the update itself may go on. */
export class WorkflowUpdateRPCTimeoutOrCancelledError extends Error {
  override readonly cause?: Error;

  constructor(message: string, opts?: { cause: Error }) {
    super(message);
    if (opts?.cause !== undefined) this.cause = opts.cause;
  }
}
markErrorClass(WorkflowUpdateRPCTimeoutOrCancelledError, "WorkflowUpdateRPCTimeoutOrCancelledError");

/** The workflow continued as new, and the caller had asked not to follow (`followRuns: false`). */
export class WorkflowContinuedAsNewError extends Error {
  readonly newExecutionRunId: string;

  constructor(message: string, newExecutionRunId: string) {
    super(message);
    this.newExecutionRunId = newExecutionRunId;
  }
}
markErrorClass(WorkflowContinuedAsNewError, "WorkflowContinuedAsNewError");

/** The query was refused because of the workflow's status (`queryRejectCondition`). */
export class QueryRejectedError extends Error {
  /** A number of `WorkflowExecutionStatus`. */
  readonly status: number;

  constructor(status: number) {
    super("Query rejected");
    this.status = status;
  }
}
markErrorClass(QueryRejectedError, "QueryRejectedError");

/** The workflow has no handler for the query, or the handler failed. */
export class QueryNotRegisteredError extends Error {
  /** A number of `grpc.status`. */
  readonly code: number;

  constructor(message: string, code: number) {
    super(message);
    this.code = code;
  }
}
markErrorClass(QueryNotRegisteredError, "QueryNotRegisteredError");

/** The server knows no activity of this token or id. */
export class ActivityNotFoundError extends Error {}
markErrorClass(ActivityNotFoundError, "ActivityNotFoundError");

/** An activity could not be completed from outside. */
export class ActivityCompletionError extends Error {}
markErrorClass(ActivityCompletionError, "ActivityCompletionError");

/** The answer to a heartbeat: the activity is to be cancelled. */
export class ActivityCancelledError extends Error {}
markErrorClass(ActivityCancelledError, "ActivityCancelledError");

/** The answer to a heartbeat: the activity is paused. */
export class ActivityPausedError extends Error {}
markErrorClass(ActivityPausedError, "ActivityPausedError");

/** The answer to a heartbeat: the activity was reset. */
export class ActivityResetError extends Error {}
markErrorClass(ActivityResetError, "ActivityResetError");

/** A standalone activity did not complete: the `cause` is the failure. */
export class ActivityExecutionFailedError extends Error {
  override readonly cause: Error | undefined;
  readonly activityId: string;
  readonly runId?: string | undefined;

  constructor(message: string, cause: Error | undefined, activityId: string, runId?: string) {
    super(message);
    this.cause = cause;
    this.activityId = activityId;
    this.runId = runId;
  }
}
markErrorClass(ActivityExecutionFailedError, "ActivityExecutionFailedError");

/** A standalone activity of this id exists, and the policies forbid another. */
export class ActivityExecutionAlreadyStartedError extends Error {
  readonly activityId: string;
  readonly runId: string;

  constructor(message: string, activityId: string, runId: string) {
    super(message);
    this.activityId = activityId;
    this.runId = runId;
  }
}
markErrorClass(ActivityExecutionAlreadyStartedError, "ActivityExecutionAlreadyStartedError");

/** Whether an error is a gRPC status, of this library or of `@grpc/grpc-js`. */
export function isGrpcServiceError(err: unknown): err is GrpcServiceError {
  return (
    isError(err) &&
    typeof (err as Partial<GrpcServiceError>).code === "number" &&
    typeof (err as Partial<GrpcServiceError>).details === "string" &&
    isRecord((err as Partial<GrpcServiceError>).metadata)
  );
}

/** Whether a call, or the call that caused the error, went past its deadline. */
export function isGrpcDeadlineError(err: unknown): err is Error {
  return hasCode(err, DEADLINE_EXCEEDED);
}

/** Whether a call, or the call that caused the error, was cancelled. */
export function isGrpcCancelledError(err: unknown): err is Error {
  return hasCode(err, CANCELLED);
}

/** @deprecated Use {@link isGrpcServiceError}. */
export const isServerErrorResponse = (err: unknown): err is GrpcServiceError => isGrpcServiceError(err);

function hasCode(err: unknown, code: number): boolean {
  for (let error = err; isError(error); error = error.cause) {
    if (isGrpcServiceError(error) && error.code === code) return true;
  }
  return false;
}
