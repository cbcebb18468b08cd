import { IndexedValueType } from "../../api/gen/enums.js";
import type { Connection } from "../connection/index.ts";

const TYPES: Readonly<Record<string, IndexedValueType>> = {
  BOOL: IndexedValueType.INDEXED_VALUE_TYPE_BOOL,
  DATETIME: IndexedValueType.INDEXED_VALUE_TYPE_DATETIME,
  DOUBLE: IndexedValueType.INDEXED_VALUE_TYPE_DOUBLE,
  INT: IndexedValueType.INDEXED_VALUE_TYPE_INT,
  KEYWORD: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
  KEYWORD_LIST: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD_LIST,
  TEXT: IndexedValueType.INDEXED_VALUE_TYPE_TEXT,
};

export async function registerSearchAttributes(
  connection: Connection,
  namespace: string,
  attributes: readonly { readonly name: string; readonly type: string }[],
): Promise<void> {
  const searchAttributes: Record<string, IndexedValueType> = {};
  for (const { name, type } of attributes) {
    const value = TYPES[type];
    if (value === undefined) throw new TypeError(`search attribute ${name} has the unknown type ${type}`);
    searchAttributes[name] = value;
  }
  await connection.operatorService.addSearchAttributes({ namespace, searchAttributes });
}
