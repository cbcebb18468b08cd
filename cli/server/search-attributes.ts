import { IndexedValueType } from "../../api/gen/enums.js";
import { UsageError } from "../../server/command/index.ts";

/** Types, by their number on the wire, by the attributes' names. */
export type SearchAttributeTypes = Readonly<Record<string, IndexedValueType>>;

const TYPES: Readonly<Record<string, IndexedValueType>> = {
  Text: IndexedValueType.INDEXED_VALUE_TYPE_TEXT,
  Keyword: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
  Int: IndexedValueType.INDEXED_VALUE_TYPE_INT,
  Double: IndexedValueType.INDEXED_VALUE_TYPE_DOUBLE,
  Bool: IndexedValueType.INDEXED_VALUE_TYPE_BOOL,
  Datetime: IndexedValueType.INDEXED_VALUE_TYPE_DATETIME,
  KeywordList: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD_LIST,
};

/** `Name=Type` of the command line. */
export function searchAttributesOf(pairs: readonly string[]): SearchAttributeTypes {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [, name, type = ""] = /^([^=]+)=(.*)$/.exec(pair) ?? [];
      if (name === undefined) throw new UsageError(`--search-attribute wants NAME=TYPE, got "${pair}"`);
      const known = Object.keys(TYPES).find((known) => known.toLowerCase() === type.toLowerCase());
      if (known === undefined) {
        const types = Object.keys(TYPES).join(", ");
        throw new UsageError(`--search-attribute ${name} wants one of the types ${types}, got "${type}"`);
      }
      return [name, TYPES[known] as IndexedValueType];
    }),
  );
}
