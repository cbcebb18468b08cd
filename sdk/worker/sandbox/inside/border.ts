/** Copies plain data of the process around into this realm: none of its objects may be reached by workflow code. */
export function adopt(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return typeof value === "function" ? undefined : value;
  if (Array.isArray(value)) return value.map(adoptItem);
  if (ArrayBuffer.isView(value)) return new Uint8Array(value as Uint8Array);
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    const part = adopt((value as Record<string, unknown>)[key]);
    if (key === "__proto__") Object.defineProperty(copy, key, { value: part, enumerable: true, configurable: true });
    else copy[key] = part;
  }
  return copy;
}

function adoptItem(value: unknown): unknown {
  return adopt(value);
}
