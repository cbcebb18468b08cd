/** Copies plain data of the process around into this realm: none of its objects may be reached by workflow code. */
export function adopt(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return typeof value === "function" ? undefined : value;
  if (Array.isArray(value)) return value.map(adoptItem);
  if (ArrayBuffer.isView(value)) return new Uint8Array(value as Uint8Array);
  // Spread gives the copy a fixed shape; adding 40 keys one by one would make it a hash table of three times the size.
  const copy: Record<string, unknown> = { ...(value as Record<string, unknown>) };
  for (const key of Object.keys(copy)) {
    const part = copy[key];
    if ((typeof part === "object" && part !== null) || typeof part === "function") copy[key] = adopt(part);
  }
  return copy;
}

function adoptItem(value: unknown): unknown {
  return adopt(value);
}
