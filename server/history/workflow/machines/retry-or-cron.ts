/** Whether a closing run goes on by its retry policy or its cron schedule, and when. */
import { durationMs } from "../../../../api/duration.ts";
import { ContinueAsNewInitiator, RetryState } from "../../../../api/gen/enums.js";
import { Failure, RetryPolicy } from "../../../../api/gen/messages.js";
import type { StartPart } from "../../gen/messages.js";
import { cronBackoffMs } from "../cron.ts";
import { partKey } from "../parts.ts";
import { nextRetryMs } from "../retry-policy.ts";
import type { Run } from "../run.ts";
import type { Succession } from "./successor.ts";

export interface Outcome {
  /** Result of a run that completed. */
  readonly result?: Uint8Array | undefined;
  /** Failure of one that failed or timed out. */
  readonly failure?: Uint8Array | undefined;
  /** For failure types that the policy lists as not retryable: `TemporalTimeout:StartToClose`. */
  readonly isFailed: boolean;
}

export interface Continuation {
  readonly retryState: number;
  readonly succession: Succession | undefined;
}

/** Retry comes before cron; a cron run that has used up its attempts goes back to the schedule. */
export function continuationOf(run: Run, outcome: Outcome): Continuation {
  const start = run.view.part<StartPart>(partKey.start);
  const retry = outcome.isFailed
    ? retryOf(run, outcome)
    : { retryState: RetryState.RETRY_STATE_UNSPECIFIED, delayMs: undefined };
  const lastResult =
    start === undefined || start.rawLastCompletionResult.length === 0 ? undefined : start.rawLastCompletionResult;
  if (retry.delayMs !== undefined) {
    const { CONTINUE_AS_NEW_INITIATOR_RETRY: initiator } = ContinueAsNewInitiator;
    return {
      retryState: retry.retryState,
      succession: {
        initiator,
        backoffMs: retry.delayMs,
        attempt: run.state.attempt + 1,
        continuedFailure: outcome.failure,
        lastCompletionResult: lastResult,
      },
    };
  }
  const cronMs =
    run.state.cronSchedule === ""
      ? undefined
      : cronBackoffMs(run.state.cronSchedule, { startMs: run.state.executionTime, closeMs: run.now });
  const isPastEnd =
    cronMs !== undefined && run.state.executionExpiresAt !== 0 && run.now + cronMs >= run.state.executionExpiresAt;
  if (cronMs === undefined || isPastEnd) return { retryState: retry.retryState, succession: undefined };
  const { CONTINUE_AS_NEW_INITIATOR_CRON_SCHEDULE: initiator } = ContinueAsNewInitiator;
  return {
    retryState: retry.retryState,
    succession: {
      initiator,
      backoffMs: cronMs,
      attempt: 1,
      continuedFailure: outcome.failure,
      lastCompletionResult: outcome.isFailed ? lastResult : outcome.result,
    },
  };
}

function retryOf(run: Run, outcome: Outcome): { retryState: number; delayMs: number | undefined } {
  const { state } = run;
  if (state.rawRetryPolicy.length === 0)
    return { retryState: RetryState.RETRY_STATE_RETRY_POLICY_NOT_SET, delayMs: undefined };
  const policy = RetryPolicy.decode(state.rawRetryPolicy);
  const failure = outcome.failure === undefined ? undefined : Failure.decode(outcome.failure);
  return nextRetryMs({
    policy,
    attempt: state.attempt,
    failure,
    nextDelayMs: durationMs(failure?.applicationFailureInfo?.nextRetryDelay),
    now: run.now,
    expiresAt: state.executionExpiresAt,
  });
}
