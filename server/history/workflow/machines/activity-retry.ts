import { durationMs } from "../../../../api/duration.ts";
import { RetryState, TimeoutType } from "../../../../api/gen/enums.js";
import { Failure, RetryPolicy } from "../../../../api/gen/messages.js";
import type { ActivityPart } from "../../gen/messages.js";
import { withRetryDefaults } from "../retry-policy-input.ts";
import { nextRetryMs } from "../retry-policy.ts";
import type { NextRetry } from "../retry-policy.ts";

/** Whether an attempt that ended without a result is followed by another. `failure` says how it ended. */
export function nextAttempt(
  activity: ActivityPart,
  ended: { failure: Uint8Array | undefined; now: number },
): NextRetry {
  if (activity.cancelRequested) return { retryState: RetryState.RETRY_STATE_CANCEL_REQUESTED, delayMs: undefined };
  const failure = ended.failure === undefined ? undefined : Failure.decode(ended.failure);
  const timeoutType = failure?.timeoutFailureInfo?.timeoutType;
  // Time-outs over all attempts: another one would come too late in any case.
  if (
    timeoutType === TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_START ||
    timeoutType === TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_CLOSE
  ) {
    return { retryState: RetryState.RETRY_STATE_TIMEOUT, delayMs: undefined };
  }
  const wanted = failure?.applicationFailureInfo?.nextRetryDelay;
  const next = nextRetryMs({
    policy: withRetryDefaults(RetryPolicy.decode(activity.rawRetryPolicy)),
    attempt: activity.attempt,
    failure,
    nextDelayMs: durationMs(wanted),
    now: ended.now,
    expiresAt: activity.scheduleToCloseMs === 0 ? 0 : activity.firstScheduledAt + activity.scheduleToCloseMs,
  });
  // What a pause holds back goes on with another attempt, whoever ends the pause may bound.
  if (activity.pause !== undefined && next.retryState !== RetryState.RETRY_STATE_NON_RETRYABLE_FAILURE)
    return { retryState: RetryState.RETRY_STATE_IN_PROGRESS, delayMs: next.delayMs ?? 0 };
  // A delay of nothing at all, asked for in so many words, means no retry.
  if (next.delayMs !== undefined && wanted !== undefined && durationMs(wanted) === 0)
    return { retryState: RetryState.RETRY_STATE_TIMEOUT, delayMs: undefined };
  return next;
}
