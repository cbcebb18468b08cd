/** Values of users to and from fields of the wire: converted, then coded. */
import type { LoadedDataConverter } from "../../common/data-converter.ts";
import {
  decodeWith,
  encodeWith,
  transformFailure,
  transformPayload,
  transformPayloads,
  transformRecord,
  transformUserMetadata,
} from "../../common/host/codec-runner.ts";
import { failureFromBytes, failureToBytes } from "../../common/host/wire-failure.ts";
import {
  memoFromBytes,
  memoToBytes,
  payloadFromBytes,
  payloadsFromBytes,
  payloadsToBytes,
  payloadToBytes,
  type PayloadRecord,
  searchAttributesFromBytes,
  searchAttributesToBytes,
  userMetadataFromBytes,
  userMetadataToBytes,
} from "../../common/host/wire-payloads.ts";
import {
  arrayFromPayloads,
  fromPayloadsAtIndex,
  fromPayloadWithTypeInfo,
  mapFromPayloads,
  mapToPayloads,
  toPayloadsWithContext,
  toPayloadWithTypeInfo,
} from "../../common/payload-lists.ts";
import type { Payload } from "../../common/payload.ts";
import { encodeUnifiedSearchAttributes } from "../../common/payload-search-attributes.ts";
import type { SearchAttributePair, SearchAttributes, TypedSearchAttributes } from "../../common/search-attributes.ts";
import type { SerializationContext } from "../../common/serialization-context.ts";
import type { TypeInfo } from "../../common/type-info.ts";
import { type UserMetadata, userMetadataToPayload } from "../../common/user-metadata.ts";

type Converter = LoadedDataConverter;
type Context = SerializationContext | undefined;

/** `Payloads` of arguments; undefined when there are none. */
export async function encodeValues(
  converter: Converter,
  values: readonly unknown[],
  context: Context,
  typeInfo?: readonly TypeInfo[],
): Promise<Uint8Array | undefined> {
  const payloads = toPayloadsWithContext(converter.payloadConverter, context, values, typeInfo);
  return payloadsToBytes(await transformPayloads(encodeWith(converter.payloadCodecs, context), payloads));
}

/** One `Payload`. */
export async function encodeValue(
  converter: Converter,
  value: unknown,
  context: Context,
  typeInfo?: TypeInfo,
): Promise<Uint8Array> {
  const payload = toPayloadWithTypeInfo(converter.payloadConverter, value, context, typeInfo);
  return payloadToBytes(await transformPayload(encodeWith(converter.payloadCodecs, context), payload));
}

export async function decodeValues(
  converter: Converter,
  bytes: Uint8Array | undefined,
  context: Context,
  typeInfo?: readonly TypeInfo[],
): Promise<unknown[]> {
  const payloads = await transformPayloads(decodeWith(converter.payloadCodecs, context), payloadsFromBytes(bytes));
  return arrayFromPayloads(converter.payloadConverter, payloads, context, typeInfo);
}

/** The first of the values; undefined when there is none. */
export async function decodeFirst(
  converter: Converter,
  bytes: Uint8Array | undefined,
  context: Context,
  typeInfo?: TypeInfo,
): Promise<unknown> {
  const payloads = await transformPayloads(decodeWith(converter.payloadCodecs, context), payloadsFromBytes(bytes));
  return fromPayloadsAtIndex(converter.payloadConverter, 0, payloads, context, typeInfo);
}

export async function decodeValue(
  converter: Converter,
  bytes: Uint8Array,
  context: Context,
  typeInfo?: TypeInfo,
): Promise<unknown> {
  const payload = await transformPayload(decodeWith(converter.payloadCodecs, context), payloadFromBytes(bytes));
  return fromPayloadWithTypeInfo(converter.payloadConverter, payload, context, typeInfo);
}

export async function encodeError(converter: Converter, error: unknown, context: Context): Promise<Uint8Array> {
  const failure = converter.failureConverter.errorToFailure(error, converter.payloadConverter, context);
  return failureToBytes(await transformFailure(encodeWith(converter.payloadCodecs, context), failure));
}

export async function decodeError(
  converter: Converter,
  bytes: Uint8Array | undefined,
  context: Context,
): Promise<Error | undefined> {
  if (bytes === undefined) return undefined;
  const failure = await transformFailure(decodeWith(converter.payloadCodecs, context), failureFromBytes(bytes));
  return converter.failureConverter.failureToError(failure, converter.payloadConverter, context);
}

export async function encodeMemo(
  converter: Converter,
  memo: Record<string, unknown> | undefined,
  context: Context,
): Promise<Uint8Array | undefined> {
  if (memo === undefined) return undefined;
  return memoToBytes(await encodeRecord(converter, memo, context));
}

/** Values by name, as payloads that are coded. */
export async function encodeRecord(
  converter: Converter,
  values: Record<string, unknown>,
  context: Context,
): Promise<PayloadRecord> {
  const payloads = mapToPayloads(converter.payloadConverter, values, context);
  return transformRecord(encodeWith(converter.payloadCodecs, context), payloads);
}

export async function decodeMemo(
  converter: Converter,
  bytes: Uint8Array | undefined,
  context: Context,
): Promise<Record<string, unknown> | undefined> {
  const payloads = await transformRecord(decodeWith(converter.payloadCodecs, context), memoFromBytes(bytes));
  return mapFromPayloads(converter.payloadConverter, payloads, context);
}

/** Never coded: the server reads search attributes. */
export function encodeSearchAttributes(options: {
  searchAttributes?: SearchAttributes | undefined;
  typedSearchAttributes?: SearchAttributePair[] | TypedSearchAttributes | undefined;
}): Uint8Array | undefined {
  const { searchAttributes, typedSearchAttributes } = options;
  if (searchAttributes === undefined && typedSearchAttributes === undefined) return undefined;
  return searchAttributesToBytes(encodeUnifiedSearchAttributes(searchAttributes, typedSearchAttributes));
}

export function decodeSearchAttributePayloads(bytes: Uint8Array | undefined): PayloadRecord | undefined {
  return searchAttributesFromBytes(bytes);
}

export async function encodeUserMetadata(
  converter: Converter,
  metadata: UserMetadata,
  context: Context,
): Promise<Uint8Array | undefined> {
  const { staticSummary, staticDetails } = metadata;
  const payloads = userMetadataToPayload(converter.payloadConverter, staticSummary, staticDetails, context);
  return userMetadataToBytes(await transformUserMetadata(encodeWith(converter.payloadCodecs, context), payloads));
}

export async function decodeUserMetadata(
  converter: Converter,
  bytes: Uint8Array | undefined,
  context: Context,
): Promise<UserMetadata> {
  const payloads = await transformUserMetadata(
    decodeWith(converter.payloadCodecs, context),
    userMetadataFromBytes(bytes),
  );
  const text = (payload: Payload | null | undefined): string | undefined =>
    payload ? converter.payloadConverter.fromPayload<string>(payload, context) : undefined;
  return { staticSummary: text(payloads?.summary), staticDetails: text(payloads?.details) };
}
