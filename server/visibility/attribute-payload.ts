import type { Payload } from "../../api/gen/messages.js";
import { goQuoted, goValue } from "./go-format.ts";

/** What a payload says. `show` gives the value as messages show it. */
export type DecodedPayload =
  | {
      readonly kind: "value";
      /** Parsed JSON; lone surrogates, which UTF-8 cannot hold, are replaced. */
      readonly value: unknown;
      /** The JSON itself: integers beyond 2^53 and the difference of 5 and 5.0 are only here. */
      readonly json: string;
      show(): string;
    }
  | { readonly kind: "undecodable"; show(): string };

const utf8 = new TextDecoder();

export function decodePayload(payload: Payload): DecodedPayload {
  const { metadata, data } = payload;
  switch (metadata["encoding"] === undefined ? undefined : utf8.decode(metadata["encoding"])) {
    case "binary/null":
      return { kind: "value", value: null, json: "null", show: () => goValue(null) };
    case "binary/plain":
      return { kind: "undecodable", show: () => `[${data.join(" ")}]` };
    case "json/plain":
      return decodeJson(payload);
    default:
      return undecodable(payload);
  }
}

/** Null and the empty list: the attribute is not set. */
export function isAbsent(decoded: DecodedPayload): boolean {
  if (decoded.kind !== "value") return false;
  return decoded.value === null || (Array.isArray(decoded.value) && decoded.value.length === 0);
}

function decodeJson(payload: Payload): DecodedPayload {
  const json = utf8.decode(payload.data);
  let value: unknown;
  try {
    value = JSON.parse(json, (_, one: unknown) => (typeof one === "string" ? one.toWellFormed() : one));
  } catch {
    return undecodable(payload);
  }
  // JSON has numbers that no double holds; the peer refuses them.
  if (value === Infinity || value === -Infinity) return undecodable(payload);
  return { kind: "value", value, json, show: () => goValue(value) };
}

function undecodable(payload: Payload): DecodedPayload {
  return { kind: "undecodable", show: () => `value from <${protobufText(payload)}>` };
}

/** The payload in protobuf's text format. */
function protobufText({ metadata, data }: Payload): string {
  const fields = Object.keys(metadata)
    .sort()
    .map((key) => `metadata:{key:${goQuoted(key)}  value:${goQuoted(utf8.decode(metadata[key]))}}`);
  if (data.length > 0) fields.push(`data:${goQuoted(utf8.decode(data))}`);
  return fields.join("  ");
}
