import { DURATION_MS_MAX, durationMs } from "../../../api/duration.ts";
import { RetryState, TimeoutType } from "../../../api/gen/enums.js";
import type { Failure, RetryPolicy } from "../../../api/gen/messages.js";

export interface FailedAttempt {
  /** With the server's defaults filled in. */
  readonly policy: RetryPolicy;
  /** Number of the attempt that failed; the first is 1. */
  readonly attempt: number;
  readonly failure: Failure | undefined;
  /** Delay that the failure itself asks for; 0 = as the policy says. */
  readonly nextDelayMs: number;
  readonly now: number;
  /** Another attempt must begin before this; 0 = no end. */
  readonly expiresAt: number;
}

export interface NextRetry {
  /** RetryState as the closing event tells it. */
  readonly retryState: number;
  /** Until the next attempt; undefined when there is none. */
  readonly delayMs: number | undefined;
}

/** Whether a failed attempt is followed by another. The first reason against one is the one that is told. */
export function nextRetryMs(failed: FailedAttempt): NextRetry {
  const { policy, attempt, failure, nextDelayMs, now, expiresAt } = failed;
  if (failure !== undefined && isNonRetryable(policy, failure))
    return { retryState: RetryState.RETRY_STATE_NON_RETRYABLE_FAILURE, delayMs: undefined };
  if (policy.maximumAttempts > 0 && attempt >= policy.maximumAttempts)
    return { retryState: RetryState.RETRY_STATE_MAXIMUM_ATTEMPTS_REACHED, delayMs: undefined };
  const delayMs = nextDelayMs > 0 ? nextDelayMs : retryIntervalMs(policy, attempt);
  if (expiresAt !== 0 && now + delayMs > expiresAt)
    return { retryState: RetryState.RETRY_STATE_TIMEOUT, delayMs: undefined };
  return { retryState: RetryState.RETRY_STATE_IN_PROGRESS, delayMs };
}

function retryIntervalMs(policy: RetryPolicy, attempt: number): number {
  const grown = durationMs(policy.initialInterval) * policy.backoffCoefficient ** (attempt - 1);
  return Math.min(Math.ceil(grown), durationMs(policy.maximumInterval) || DURATION_MS_MAX);
}

/** Time-outs as policies name them. Those over all attempts are final whatever a policy says. */
const TIMEOUT_ERROR_TYPES: Readonly<Record<number, string>> = {
  [TimeoutType.TIMEOUT_TYPE_START_TO_CLOSE]: "TemporalTimeout:StartToClose",
  [TimeoutType.TIMEOUT_TYPE_HEARTBEAT]: "TemporalTimeout:Heartbeat",
};

function isNonRetryable(policy: RetryPolicy, failure: Failure): boolean {
  if (failure.terminatedFailureInfo !== undefined || failure.canceledFailureInfo !== undefined) return true;
  if (failure.timeoutFailureInfo !== undefined) {
    const type = TIMEOUT_ERROR_TYPES[failure.timeoutFailureInfo.timeoutType];
    return type === undefined || policy.nonRetryableErrorTypes.includes(type);
  }
  if (failure.serverFailureInfo !== undefined) return failure.serverFailureInfo.nonRetryable;
  const application = failure.applicationFailureInfo;
  return (
    application !== undefined && (application.nonRetryable || policy.nonRetryableErrorTypes.includes(application.type))
  );
}
