import type { AttributeType, AttributeValue } from "../store/visibility.ts";
import { compactInteger, parseDatetime } from "./datetime.ts";
import { textTokens } from "./text-tokens.ts";

const INTEGER = /^\s*(?:\[\s*)?(-?\d+)(?:\s*\])?\s*$/;

/** The value of a JSON value as an attribute of the type; undefined when it cannot be one. */
export function attributeValue(
  decoded: { readonly value: unknown; readonly json: string },
  type: AttributeType,
): AttributeValue | undefined {
  if (type === "KeywordList") return keywords(decoded.value);
  const value = Array.isArray(decoded.value) && decoded.value.length === 1 ? decoded.value[0] : decoded.value;
  // Go's zero value stands for null within a list.
  const isNull = value === null;
  switch (type) {
    case "Text":
      return isNull ? indexed("") : typeof value === "string" ? indexed(value) : undefined;
    case "Keyword":
      return isNull ? "" : typeof value === "string" ? value : undefined;
    case "Int":
      return isNull ? 0 : integer(decoded.json);
    case "Double":
      return isNull ? 0 : typeof value === "number" && Number.isFinite(value) ? value : undefined;
    case "Bool":
      return isNull ? false : typeof value === "boolean" ? value : undefined;
    case "Datetime":
      return typeof value === "string" ? parseDatetime(value) : undefined;
  }
}

function keywords(value: unknown): readonly string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const texts = value.map((one: unknown) => (one === null ? "" : one));
  return texts.every((one) => typeof one === "string") ? texts : undefined;
}

/** A text without words has one that no query asks for, so that it is not absent. */
function indexed(text: string): readonly string[] {
  const words = textTokens(text);
  return words.length > 0 ? words : [""];
}

function integer(json: string): number | bigint | undefined {
  const digits = INTEGER.exec(json)?.[1];
  if (digits === undefined) return undefined;
  const value = BigInt(digits);
  return BigInt.asIntN(64, value) === value ? compactInteger(value) : undefined;
}
