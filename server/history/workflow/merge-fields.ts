import { Payload } from "../../../api/gen/messages.js";

/** A payload that says "no value": removes the field when it is merged in. */
function isNil(payload: Uint8Array): boolean {
  const { metadata, data } = Payload.decode(payload);
  const encoding = metadata["encoding"];
  if (encoding === undefined) return data.length === 0;
  const name = Buffer.from(encoding).toString("utf8");
  if (name === "binary/null") return true;
  const text = Buffer.from(data).toString("utf8");
  return name === "json/plain" && (text === "null" || text === "[]");
}

/** Memo fields or search attributes after an upsert. */
export function mergeFields(
  before: Readonly<Record<string, Uint8Array>>,
  upserted: Readonly<Record<string, Uint8Array>>,
): Record<string, Uint8Array> {
  const merged: Record<string, Uint8Array> = { ...before };
  for (const [name, payload] of Object.entries(upserted)) {
    if (isNil(payload)) delete merged[name];
    else merged[name] = payload;
  }
  return merged;
}
