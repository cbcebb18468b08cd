import { ActivityFailure, CancelledFailure, ChildWorkflowFailure, NexusOperationFailure } from "../common/index.ts";
import { markErrorClass } from "../common/error-class.ts";

/** What workflow code did wrong, or what went wrong in running it. */
export class WorkflowError extends Error {}
markErrorClass(WorkflowError, "WorkflowError");

/** The code asked for something whose outcome a replay cannot repeat. */
export class DeterminismViolationError extends WorkflowError {}
markErrorClass(DeterminismViolationError, "DeterminismViolationError");

/** A promise of workflow code was rejected and nobody caught it: mostly a missing `await`. Fails the workflow task. */
export class UnhandledRejectionError extends Error {
  override cause: unknown;

  constructor(message: string, cause: unknown) {
    super(message);
    this.cause = cause;
  }
}
markErrorClass(UnhandledRejectionError, "UnhandledRejectionError");

export interface BackoffRecord {
  readonly attempt: number;
  readonly backoffMs: number;
  readonly originalScheduleTimeMs: number;
}

/** A local activity's next attempt is a timer away. Interceptors may see it; `scheduleLocalActivity` handles it. */
export class LocalActivityDoBackoff extends Error {
  readonly backoff: BackoffRecord;

  constructor(backoff: BackoffRecord) {
    super("the local activity is tried again after a timer");
    this.backoff = backoff;
  }
}
markErrorClass(LocalActivityDoBackoff, "LocalActivityDoBackoff");

/** Whether `error` is a cancellation, or an activity, child or operation that failed by one. */
export function isCancellation(error: unknown): boolean {
  if (error instanceof CancelledFailure) return true;
  const isWrapper =
    error instanceof ActivityFailure || error instanceof ChildWorkflowFailure || error instanceof NexusOperationFailure;
  return isWrapper && isCancellation(error.cause);
}
