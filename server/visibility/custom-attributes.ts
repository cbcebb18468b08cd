/**
 * A namespace's own search attributes: a table, changed as a whole and stored as one blob of meta.
 *
 * 1. Rows are indexed by an attribute's field, which never changes; the name is only what people call it. So a rename
 *    touches no row, and a name that is given again with another type begins without values.
 * 2. A removed attribute keeps its field: added again with its type, or named again, it has its values back.
 * 3. What was written under a former name is shown under the current one, until another attribute takes the former.
 * 4. There are as many fields as there are attributes: none are made in advance, and no type has a limit.
 */
import { ATTRIBUTE_TYPE_BY_NUMBER } from "../store/visibility.ts";
import type { AttributeType } from "../store/visibility.ts";
import { isReservedName, isSystemOrPredefined } from "./attribute-tables.ts";
import { InvalidSearchAttributesError } from "./errors.ts";

export interface AttributeField {
  readonly field: string;
  readonly type: AttributeType;
}

interface CustomAttribute extends AttributeField {
  /** undefined: removed. */
  readonly name: string | undefined;
  /** The last one is that of a removed attribute. */
  readonly former: readonly string[];
}

const FIELD = /^(Text|Keyword|Int|Double|Bool|Datetime|KeywordList)(\d{2,6})$/;

export class CustomAttributes {
  readonly attributes: readonly CustomAttribute[];
  readonly #byName = new Map<string, CustomAttribute>();
  readonly #byFormer = new Map<string, CustomAttribute>();

  constructor(attributes: readonly CustomAttribute[] = []) {
    this.attributes = attributes;
    for (const attribute of attributes) {
      if (attribute.name !== undefined) this.#byName.set(attribute.name, attribute);
      for (const name of attribute.former) this.#byFormer.set(name, attribute);
    }
  }

  named(name: string): AttributeField | undefined {
    return this.#byName.get(name);
  }

  /** Of a name as an execution carries it, which may be a former one. */
  written(name: string): AttributeField | undefined {
    return this.#byName.get(name) ?? this.#byFormer.get(name);
  }

  /** What an attribute is called now that an execution carries under this name. */
  currentName(written: string): string {
    return this.#byName.has(written) ? written : (this.#byFormer.get(written)?.name ?? written);
  }

  /** Whether any execution may carry a name that is not the current one. */
  get hasFormerNames(): boolean {
    return this.#byFormer.size > 0;
  }

  types(): ReadonlyMap<string, AttributeType> {
    return new Map([...this.#byName].map(([name, { type }]) => [name, type]));
  }

  /** Names by field, as a namespace's configuration tells them. */
  aliases(): Record<string, string> {
    return Object.fromEntries([...this.#byName].map(([name, { field }]) => [field, name]));
  }
}

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
  names.forEach(checkName);
  let changed = custom;
  for (const name of names) {
    if (changed.named(name) === undefined) changed = withAttribute(changed, name, typeNumbered(added[name] as number));
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
  return names.reduce((changed, name) => withoutName(changed, name), custom);
}

/**
 * The table after an update of names by field: an empty name removes the attribute, a name is given to a field that
 * has none. A rename is one of each, in that order, in two updates.
 */
export function renameCustomAttributes(
  custom: CustomAttributes,
  aliases: Readonly<Record<string, string>>,
): CustomAttributes {
  return Object.entries(aliases).reduce((changed, [field, name]) => withAlias(changed, field, name), custom);
}

function withAlias(custom: CustomAttributes, field: string, name: string): CustomAttributes {
  const known = custom.attributes.find((attribute) => attribute.field === field);
  if (name === "") return known?.name === undefined ? custom : withoutName(custom, known.name);
  if (known?.name === name) return custom;
  if (known?.name !== undefined) {
    throw new InvalidSearchAttributesError("Custom search attribute field name already allocated.");
  }
  checkName(name);
  if (custom.named(name) !== undefined) {
    throw new InvalidSearchAttributesError(`Search attribute ${name} has another field already.`);
  }
  if (known !== undefined) return named(custom, known, name);
  const type = FIELD.exec(field)?.[1] as AttributeType | undefined;
  if (type === undefined) throw new InvalidSearchAttributesError(`Unknown custom search attribute field ${field}.`);
  return new CustomAttributes([...withoutFormer(custom, name), { field, type, name, former: [] }]);
}

/** A removed attribute of this name and type comes back; otherwise the name begins anew. */
function withAttribute(custom: CustomAttributes, name: string, type: AttributeType): CustomAttributes {
  const removed = custom.attributes.find(
    (attribute) => attribute.name === undefined && attribute.type === type && attribute.former.at(-1) === name,
  );
  if (removed !== undefined) return named(custom, removed, name);
  const field = freeField(custom, type);
  return new CustomAttributes([...withoutFormer(custom, name), { field, type, name, former: [] }]);
}

function named(custom: CustomAttributes, attribute: CustomAttribute, name: string): CustomAttributes {
  const { field } = attribute;
  return new CustomAttributes(withoutFormer(custom, name).map((one) => (one.field === field ? { ...one, name } : one)));
}

function withoutName(custom: CustomAttributes, name: string): CustomAttributes {
  return new CustomAttributes(
    custom.attributes.map((attribute) =>
      attribute.name === name ? { ...attribute, name: undefined, former: [...attribute.former, name] } : attribute,
    ),
  );
}

/** Nobody was called so any more. */
function withoutFormer({ attributes }: CustomAttributes, name: string): CustomAttribute[] {
  return attributes.map((attribute) =>
    attribute.former.includes(name)
      ? { ...attribute, former: attribute.former.filter((former) => former !== name) }
      : attribute,
  );
}

function freeField({ attributes }: CustomAttributes, type: AttributeType): string {
  const numbers = attributes.flatMap(({ field }) => {
    const [, of, number] = FIELD.exec(field) ?? [];
    return of === type ? [Number(number)] : [];
  });
  return `${type}${String(Math.max(0, ...numbers) + 1).padStart(2, "0")}`;
}

type StoredAttribute = readonly [name: string, type: AttributeType, field?: string, former?: readonly string[]];

/** A removed attribute has an empty name. */
export function encodeCustomAttributes({ attributes }: CustomAttributes): Uint8Array {
  const stored = attributes.map(({ name = "", type, field, former }): StoredAttribute =>
    former.length > 0 ? [name, type, field, former] : [name, type, field],
  );
  return Buffer.from(JSON.stringify(stored));
}

/** Before there were fields, rows were indexed by name: those attributes go on so. */
export function decodeCustomAttributes(blob: Uint8Array): CustomAttributes {
  if (blob.length === 0) return new CustomAttributes();
  const stored = JSON.parse(Buffer.from(blob).toString()) as readonly StoredAttribute[];
  return new CustomAttributes(
    stored.map(([name, type, field = name, former = []]) => ({
      field,
      type,
      name: name === "" ? undefined : name,
      former,
    })),
  );
}

function checkName(name: string): void {
  if (isReservedName(name)) throw new InvalidSearchAttributesError(`Search attribute ${name} is reserved by system.`);
}

function typeNumbered(number: number): AttributeType {
  const type = ATTRIBUTE_TYPE_BY_NUMBER.get(number);
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
