/** Copies what a realm hands out into objects of the process: `instanceof` works on them, and nobody else holds them. */
export function release(value: unknown): unknown {
  if (typeof value === "function") return undefined;
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(releaseItem);
  if (ArrayBuffer.isView(value)) return bytes(value);
  if (!isPlain(value)) return other(value);
  const copy: Record<string, unknown> = { ...(value as Record<string, unknown>) };
  for (const key of Object.keys(copy)) {
    const part = copy[key];
    if ((typeof part === "object" && part !== null) || typeof part === "function") copy[key] = release(part);
  }
  return copy;
}

function releaseItem(value: unknown): unknown {
  return release(value);
}

function bytes(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view as Uint8Array);
}

/** Prototypes of another realm are known by what they inherit from: nothing. */
function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value) as object | null;
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** Errors, dates, maps: attributes of log lines and arguments of sinks may hold anything. */
function other(value: object): unknown {
  try {
    return structuredClone(value);
  } catch {
    return String(value); // What cannot be copied, like a promise, is shown.
  }
}
