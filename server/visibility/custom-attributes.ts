/** A namespace's own search attributes: a small table, changed as a whole and stored as one blob of meta. */
import type { AttributeType } from "../store/visibility.ts";
import { ATTRIBUTE_TYPE_NUMBERS, isReservedName, isSystemOrPredefined } from "./attribute-tables.ts";
import { InvalidSearchAttributesError } from "./errors.ts";

export type CustomAttributes = ReadonlyMap<string, AttributeType>;

const TYPES: ReadonlyMap<number, AttributeType> = new Map(
  Object.entries(ATTRIBUTE_TYPE_NUMBERS).map(([type, number]) => [number, type as AttributeType]),
);

/**
 * The table with these attributes (type numbers are temporal.api.enums.v1.IndexedValueType). A name that is there
 * already keeps its type and is no error: workers add what they need at each start.
 */
export function addCustomAttributes(
  custom: CustomAttributes,
  added: Readonly<Record<string, number>>,
): CustomAttributes {
  const names = Object.keys(added);
  if (names.length === 0) throw notSet();
  const reserved = names.find(isReservedName);
  if (reserved !== undefined) {
    throw new InvalidSearchAttributesError(`Search attribute ${reserved} is reserved by system.`);
  }
  const changed = new Map(custom);
  for (const name of names) {
    if (!changed.has(name)) changed.set(name, typeNumbered(added[name] as number));
  }
  return changed;
}

/** The table without these attributes; names that are not there are no error. */
export function removeCustomAttributes(custom: CustomAttributes, names: readonly string[]): CustomAttributes {
  if (names.length === 0) throw notSet();
  const fixed = names.find(isSystemOrPredefined);
  if (fixed !== undefined) {
    throw new InvalidSearchAttributesError(`Unable to remove non-custom search attributes: ${fixed}.`);
  }
  const changed = new Map(custom);
  for (const name of names) changed.delete(name);
  return changed;
}

export function encodeCustomAttributes(custom: CustomAttributes): Uint8Array {
  return Buffer.from(JSON.stringify([...custom]));
}

export function decodeCustomAttributes(blob: Uint8Array): CustomAttributes {
  return new Map(JSON.parse(Buffer.from(blob).toString()) as [string, AttributeType][]);
}

function typeNumbered(number: number): AttributeType {
  const type = TYPES.get(number);
  if (type !== undefined) return type;
  throw new InvalidSearchAttributesError(
    number === 0
      ? "Unable to create search attributes: cannot have more than 0 search attribute of type Unspecified."
      : `Unknown search attribute type: ${number}.`,
  );
}

function notSet(): InvalidSearchAttributesError {
  return new InvalidSearchAttributesError("SearchAttributes are not set on request.");
}
