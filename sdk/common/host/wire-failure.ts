/** Failures as bytes of the wire and back, with all their causes. */
import { Failure } from "../../../api/gen/messages.js";
import type { ProtoFailure, ProtoPayloads } from "../payload.ts";
import {
  optionalPayloadFromBytes,
  optionalPayloadToBytes,
  payloadsFromBytes,
  payloadsToBytes,
} from "./wire-payloads.ts";

type WireFailure = Parameters<typeof Failure.encode>[0];

export function failureToBytes(failure: ProtoFailure): Uint8Array {
  const wire: { -readonly [K in keyof WireFailure]: WireFailure[K] } = {
    message: failure.message ?? undefined,
    source: failure.source ?? undefined,
    stackTrace: failure.stackTrace ?? undefined,
    encodedAttributes: optionalPayloadToBytes(failure.encodedAttributes),
    cause: optionalFailureToBytes(failure.cause),
  };
  for (const key of PLAIN) {
    const info = failure[key];
    if (info) wire[key] = withoutNulls(info) as never;
  }
  const { applicationFailureInfo, canceledFailureInfo, timeoutFailureInfo, resetWorkflowFailureInfo } = failure;
  if (applicationFailureInfo) {
    const { details, ...rest } = applicationFailureInfo;
    wire.applicationFailureInfo = {
      ...(withoutNulls(rest) as typeof wire.applicationFailureInfo),
      ...detailsOf(details),
    };
  }
  if (canceledFailureInfo) {
    wire.canceledFailureInfo = {
      identity: canceledFailureInfo.identity ?? undefined,
      ...detailsOf(canceledFailureInfo.details),
    };
  }
  if (timeoutFailureInfo) {
    wire.timeoutFailureInfo = {
      timeoutType: timeoutFailureInfo.timeoutType ?? undefined,
      lastHeartbeatDetails: payloadsToBytes(timeoutFailureInfo.lastHeartbeatDetails?.payloads),
    };
  }
  if (resetWorkflowFailureInfo) {
    const payloads = resetWorkflowFailureInfo.lastHeartbeatDetails?.payloads;
    wire.resetWorkflowFailureInfo = { lastHeartbeatDetails: payloadsToBytes(payloads) };
  }
  return Failure.encode(wire);
}

export function optionalFailureToBytes(failure: ProtoFailure | null | undefined): Uint8Array | undefined {
  return failure === undefined || failure === null ? undefined : failureToBytes(failure);
}

export function failureFromBytes(bytes: Uint8Array): ProtoFailure {
  const wire = Failure.decode(bytes);
  const failure: ProtoFailure = { message: wire.message, source: wire.source, stackTrace: wire.stackTrace };
  if (wire.encodedAttributes !== undefined) {
    failure.encodedAttributes = optionalPayloadFromBytes(wire.encodedAttributes) ?? null;
  }
  if (wire.cause !== undefined) failure.cause = failureFromBytes(wire.cause);
  for (const key of PLAIN) if (wire[key] !== undefined) failure[key] = wire[key];
  const { applicationFailureInfo, canceledFailureInfo, timeoutFailureInfo, resetWorkflowFailureInfo } = wire;
  if (applicationFailureInfo !== undefined) {
    failure.applicationFailureInfo = {
      ...applicationFailureInfo,
      details: payloadsMessage(applicationFailureInfo.details),
    };
  }
  if (canceledFailureInfo !== undefined) {
    const { identity, details } = canceledFailureInfo;
    failure.canceledFailureInfo = { identity, details: payloadsMessage(details) };
  }
  if (timeoutFailureInfo !== undefined) {
    const { timeoutType, lastHeartbeatDetails } = timeoutFailureInfo;
    failure.timeoutFailureInfo = { timeoutType, lastHeartbeatDetails: payloadsMessage(lastHeartbeatDetails) };
  }
  if (resetWorkflowFailureInfo !== undefined) {
    failure.resetWorkflowFailureInfo = {
      lastHeartbeatDetails: payloadsMessage(resetWorkflowFailureInfo.lastHeartbeatDetails),
    };
  }
  return failure;
}

export function optionalFailureFromBytes(bytes: Uint8Array | undefined): ProtoFailure | undefined {
  return bytes === undefined ? undefined : failureFromBytes(bytes);
}

/** Infos without payloads, which have one form on the wire and here. */
const PLAIN = [
  "terminatedFailureInfo",
  "serverFailureInfo",
  "activityFailureInfo",
  "childWorkflowExecutionFailureInfo",
  "nexusOperationExecutionFailureInfo",
  "nexusHandlerFailureInfo",
] as const;

function detailsOf(details: ProtoPayloads | null | undefined): { details?: Uint8Array } {
  const bytes = payloadsToBytes(details?.payloads);
  return bytes === undefined ? {} : { details: bytes };
}

function payloadsMessage(bytes: Uint8Array | undefined): ProtoPayloads | undefined {
  return bytes === undefined ? undefined : { payloads: payloadsFromBytes(bytes) ?? [] };
}

/** Null is a value to users and nothing to the wire. */
function withoutNulls(value: object): object {
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, field]) => field !== null && field !== undefined)
      .map(([key, field]) => [key, isPlainObject(field) ? withoutNulls(field) : field]),
  );
}

function isPlainObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}
