import type { DatabaseSync } from "node:sqlite";
import type { Attribute, AttributeType, AttributeValue } from "../visibility.ts";
import { ATTRIBUTE_TYPE_BY_NUMBER } from "../visibility.ts";

/** One value of an attribute as it is stored, read with big integers. */
interface AttributeValueRow {
  readonly name: string;
  readonly type: bigint;
  readonly value: string | number | bigint;
}

/** The attributes of one row, by name; the values of a keyword list are sorted and without doubles. */
export function decodeAttributes(database: DatabaseSync, key: number): Attribute[] {
  const read = database.prepare(
    "SELECT name, type, value FROM visibility_attribute WHERE key = ? ORDER BY name, type, value",
  );
  read.setReadBigInts(true);
  return attributesOf(read.all(key) as unknown as AttributeValueRow[]);
}

/** The same of rows that were read elsewhere, in this order. */
export function attributesOf(rows: readonly AttributeValueRow[]): Attribute[] {
  const attributes: Attribute[] = [];
  for (const { name, type: number, value } of rows) {
    const type = ATTRIBUTE_TYPE_BY_NUMBER.get(Number(number)) as AttributeType;
    const last = attributes.at(-1);
    if (type === "KeywordList" && last?.name === name && last.type === type) {
      (last.value as string[]).push(value as string);
    } else {
      attributes.push({ name, type, value: type === "KeywordList" ? [value as string] : decodeValue(type, value) });
    }
  }
  return attributes;
}

function decodeValue(type: AttributeType, value: string | number | bigint): AttributeValue {
  if (type === "Bool") return value === 1n;
  if (typeof value !== "bigint") return value;
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}
