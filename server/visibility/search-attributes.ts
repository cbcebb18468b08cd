/**
 * Search attributes as requests carry them: a payload of JSON per name. `checkSearchAttributes` says whether an
 * execution may have them; `decodeAttributes` gives the values for the index.
 *
 * 1. What is checked decodes: `decodeAttributes` never fails, it leaves out what it does not understand.
 * 2. Null and an empty list mean "not set". A list of one counts as its element where one value is wanted.
 * 3. A Text is indexed as the set of its words.
 */
import type { Payload } from "../../api/gen/messages.js";
import { Payload as PayloadCodec, SearchAttributes } from "../../api/gen/messages.js";
import type { Attribute, AttributeType, AttributeValue } from "../store/visibility.ts";
import { decodePayload, isAbsent } from "./attribute-payload.ts";
import type { DecodedPayload } from "./attribute-payload.ts";
import type { AttributeRegistry } from "./attribute-registry.ts";
import { PREDEFINED_ATTRIBUTES, SYSTEM_ATTRIBUTES } from "./attribute-tables.ts";
import { attributeValue } from "./attribute-value.ts";
import type { AttributeField, CustomAttributes } from "./custom-attributes.ts";
import { InvalidSearchAttributesError } from "./errors.ts";

export const ATTRIBUTES_MAX = 100;
export const VALUE_BYTES_MAX = 2 * 1024;
export const TOTAL_BYTES_MAX = 40 * 1024;

export interface SearchAttributesOwner {
  /** Name of the namespace, for messages. */
  readonly namespace: string;
  readonly registry: AttributeRegistry;
  readonly limits?: AttributeLimits;
}

export interface AttributeLimits {
  readonly attributesMax: number;
  readonly valueBytesMax: number;
  readonly totalBytesMax: number;
}

const LIMITS_DEFAULT: AttributeLimits = {
  attributesMax: ATTRIBUTES_MAX,
  valueBytesMax: VALUE_BYTES_MAX,
  totalBytesMax: TOTAL_BYTES_MAX,
};

/** Throws InvalidSearchAttributesError unless an execution of the namespace may have these. */
export function checkSearchAttributes(attributes: SearchAttributes, owner: SearchAttributesOwner): void {
  const { attributesMax, valueBytesMax, totalBytesMax } = owner.limits ?? LIMITS_DEFAULT;
  const names = Object.keys(attributes.indexedFields).filter((name) => name !== "");
  for (const name of names) {
    if (SYSTEM_ATTRIBUTES.has(name) || typeOf(name, owner.registry) !== undefined) continue;
    const reason = `Namespace ${owner.namespace} has no mapping defined for search attribute ${name}`;
    throw new InvalidSearchAttributesError(reason);
  }
  if (names.length > attributesMax) {
    throw new InvalidSearchAttributesError(
      `number of search attributes ${names.length} exceeds limit ${attributesMax}`,
    );
  }
  for (const name of names) {
    if (isServerOwned(name)) {
      throw new InvalidSearchAttributesError(`${name} attribute can't be set in SearchAttributes`);
    }
    checkValue(name, attributes.indexedFields[name] as Uint8Array, { registry: owner.registry, valueBytesMax });
  }
  const totalBytes = SearchAttributes.encode(attributes).length;
  if (totalBytes > totalBytesMax) {
    const reason = `total size of search attributes ${totalBytes} exceeds size limit ${totalBytesMax}`;
    throw new InvalidSearchAttributesError(reason);
  }
}

/** The indexed values of encoded search attributes that have been checked once, each under its field. */
export function decodeAttributes(
  encoded: Uint8Array,
  fieldOfCustom: (name: string) => AttributeField | undefined,
): readonly Attribute[] {
  const attributes = new Map<string, Attribute>();
  for (const [name, bytes] of Object.entries(SearchAttributes.decode(encoded).indexedFields)) {
    const predefined = PREDEFINED_ATTRIBUTES.get(name);
    const target = predefined === undefined ? fieldOfCustom(name) : { field: name, type: predefined.type };
    if (target === undefined) continue;
    const { field, type } = target;
    const decoded = decodePayload(PayloadCodec.decode(bytes));
    const value = decoded.kind === "value" ? attributeValue(decoded, type) : undefined;
    // Set under a former name and again under the current one, which comes later.
    if (value !== undefined && !isAbsent(decoded)) attributes.set(field, { name: field, type, value });
  }
  return [...attributes.values()];
}

