import { DOMException } from "./dom-exception.ts";

const ERRORS: Readonly<Record<string, ErrorConstructor>> = {
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
};

/** As everywhere, but nothing is transferred: there is nobody to transfer to. */
export function structuredClone(value: unknown): unknown {
  return clone(value, new Map());
}

function clone(value: unknown, seen: Map<object, unknown>): unknown {
  if (typeof value === "function" || typeof value === "symbol") throw notCloneable(value);
  if (typeof value !== "object" || value === null) return value;
  if (seen.has(value)) return seen.get(value);
  const copy = emptyCopy(value);
  seen.set(value, copy);
  if (value instanceof Map)
    for (const [key, item] of value) (copy as Map<unknown, unknown>).set(clone(key, seen), clone(item, seen));
  else if (value instanceof Set) for (const item of value) (copy as Set<unknown>).add(clone(item, seen));
  else if (value instanceof Error) copyError(value, copy as Error, seen);
  else if (Array.isArray(value) || isRecord(copy)) {
    for (const key of Object.keys(value)) {
      const item = clone((value as Record<string, unknown>)[key], seen);
      Object.defineProperty(copy, key, { value: item, writable: true, enumerable: true, configurable: true });
    }
  }
  return copy;
}

function emptyCopy(value: object): object {
  if (Array.isArray(value)) return Array.from({ length: 0 });
  if (value instanceof Map) return new Map();
  if (value instanceof Set) return new Set();
  if (value instanceof Date) return new Date(value.getTime());
  if (value instanceof RegExp) return new RegExp(value.source, value.flags);
  if (value instanceof ArrayBuffer) return value.slice(0);
  if (ArrayBuffer.isView(value)) return copyView(value);
  if (value instanceof Error) return new (ERRORS[value.name] ?? Error)(value.message);
  if (value instanceof Boolean || value instanceof Number || value instanceof String)
    return Object(value.valueOf()) as object;
  if (value instanceof Promise || value instanceof WeakMap || value instanceof WeakSet) throw notCloneable(value);
  return {};
}

function copyView(view: ArrayBufferView): object {
  const bytes = view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength);
  return new (view.constructor as new (buffer: ArrayBufferLike) => object)(bytes);
}

function copyError(from: Error, to: Error, seen: Map<object, unknown>): void {
  const hide = (key: string, value: unknown) =>
    Object.defineProperty(to, key, { value, writable: true, enumerable: false, configurable: true });
  hide("stack", from.stack);
  if ("cause" in from) hide("cause", clone(from.cause, seen));
}

function isRecord(value: object): boolean {
  return Object.getPrototypeOf(value) === Object.prototype;
}

function notCloneable(value: unknown): Error {
  return new DOMException(
    `${typeof value === "symbol" ? "A symbol" : String(value)} could not be cloned`,
    "DataCloneError",
  );
}
