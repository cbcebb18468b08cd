/** Lists and maps of values, to and from payloads. */
import { defaultPayloadConverter, type PayloadConverter, RawValue, rawValueTypeInfo } from "./payload-converter.ts";
import type { Payload } from "./payload.ts";
import type { SerializationContext } from "./serialization-context.ts";
import type { TypeInfo } from "./type-info.ts";

/** One value, with its type information applied. */
export function toPayloadWithTypeInfo<T, D = T>(
  converter: PayloadConverter,
  value: T,
  context: SerializationContext | undefined,
  typeInfo: TypeInfo<T, D> | undefined,
): Payload {
  if (value instanceof RawValue) return value.payload;
  if (typeInfo === undefined) return converter.toPayload(value, context);
  const { transferTypeConverter, payloadConverterHint } = typeInfo;
  const transfer = transferTypeConverter === undefined ? value : transferTypeConverter.toTransferType(value);
  return converter.toPayload(transfer as D, context, payloadConverterHint);
}

/** One value back, with its type information applied. */
export function fromPayloadWithTypeInfo<T, D = T>(
  converter: PayloadConverter,
  payload: Payload,
  context: SerializationContext | undefined,
  typeInfo: TypeInfo<T, D> | undefined,
): T {
  if (typeInfo === undefined) return converter.fromPayload(payload, context);
  if ((typeInfo as unknown) === rawValueTypeInfo) return RawValue.fromPayload(payload) as T;
  const transfer = converter.fromPayload<D>(payload, context, typeInfo.payloadConverterHint);
  return typeInfo.transferTypeConverter === undefined
    ? (transfer as unknown as T)
    : typeInfo.transferTypeConverter.fromTransferType(transfer);
}

/** Payloads of values; undefined when there are none. */
export function toPayloads(converter: PayloadConverter, ...values: unknown[]): Payload[] | undefined {
  return toPayloadsWithContext(converter, undefined, values);
}

/** {@link toPayloads} with the context and type information of the values. */
export function toPayloadsWithContext(
  converter: PayloadConverter,
  context: SerializationContext | undefined,
  values: readonly unknown[],
  typeInfo?: readonly TypeInfo[],
): Payload[] | undefined {
  if (values.length === 0) return undefined;
  return values.map((value, at) => toPayloadWithTypeInfo(converter, value, context, typeInfo?.[at]));
}

/** The payload of a value; null and undefined stay as they are. */
export function convertOptionalToPayload(
  payloadConverter: PayloadConverter,
  value: unknown,
  context?: SerializationContext,
): Payload | null | undefined {
  return value === null || value === undefined ? value : payloadConverter.toPayload(value, context);
}

/** Payloads of the values of a record. */
export function mapToPayloads<K extends string, T = any>(
  converter: PayloadConverter,
  map: Record<K, T>,
  context?: SerializationContext,
): Record<K, Payload> {
  const payloads = {} as Record<K, Payload>;
  for (const key of Object.keys(map) as K[]) payloads[key] = converter.toPayload(map[key], context);
  return payloads;
}

/** The value at `index`; undefined when there is none. */
export function fromPayloadsAtIndex<T, D = T>(
  converter: PayloadConverter,
  index: number,
  payloads?: readonly Payload[] | null,
  context?: SerializationContext,
  typeInfo?: TypeInfo<T, D>,
): T {
  const payload = payloads?.[index];
  return payload === undefined ? (undefined as T) : fromPayloadWithTypeInfo(converter, payload, context, typeInfo);
}

/** All values. */
export function arrayFromPayloads(
  converter: PayloadConverter,
  payloads?: readonly Payload[] | null,
  context?: SerializationContext,
  typeInfo?: readonly TypeInfo[],
): unknown[] {
  if (payloads === undefined || payloads === null) return [];
  return payloads.map((payload, at) => fromPayloadWithTypeInfo(converter, payload, context, typeInfo?.[at]));
}

/** All values of a record; undefined when there is none. */
export function mapFromPayloads<K extends string, T = unknown>(
  converter: PayloadConverter,
  map?: Record<K, Payload> | null | undefined,
  context?: SerializationContext,
): Record<K, T> | undefined {
  if (map === undefined || map === null) return undefined;
  const values = {} as Record<K, T>;
  for (const key of Object.keys(map) as K[]) values[key] = converter.fromPayload(map[key], context);
  return values;
}

/** Text that people read, always converted plainly. */
export function plainTextPayload(text: string): Payload {
  return defaultPayloadConverter.toPayload(text);
}