/** Encoded search attributes of an execution, under the names that its attributes have now. */
export function renamedSearchAttributes(encoded: Uint8Array, custom: CustomAttributes): Uint8Array {
  if (!custom.hasFormerNames) return encoded;
  const attributes = SearchAttributes.decode(encoded);
  const indexedFields: Record<string, Uint8Array> = {};
  for (const [name, bytes] of Object.entries(attributes.indexedFields)) indexedFields[custom.currentName(name)] = bytes;
  return SearchAttributes.encode({ ...attributes, indexedFields });
}

/** As a started event has them: what is not set is left out, and each payload says its type. */
export function typedSearchAttributes(attributes: SearchAttributes, registry: AttributeRegistry): SearchAttributes {
  return mergeSearchAttributes(undefined, typedUpsert(attributes, registry));
}

/** As an upsert's event has them: also null and the empty list, which remove what was set. */
export function typedUpsert(attributes: SearchAttributes, registry: AttributeRegistry): SearchAttributes {
  const indexedFields: Record<string, Uint8Array> = {};
  for (const [name, bytes] of Object.entries(attributes.indexedFields)) {
    const type = typeOf(name, registry);
    if (type !== undefined) indexedFields[name] = PayloadCodec.encode(withType(PayloadCodec.decode(bytes), type));
  }
  return { ...attributes, indexedFields };
}

/** What an execution has after an upsert. */
export function mergeSearchAttributes(
  before: SearchAttributes | undefined,
  upserted: SearchAttributes,
): SearchAttributes {
  const merged = { ...before?.indexedFields, ...upserted.indexedFields };
  for (const [name, bytes] of Object.entries(upserted.indexedFields)) {
    if (isAbsent(decodePayload(PayloadCodec.decode(bytes)))) delete merged[name];
  }
  return { ...upserted, indexedFields: merged };
}

/** A payload that the server itself sets, for example TemporalReportedProblems. */
export function attributePayload(type: AttributeType, value: AttributeValue | null): Uint8Array {
  const metadata = { encoding: Buffer.from("json/plain"), type: Buffer.from(type) };
  const json = typeof value === "bigint" ? value.toString() : JSON.stringify(value);
  return PayloadCodec.encode({ metadata, data: Buffer.from(json) });
}

function typeOf(name: string, registry: AttributeRegistry): AttributeType | undefined {
  return PREDEFINED_ATTRIBUTES.get(name)?.type ?? registry.typeOf(name);
}

function isServerOwned(name: string): boolean {
  return SYSTEM_ATTRIBUTES.has(name) || PREDEFINED_ATTRIBUTES.get(name)?.settable === false;
}

function checkValue(
  name: string,
  bytes: Uint8Array,
  { registry, valueBytesMax }: { registry: AttributeRegistry; valueBytesMax: number },
): void {
  const type = typeOf(name, registry) as AttributeType;
  const payload = PayloadCodec.decode(bytes);
  const decoded = decodePayload(payload);
  const isValid = decoded.kind === "value" && (isAbsent(decoded) || attributeValue(decoded, type) !== undefined);
  if (!isValid) throw invalidValue(name, type, decoded);
  const { length } = payload.data;
  if (length > valueBytesMax) {
    const reason = `search attribute ${name} value size ${length} exceeds size limit ${valueBytesMax}`;
    throw new InvalidSearchAttributesError(reason);
  }
}

function invalidValue(name: string, type: AttributeType, decoded: DecodedPayload): InvalidSearchAttributesError {
  const reason = `invalid value for search attribute ${name} of type ${type}: ${decoded.show()}`;
  return new InvalidSearchAttributesError(reason);
}

/** Metadata that the payload brought, its own `type` among it, stays as it came. */
function withType(payload: Payload, type: AttributeType): Payload {
  if (payload.metadata["type"] !== undefined && payload.metadata["type"].length > 0) return payload;
  return { ...payload, metadata: { ...payload.metadata, type: Buffer.from(type) } };
}
