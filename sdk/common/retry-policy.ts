import { type Duration, msOptionalToNumber } from "./duration.ts";
import { ValueError } from "./errors.ts";
import type { ProtoDuration } from "./payload.ts";
import { msNumberToTs, optionalTsToMs, type Timestamp } from "./time.ts";

/** How a workflow or activity is tried again. */
export interface RetryPolicy {
  /** The next interval is the previous one multiplied by this; at least 1, default 2. */
  backoffCoefficient?: number;
  /** Default 1 second. */
  initialInterval?: Duration;
  /** Default without limit. */
  maximumAttempts?: number;
  /** Default 100 times the initial interval. */
  maximumInterval?: Duration;
  /** Types of application failures that are not tried again. */
  nonRetryableErrorTypes?: string[];
}

/** `temporal.api.common.v1.RetryPolicy`. */
export interface ProtoRetryPolicy {
  maximumAttempts?: number | undefined;
  initialInterval?: ProtoDuration | undefined;
  maximumInterval?: ProtoDuration | undefined;
  backoffCoefficient?: number | undefined;
  nonRetryableErrorTypes?: string[] | undefined;
}

/**
 * The wire's form of a policy.
 *
 * @throws ValueError when a field is out of range.
 */
export function compileRetryPolicy(retryPolicy: RetryPolicy): ProtoRetryPolicy {
  const { backoffCoefficient, maximumAttempts, nonRetryableErrorTypes } = retryPolicy;
  if (typeof backoffCoefficient === "number" && backoffCoefficient <= 0) {
    throw new ValueError("RetryPolicy.backoffCoefficient must be greater than 0");
  }
  const isUnlimited = maximumAttempts === undefined || maximumAttempts === Number.POSITIVE_INFINITY;
  if (!isUnlimited && maximumAttempts <= 0) {
    throw new ValueError("RetryPolicy.maximumAttempts must be a positive integer");
  }
  if (!isUnlimited && !Number.isInteger(maximumAttempts)) {
    throw new ValueError("RetryPolicy.maximumAttempts must be an integer");
  }
  const maximumInterval = msOptionalToNumber(retryPolicy.maximumInterval);
  const initialInterval = msOptionalToNumber(retryPolicy.initialInterval ?? 1_000) as number;
  if (maximumInterval === 0) throw new ValueError("RetryPolicy.maximumInterval cannot be 0");
  if (initialInterval === 0) throw new ValueError("RetryPolicy.initialInterval cannot be 0");
  if (maximumInterval !== undefined && maximumInterval < initialInterval) {
    throw new ValueError("RetryPolicy.maximumInterval cannot be less than its initialInterval");
  }
  return {
    maximumAttempts: isUnlimited ? undefined : maximumAttempts,
    initialInterval: msNumberToTs(initialInterval),
    maximumInterval: maximumInterval === undefined ? undefined : msNumberToTs(maximumInterval),
    backoffCoefficient,
    nonRetryableErrorTypes,
  };
}

/** The policy of a message; undefined when there is none. */
export function decompileRetryPolicy(
  retryPolicy?: {
    maximumAttempts?: number | null;
    initialInterval?: Timestamp | null;
    maximumInterval?: Timestamp | null;
    backoffCoefficient?: number | null;
    nonRetryableErrorTypes?: string[] | null;
  } | null,
): RetryPolicy | undefined {
  if (retryPolicy === undefined || retryPolicy === null) return undefined;
  return {
    // 0 is what the wire has for "not set"; so what is read may be written again.
    backoffCoefficient: retryPolicy.backoffCoefficient || undefined,
    maximumAttempts: retryPolicy.maximumAttempts || undefined,
    maximumInterval: optionalTsToMs(retryPolicy.maximumInterval),
    initialInterval: optionalTsToMs(retryPolicy.initialInterval),
    nonRetryableErrorTypes: retryPolicy.nonRetryableErrorTypes ?? undefined,
  };
}
