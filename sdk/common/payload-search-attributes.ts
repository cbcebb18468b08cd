/** Search attributes to and from payloads, always as JSON: the server reads them. */
import { ValueError } from "./errors.ts";
import { JsonPayloadConverter, type PayloadConverter } from "./payload-converter.ts";
import type { Payload } from "./payload.ts";
import {
  isDate,
  isValidValueForType,
  type SearchAttributePair,
  type SearchAttributes,
  type SearchAttributeUpdatePair,
  type SearchAttributeValue,
  TypedSearchAttributes,
  TypedSearchAttributeUpdateValue,
  TypedSearchAttributeValue,
} from "./search-attributes.ts";
import { decode, encode } from "./utf8.ts";

const UNTYPED = ["string", "number", "boolean"];
const NULL_ENCODING = encode("binary/null");

/** Untyped values: arrays of strings, numbers, booleans or dates. */
export class SearchAttributePayloadConverter implements PayloadConverter {
  readonly #json = new JsonPayloadConverter();

  toPayload(values: unknown): Payload {
    if (!Array.isArray(values)) throw new ValueError("SearchAttribute value must be an array");
    if (values.length > 0) checkUntyped(values);
    const payload = this.#json.toPayload(values);
    if (payload === undefined) throw new ValueError("Could not convert search attribute values to payload");
    return payload;
  }

  fromPayload<T>(payload: Payload): T {
    const { metadata } = payload;
    if (metadata === undefined || metadata === null) throw new ValueError("Missing payload metadata");
    const value: unknown = this.#json.fromPayload(payload);
    const values: unknown[] = Array.isArray(value) ? value : [value];
    const type = metadata["type"] === undefined ? undefined : decode(metadata["type"]);
    return (type === "Datetime" ? values.map((item) => new Date(item as string)) : values) as T;
  }
}

export const searchAttributePayloadConverter = new SearchAttributePayloadConverter();

/** Typed values, with their type in the payload's metadata. */
export class TypedSearchAttributePayloadConverter implements PayloadConverter {
  readonly #json = new JsonPayloadConverter();

  toPayload<T>(attribute: T): Payload {
    if (!(attribute instanceof TypedSearchAttributeValue || attribute instanceof TypedSearchAttributeUpdateValue)) {
      throw new ValueError(
        "Expect input to be instance of TypedSearchAttributeValue or TypedSearchAttributeUpdateValue",
      );
    }
    const { type, value } = attribute;
    if (value === null) return { metadata: { encoding: NULL_ENCODING }, data: new Uint8Array(0) };
    if (!isValidValueForType(type, value)) {
      throw new ValueError(`Invalid search attribute value ${String(value)} for given type ${String(type)}`);
    }
    const payload = this.#json.toPayload(value) as Payload;
    return {
      ...payload,
      metadata: { ...payload.metadata, type: encode(TypedSearchAttributes.toMetadataType(type)) },
    };
  }

  /** A TypedSearchAttributeValue; undefined when the type is not known or the value is not of it. */
  fromPayload<T>(payload: Payload): T {
    const { metadata } = payload;
    if (metadata === undefined || metadata === null) throw new ValueError("Missing payload metadata");
    const name = metadata["type"] === undefined ? "" : decode(metadata["type"]);
    const type = TypedSearchAttributes.toSearchAttributeType(name);
    if (type === undefined || payload.data === undefined || payload.data === null) return undefined as T;
    let value: unknown = this.#json.fromPayload(payload);
    // The server may hand a single value as a list of one.
    if (type !== "KEYWORD_LIST" && Array.isArray(value)) {
      if (value.length !== 1) return undefined as T;
      [value] = value;
    }
    if (type === "DATETIME" && value !== null && value !== undefined) value = new Date(value as string);
    return (isValidValueForType(type, value) ? new TypedSearchAttributeValue(type, value as never) : undefined) as T;
  }
}

export const typedSearchAttributePayloadConverter = new TypedSearchAttributePayloadConverter();

/** Both kinds as one map; the typed ones win. */
export function encodeUnifiedSearchAttributes(
  searchAttributes?: SearchAttributes,
  typedSearchAttributes?: TypedSearchAttributes | SearchAttributeUpdatePair[] | SearchAttributePair[],
): Record<string, Payload> {
  const payloads: Record<string, Payload> = {};
  for (const [name, values] of Object.entries(searchAttributes ?? {})) {
    payloads[name] = searchAttributePayloadConverter.toPayload(values);
  }
  const pairs =
    typedSearchAttributes instanceof TypedSearchAttributes
      ? typedSearchAttributes.getAll()
      : (typedSearchAttributes ?? []);
  for (const { key, value } of pairs) {
    const update = new TypedSearchAttributeUpdateValue(key.type, value as never);
    payloads[key.name] = typedSearchAttributePayloadConverter.toPayload(update);
  }
  return payloads;
}

/** Untyped; names whose value is an empty list are left out. */
export function decodeSearchAttributes(indexedFields: Record<string, Payload> | undefined | null): SearchAttributes {
  const attributes: SearchAttributes = {};
  for (const [name, payload] of Object.entries(indexedFields ?? {})) {
    const values = searchAttributePayloadConverter.fromPayload<SearchAttributeValue>(payload);
    if (values.length > 0) attributes[name] = values;
  }
  return attributes;
}

/** Typed; names of unknown type are left out. */
export function decodeTypedSearchAttributes(
  indexedFields: Record<string, Payload> | undefined | null,
): TypedSearchAttributes {
  const pairs: SearchAttributePair[] = [];
  for (const [name, payload] of Object.entries(indexedFields ?? {})) {
    const attribute = typedSearchAttributePayloadConverter.fromPayload<TypedSearchAttributeValue<"TEXT"> | undefined>(
      payload,
    );
    if (attribute !== undefined) pairs.push({ key: { name, type: attribute.type }, value: attribute.value });
  }
  return new TypedSearchAttributes(pairs);
}

function checkUntyped(values: readonly unknown[]): void {
  const [first] = values;
  for (const [index, value] of values.entries()) {
    if (!UNTYPED.includes(typeof value) && !isDate(value)) {
      throw new ValueError(
        `SearchAttribute values must arrays of strings, numbers, booleans, or Dates. The value ${String(value)} at index ${index} is of type ${typeof value}`,
      );
    }
    if (typeof value !== typeof first) {
      throw new ValueError(
        `All SearchAttribute array values must be of the same type. The first value ${String(first)} of type ${typeof first} doesn't match value ${String(value)} of type ${typeof value} at index ${index}`,
      );
    }
  }
}
