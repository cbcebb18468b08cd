/** @deprecated Use {@link TypedSearchAttributes}. */
export type SearchAttributeValue = string[] | number[] | boolean[] | Date[];
/** @deprecated Use {@link TypedSearchAttributes}. */
export type SearchAttributeValueOrReadonly = SearchAttributeValue | Readonly<SearchAttributeValue> | undefined;
/** @deprecated Use {@link TypedSearchAttributes}. */
export type SearchAttributes = Record<string, SearchAttributeValueOrReadonly>;

/** Types of search attributes, as they are registered. */
export const SearchAttributeType = {
  TEXT: "TEXT",
  KEYWORD: "KEYWORD",
  INT: "INT",
  DOUBLE: "DOUBLE",
  BOOL: "BOOL",
  DATETIME: "DATETIME",
  KEYWORD_LIST: "KEYWORD_LIST",
} as const;
export type SearchAttributeType = (typeof SearchAttributeType)[keyof typeof SearchAttributeType];

export interface IndexedValueTypeMapping {
  TEXT: string;
  KEYWORD: string;
  INT: number;
  DOUBLE: number;
  BOOL: boolean;
  DATETIME: Date;
  KEYWORD_LIST: string[];
}

/** Whether a value may be stored as this type. */
export function isValidValueForType<T extends SearchAttributeType>(
  type: T,
  value: unknown,
): value is IndexedValueTypeMapping[T] {
  switch (type) {
    case "TEXT":
    case "KEYWORD":
      return typeof value === "string";
    case "INT":
      return Number.isInteger(value);
    case "DOUBLE":
      return typeof value === "number";
    case "BOOL":
      return typeof value === "boolean";
    case "DATETIME":
      return isDate(value);
    case "KEYWORD_LIST":
      return Array.isArray(value) && value.every((item) => typeof item === "string");
  }
  return false;
}

/** Dates of any realm. */
export function isDate(value: unknown): value is Date {
  return Object.prototype.toString.call(value) === "[object Date]";
}

/** The name and type of a search attribute. */
export interface SearchAttributeKey<T extends SearchAttributeType> {
  name: string;
  type: T;
}

/** A search attribute by its name and type: values set and read through it are checked by the compiler. */
export function defineSearchAttributeKey<T extends SearchAttributeType>(name: string, type: T): SearchAttributeKey<T> {
  return { name, type };
}

class BaseSearchAttributeValue<T extends SearchAttributeType, V = IndexedValueTypeMapping[T]> {
  readonly #type: T;
  readonly #value: V;

  constructor(type: T, value: V) {
    this.#type = type;
    this.#value = value;
  }

  get type(): T {
    return this.#type;
  }

  get value(): V {
    return this.#value;
  }
}

/** A value with its type, as the typed converter takes it. */
export class TypedSearchAttributeValue<T extends SearchAttributeType> extends BaseSearchAttributeValue<T> {}
/** A value with its type, or null to remove it. */
export class TypedSearchAttributeUpdateValue<T extends SearchAttributeType> extends BaseSearchAttributeValue<
  T,
  IndexedValueTypeMapping[T] | null
> {}

/** A search attribute with its value; null takes the attribute away. */
export type SearchAttributePair = {
  [T in SearchAttributeType]: { key: SearchAttributeKey<T>; value: IndexedValueTypeMapping[T] };
}[SearchAttributeType];

/** A null value removes the attribute. */
export type SearchAttributeUpdatePair = {
  [T in SearchAttributeType]: { key: SearchAttributeKey<T>; value: IndexedValueTypeMapping[T] | null };
}[SearchAttributeType];

const METADATA_TYPES: Readonly<Record<SearchAttributeType, string>> = {
  TEXT: "Text",
  KEYWORD: "Keyword",
  INT: "Int",
  DOUBLE: "Double",
  BOOL: "Bool",
  DATETIME: "Datetime",
  KEYWORD_LIST: "KeywordList",
};
const OF_METADATA = new Map(Object.entries(METADATA_TYPES).map(([type, name]) => [name, type as SearchAttributeType]));

/** Search attributes by key, whose values have the type of their key. */
export class TypedSearchAttributes {
  readonly #pairs = new Map<string, SearchAttributePair>();

  constructor(initialAttributes?: SearchAttributePair[]) {
    for (const pair of initialAttributes ?? []) {
      if (this.#pairs.has(pair.key.name)) throw new Error(`Duplicate search attribute key: ${pair.key.name}`);
      this.#pairs.set(pair.key.name, copyPair(pair));
    }
  }

  /** The value; undefined when there is none, or one of another type. */
  get<T extends SearchAttributeType>(key: SearchAttributeKey<T>): IndexedValueTypeMapping[T] | undefined {
    const pair = this.#pairs.get(key.name);
    return pair?.key.type === key.type ? (copyValue(pair.value) as IndexedValueTypeMapping[T]) : undefined;
  }

  /** A deep copy. */
  copy(): TypedSearchAttributes {
    return new TypedSearchAttributes([...this.#pairs.values()]);
  }

  toJSON(): SearchAttributePair[] {
    return this.getAll();
  }

  /** A copy with changes; null removes. */
  updateCopy(updates: SearchAttributeUpdatePair[]): TypedSearchAttributes {
    const copy = this.copy();
    for (const { key, value } of updates) {
      if (value === null) copy.#pairs.delete(key.name);
      else copy.#pairs.set(key.name, copyPair({ key, value } as SearchAttributePair));
    }
    return copy;
  }

  getAll(): SearchAttributePair[] {
    return [...this.#pairs.values()].map(copyPair);
  }

  /** The likeliest key of an untyped value; undefined when there is none. */
  static getKeyFromUntyped(
    key: string,
    value: SearchAttributeValueOrReadonly,
  ): SearchAttributeKey<SearchAttributeType> | undefined {
    const type = typeOfUntyped(value);
    return type === undefined ? undefined : { name: key, type };
  }

  /** The name of a type in a payload's metadata. */
  static toMetadataType(type: SearchAttributeType): string {
    const name = METADATA_TYPES[type];
    if (name === undefined) throw new Error(`Unknown search attribute type: ${String(type)}`);
    return name;
  }

  /** The type of a name in a payload's metadata. */
  static toSearchAttributeType(type: string): SearchAttributeType | undefined {
    return OF_METADATA.get(type);
  }
}

function typeOfUntyped(value: SearchAttributeValueOrReadonly): SearchAttributeType | undefined {
  if (value === undefined || value === null) return undefined;
  if (value.length === 0) return "KEYWORD_LIST";
  const [first] = value;
  if (typeof first === "string") return value.length > 1 ? "KEYWORD_LIST" : "TEXT";
  if (value.length > 1) return undefined;
  if (typeof first === "number") return Number.isInteger(first) ? "INT" : "DOUBLE";
  if (typeof first === "boolean") return "BOOL";
  return isDate(first) ? "DATETIME" : undefined;
}

function copyPair(pair: SearchAttributePair): SearchAttributePair {
  return { key: { ...pair.key }, value: copyValue(pair.value) } as SearchAttributePair;
}

function copyValue(value: SearchAttributePair["value"]): SearchAttributePair["value"] {
  if (Array.isArray(value)) return [...value];
  return isDate(value) ? new Date(value.getTime()) : value;
}
