/**
 * Payloads, their lists and maps as bytes of the wire and back. The wire's messages keep these fields encoded, so that
 * each is opened once, by whom it concerns. Decoded data are views of what arrived.
 */
import {
  Header,
  Memo,
  Payload as WirePayload,
  Payloads,
  SearchAttributes,
  UserMetadata,
} from "../../../api/gen/messages.js";
import type { Payload } from "../payload.ts";
import type { ProtoUserMetadata } from "../user-metadata.ts";

export type PayloadRecord = Record<string, Payload>;

export function payloadToBytes(payload: Payload): Uint8Array {
  return WirePayload.encode({ metadata: payload.metadata ?? {}, data: payload.data ?? undefined });
}

export function payloadFromBytes(bytes: Uint8Array): Payload {
  const { metadata, data } = WirePayload.decode(bytes);
  return { metadata, data };
}

/** undefined for undefined: a field that is not set. */
export function optionalPayloadToBytes(payload: Payload | null | undefined): Uint8Array | undefined {
  return payload === undefined || payload === null ? undefined : payloadToBytes(payload);
}

export function optionalPayloadFromBytes(bytes: Uint8Array | undefined): Payload | undefined {
  return bytes === undefined ? undefined : payloadFromBytes(bytes);
}

/** A `Payloads` message; undefined when there is no list. */
export function payloadsToBytes(payloads: readonly Payload[] | null | undefined): Uint8Array | undefined {
  if (payloads === undefined || payloads === null) return undefined;
  return Payloads.encode({ payloads: payloads.map(payloadToBytes) });
}

/** The payloads of a `Payloads` message; undefined when the field is not set. */
export function payloadsFromBytes(bytes: Uint8Array | undefined): Payload[] | undefined {
  return bytes === undefined ? undefined : Payloads.decode(bytes).payloads.map(payloadFromBytes);
}

export function headerToBytes(fields: PayloadRecord | undefined): Uint8Array | undefined {
  return isEmpty(fields) ? undefined : Header.encode({ fields: recordToBytes(fields) });
}

export function headerFromBytes(bytes: Uint8Array | undefined): PayloadRecord {
  return bytes === undefined ? {} : recordFromBytes(Header.decode(bytes).fields);
}

export function memoToBytes(fields: PayloadRecord | undefined): Uint8Array | undefined {
  return fields === undefined ? undefined : Memo.encode({ fields: recordToBytes(fields) });
}

export function memoFromBytes(bytes: Uint8Array | undefined): PayloadRecord | undefined {
  return bytes === undefined ? undefined : recordFromBytes(Memo.decode(bytes).fields);
}

export function searchAttributesToBytes(fields: PayloadRecord | undefined): Uint8Array | undefined {
  return fields === undefined ? undefined : SearchAttributes.encode({ indexedFields: recordToBytes(fields) });
}

export function searchAttributesFromBytes(bytes: Uint8Array | undefined): PayloadRecord | undefined {
  return bytes === undefined ? undefined : recordFromBytes(SearchAttributes.decode(bytes).indexedFields);
}

export function userMetadataToBytes(metadata: ProtoUserMetadata | undefined): Uint8Array | undefined {
  if (metadata === undefined || (!metadata.summary && !metadata.details)) return undefined;
  return UserMetadata.encode({
    summary: optionalPayloadToBytes(metadata.summary),
    details: optionalPayloadToBytes(metadata.details),
  });
}

export function userMetadataFromBytes(bytes: Uint8Array | undefined): ProtoUserMetadata | undefined {
  if (bytes === undefined) return undefined;
  const { summary, details } = UserMetadata.decode(bytes);
  return { summary: optionalPayloadFromBytes(summary), details: optionalPayloadFromBytes(details) };
}

export function recordToBytes(fields: PayloadRecord): Record<string, Uint8Array> {
  const encoded: Record<string, Uint8Array> = {};
  for (const key of Object.keys(fields)) encoded[key] = payloadToBytes(fields[key] as Payload);
  return encoded;
}

export function recordFromBytes(fields: Record<string, Uint8Array>): PayloadRecord {
  const decoded: PayloadRecord = {};
  for (const key of Object.keys(fields)) decoded[key] = payloadFromBytes(fields[key] as Uint8Array);
  return decoded;
}

function isEmpty(fields: PayloadRecord | undefined): fields is undefined {
  return fields === undefined || Object.keys(fields).length === 0;
}
