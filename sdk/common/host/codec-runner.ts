/**
 * Payload codecs applied to what consists of payloads. Without codecs the same object comes back at once, without a
 * promise; callers `await` only what is one.
 */
import type { PayloadCodec } from "../payload-codec.ts";
import type { Payload, ProtoFailure, ProtoPayloads } from "../payload.ts";
import type { SerializationContext } from "../serialization-context.ts";
import type { ProtoUserMetadata } from "../user-metadata.ts";

export type MaybePromise<T> = T | Promise<T>;

/** How payloads are changed: `encodeWith` or `decodeWith` of a list of codecs. undefined changes nothing. */
export type PayloadTransform = ((payloads: Payload[]) => Promise<Payload[]>) | undefined;

/** First codec first. */
export function encodeWith(codecs: readonly PayloadCodec[], context?: SerializationContext): PayloadTransform {
  if (codecs.length === 0) return undefined;
  return async (payloads) => {
    let current = payloads;
    for (const codec of codecs) current = await codec.encode(current, context);
    return current;
  };
}

/** Last codec first. */
export function decodeWith(codecs: readonly PayloadCodec[], context?: SerializationContext): PayloadTransform {
  if (codecs.length === 0) return undefined;
  return async (payloads) => {
    let current = payloads;
    for (const codec of codecs.toReversed()) current = await codec.decode(current, context);
    return current;
  };
}

export function transformPayloads<T extends Payload[] | null | undefined>(
  transform: PayloadTransform,
  payloads: T,
): MaybePromise<T> {
  if (transform === undefined || payloads === undefined || payloads === null) return payloads;
  return transform(payloads) as Promise<T>;
}

export function transformPayload<T extends Payload | null | undefined>(
  transform: PayloadTransform,
  payload: T,
): MaybePromise<T> {
  if (transform === undefined || payload === undefined || payload === null) return payload;
  return transform([payload]).then(([first]) => {
    if (first === undefined) throw new Error("A payload codec returned no payload for one");
    return first as T;
  });
}

export function transformRecord<T extends Record<string, Payload> | null | undefined>(
  transform: PayloadTransform,
  record: T,
): MaybePromise<T> {
  if (transform === undefined || record === undefined || record === null) return record;
  const keys = Object.keys(record);
  // Each payload by itself: a codec may change how many there are of a list.
  return Promise.all(keys.map((key) => transformPayload(transform, record[key] as Payload))).then(
    (payloads) => Object.fromEntries(keys.map((key, at) => [key, payloads[at]])) as T,
  );
}

export function transformUserMetadata<T extends ProtoUserMetadata | null | undefined>(
  transform: PayloadTransform,
  metadata: T,
): MaybePromise<T> {
  if (transform === undefined || metadata === undefined || metadata === null) return metadata;
  return Promise.all([
    transformPayload(transform, metadata.summary),
    transformPayload(transform, metadata.details),
  ]).then(([summary, details]) => ({ summary, details }) as T);
}

/** All payloads of a failure and of its causes. */
export function transformFailure<T extends ProtoFailure | null | undefined>(
  transform: PayloadTransform,
  failure: T,
): MaybePromise<T> {
  if (transform === undefined || failure === undefined || failure === null) return failure;
  return transformWhole(transform, failure) as Promise<T>;
}

async function transformWhole(transform: NonNullable<PayloadTransform>, failure: ProtoFailure): Promise<ProtoFailure> {
  const changed: ProtoFailure = { ...failure };
  const list = async (message: ProtoPayloads | null | undefined): Promise<ProtoPayloads | null | undefined> => {
    if (!message?.payloads) return message;
    return { payloads: await transform(message.payloads) };
  };
  if (failure.encodedAttributes)
    changed.encodedAttributes = await transformPayload(transform, failure.encodedAttributes);
  if (failure.cause) changed.cause = await transformWhole(transform, failure.cause);
  const { applicationFailureInfo, canceledFailureInfo, timeoutFailureInfo, resetWorkflowFailureInfo } = failure;
  if (applicationFailureInfo?.details) {
    changed.applicationFailureInfo = {
      ...applicationFailureInfo,
      details: await list(applicationFailureInfo.details),
    };
  }
  if (canceledFailureInfo?.details) {
    changed.canceledFailureInfo = { ...canceledFailureInfo, details: await list(canceledFailureInfo.details) };
  }
  if (timeoutFailureInfo?.lastHeartbeatDetails) {
    const lastHeartbeatDetails = await list(timeoutFailureInfo.lastHeartbeatDetails);
    changed.timeoutFailureInfo = { ...timeoutFailureInfo, lastHeartbeatDetails };
  }
  if (resetWorkflowFailureInfo?.lastHeartbeatDetails) {
    const lastHeartbeatDetails = await list(resetWorkflowFailureInfo.lastHeartbeatDetails);
    changed.resetWorkflowFailureInfo = { ...resetWorkflowFailureInfo, lastHeartbeatDetails };
  }
  return changed;
}
