import { durationFaultText, durationMs } from "../../../api/duration.ts";
import type { Duration, RetryPolicy } from "../../../api/gen/messages.js";

const INITIAL_INTERVAL: Duration = { seconds: 1, nanos: 0 };
const COEFFICIENT = 2;
const MAXIMUM_INTERVAL_FACTOR = 100;
const TIMEOUT_PREFIX = "TemporalTimeout:";
const TIMEOUT_TYPES: ReadonlySet<string> = new Set(["StartToClose", "ScheduleToStart", "ScheduleToClose", "Heartbeat"]);

/** What is wrong with a policy as a client sent it, in Temporal's words; undefined when nothing is. */
export function retryPolicyFault(policy: RetryPolicy | undefined): string | undefined {
  if (policy === undefined || policy.maximumAttempts === 1) return undefined; // One attempt makes the rest of the policy void.
  const initial = durationFaultText(policy.initialInterval);
  if (initial !== undefined) return `invalid InitialInterval set on retry policy: ${initial}`;
  if (policy.backoffCoefficient !== 0 && policy.backoffCoefficient < 1)
    return "BackoffCoefficient cannot be less than 1 on retry policy.";
  const maximum = durationFaultText(policy.maximumInterval);
  if (maximum !== undefined) return `invalid MaximumInterval set on retry policy: ${maximum}`;
  const initialMs = durationMs(policy.initialInterval) || durationMs(INITIAL_INTERVAL);
  const maximumMs = durationMs(policy.maximumInterval);
  if (maximumMs > 0 && maximumMs < initialMs)
    return "MaximumInterval cannot be less than InitialInterval on retry policy.";
  if (policy.maximumAttempts < 0) return "MaximumAttempts cannot be negative on retry policy.";
  for (const type of policy.nonRetryableErrorTypes) {
    if (type.startsWith(TIMEOUT_PREFIX) && !TIMEOUT_TYPES.has(type.slice(TIMEOUT_PREFIX.length)))
      return `Invalid timeout type value: ${type.slice(TIMEOUT_PREFIX.length)}.`;
  }
  return undefined;
}

/** The policy with the server's defaults where it says nothing. */
export function withRetryDefaults(policy: RetryPolicy): RetryPolicy {
  const initialInterval =
    durationMs(policy.initialInterval) === 0 ? INITIAL_INTERVAL : (policy.initialInterval as Duration);
  const hasMaximum = durationMs(policy.maximumInterval) !== 0;
  const maximumInterval = hasMaximum ? policy.maximumInterval : scaled(initialInterval, MAXIMUM_INTERVAL_FACTOR);
  return { ...policy, initialInterval, maximumInterval, backoffCoefficient: policy.backoffCoefficient || COEFFICIENT };
}

function scaled({ seconds, nanos }: Duration, factor: number): Duration {
  const carry = Math.floor((nanos * factor) / 1e9);
  return { seconds: seconds * factor + carry, nanos: nanos * factor - carry * 1e9 };
}
