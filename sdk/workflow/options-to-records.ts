/** Options as people write them → records as commands carry them. */
import {
  compilePriority,
  compileRetryPolicy,
  type Duration,
  msOptionalToNumber,
  type Priority,
  type RetryPolicy,
  type VersioningIntent,
} from "../common/index.ts";
import { versioningIntentToProto } from "../common/versioning-intent.ts";
import type { PriorityRecord, RetryPolicyRecord } from "./activation.ts";

export function retryPolicyRecord(policy: RetryPolicy | undefined): RetryPolicyRecord | undefined {
  if (policy === undefined || policy === null) return undefined;
  // Checks what it compiles; the wire's form of it is the history machine's to write.
  compileRetryPolicy(policy);
  return {
    initialIntervalMs: msOptionalToNumber(policy.initialInterval),
    backoffCoefficient: policy.backoffCoefficient ?? 0,
    maximumIntervalMs: msOptionalToNumber(policy.maximumInterval),
    maximumAttempts: policy.maximumAttempts === Number.POSITIVE_INFINITY ? 0 : (policy.maximumAttempts ?? 0),
    nonRetryableErrorTypes: policy.nonRetryableErrorTypes ?? [],
  };
}

export function priorityRecord(priority: Priority | undefined): PriorityRecord | undefined {
  return priority === undefined ? undefined : compilePriority(priority);
}

export function timeoutMs(duration: Duration | undefined): number | undefined {
  return msOptionalToNumber(duration);
}

export function versioningIntentNumber(intent: VersioningIntent | undefined): number {
  return versioningIntentToProto(intent);
}
