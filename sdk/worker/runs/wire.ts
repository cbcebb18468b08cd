/** Fields of events and commands in the form of activations, and back. */
import { duration, durationMs } from "../../../api/duration.ts";
import { Header } from "../../../api/gen/messages.js";
import type { Duration, Priority, RetryPolicy } from "../../../api/gen/messages.js";
import { headerFromBytes, payloadsFromBytes, payloadsToBytes, recordToBytes } from "../../common/host/wire-payloads.ts";
import type { PayloadRecord } from "../../common/host/wire-payloads.ts";
import type { Payload, ProtoPayloads } from "../../common/payload.ts";
import type { PayloadMap, PriorityRecord, RetryPolicyRecord } from "../../workflow/activation.ts";

const NO_PAYLOADS: readonly Payload[] = [];
const NO_MAP: PayloadMap = {};

export function payloads(bytes: Uint8Array | undefined): readonly Payload[] {
  return bytes === undefined || bytes.length === 0 ? NO_PAYLOADS : (payloadsFromBytes(bytes) ?? NO_PAYLOADS);
}

/** The first of several, which is all that results have. */
export function onlyPayload(bytes: Uint8Array | undefined): Payload | undefined {
  return payloads(bytes)[0];
}

export function detailsOf(bytes: Uint8Array | undefined): ProtoPayloads | undefined {
  return bytes === undefined ? undefined : { payloads: [...payloads(bytes)] };
}

export function headers(bytes: Uint8Array | undefined): PayloadMap {
  return bytes === undefined || bytes.length === 0 ? NO_MAP : headerFromBytes(bytes);
}

/** Nothing at all for no payloads, as SDKs write it. */
export function wirePayloads(values: readonly Payload[]): Uint8Array | undefined {
  return values.length === 0 ? undefined : payloadsToBytes(values);
}

export function wireResult(value: Payload | undefined): Uint8Array | undefined {
  return value === undefined ? undefined : payloadsToBytes([value]);
}

/** Present even when it is empty, as SDKs write it. */
export function wireHeader(values: PayloadMap): Uint8Array {
  return Header.encode({ fields: recordToBytes(values as PayloadRecord) });
}

/** A duration's milliseconds; undefined when it is absent or none. */
export function optionalMs(value: Duration | undefined): number | undefined {
  const ms = durationMs(value);
  return ms === 0 ? undefined : ms;
}

export function wireDuration(ms: number | undefined): Duration | undefined {
  return ms === undefined ? undefined : duration(ms);
}

export function retryPolicyRecord(policy: RetryPolicy | undefined): RetryPolicyRecord | undefined {
  if (policy === undefined) return undefined;
  return {
    initialIntervalMs: optionalMs(policy.initialInterval),
    backoffCoefficient: policy.backoffCoefficient,
    maximumIntervalMs: optionalMs(policy.maximumInterval),
    maximumAttempts: policy.maximumAttempts,
    nonRetryableErrorTypes: policy.nonRetryableErrorTypes,
  };
}

export function wireRetryPolicy(policy: RetryPolicyRecord | undefined): RetryPolicy | undefined {
  if (policy === undefined) return undefined;
  return {
    initialInterval: wireDuration(policy.initialIntervalMs),
    backoffCoefficient: policy.backoffCoefficient,
    maximumInterval: wireDuration(policy.maximumIntervalMs),
    maximumAttempts: policy.maximumAttempts,
    nonRetryableErrorTypes: [...policy.nonRetryableErrorTypes],
  };
}

export function priorityRecord(value: Priority | undefined): PriorityRecord | undefined {
  if (value === undefined) return undefined;
  const { priorityKey, fairnessKey, fairnessWeight } = value;
  return { priorityKey, fairnessKey, fairnessWeight };
}
