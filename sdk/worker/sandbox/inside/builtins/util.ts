/** `node:util` for workflows: what needs nothing of the process. */
import { TextDecoder, TextEncoder } from "../web/encoding.ts";

const DEPTH_MAX = 4;

/** A value as text for people: shorter and simpler than Node's. */
export function inspect(value: unknown): string {
  return show(value, 0, []);
}

function show(value: unknown, depth: number, above: readonly object[]): string {
  if (typeof value === "string") return depth === 0 ? value : JSON.stringify(value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function") return `[Function ${value.name || "(anonymous)"}]`;
  if (typeof value !== "object" || value === null) return String(value);
  if (above.includes(value)) return "[Circular]";
  if (value instanceof Error) return value.stack ?? String(value);
  if (value instanceof Date) return value.toISOString();
  if (depth >= DEPTH_MAX) return Array.isArray(value) ? "[Array]" : "[Object]";
  const next = (item: unknown) => show(item, depth + 1, [...above, value]);
  if (Array.isArray(value)) return `[ ${value.map(next).join(", ")} ]`;
  if (value instanceof Map) return `Map { ${[...value].map(([k, v]) => `${next(k)} => ${next(v)}`).join(", ")} }`;
  if (value instanceof Set) return `Set { ${[...value].map(next).join(", ")} }`;
  const fields = Object.entries(value).map(([key, item]) => `${key}: ${next(item)}`);
  return fields.length === 0 ? "{}" : `{ ${fields.join(", ")} }`;
}

export function format(template: unknown, ...values: unknown[]): string {
  if (typeof template !== "string") return [template, ...values].map(inspect).join(" ");
  const rest = [...values];
  const text = template.replaceAll(/%[sdifjoOc%]/g, (directive) => {
    if (directive === "%%") return "%";
    return rest.length === 0 ? directive : formatOne(directive, rest.shift());
  });
  return [text, ...rest.map(inspect)].join(" ");
}

function formatOne(directive: string, value: unknown): string {
  switch (directive) {
    case "%d":
      return String(Number(value));
    case "%i":
      return String(Number.parseInt(String(value), 10));
    case "%f":
      return String(Number.parseFloat(String(value)));
    case "%j":
      return JSON.stringify(value);
    case "%c":
      return "";
    default:
      return inspect(value);
  }
}

export function isDeepStrictEqual(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
  if (a instanceof Date) return a.getTime() === (b as Date).getTime();
  if (a instanceof RegExp) return String(a) === String(b);
  if (a instanceof Map || a instanceof Set) return isDeepStrictEqual([...a], [...(b as Iterable<unknown>)]);
  if (a instanceof Error && (a.name !== (b as Error).name || a.message !== (b as Error).message)) return false;
  const [left, right] = [a, b] as Record<PropertyKey, unknown>[] as [Record<string, unknown>, Record<string, unknown>];
  const keys = Object.keys(left);
  if (keys.length !== Object.keys(right).length) return false;
  return keys.every((key) => Object.hasOwn(right, key) && isDeepStrictEqual(left[key], right[key]));
}

export function inherits(constructor: { prototype: object }, parent: { prototype: object }): void {
  Object.defineProperty(constructor, "super_", { value: parent, writable: true, configurable: true });
  Object.setPrototypeOf(constructor.prototype, parent.prototype);
}

type Callback = (error: unknown, value?: unknown) => void;

export function promisify(original: (...args: unknown[]) => void): (...args: unknown[]) => Promise<unknown> {
  return function promisified(this: unknown, ...args: unknown[]) {
    return new Promise((resolve, reject) => {
      const callback: Callback = (error, value) => (error ? reject(error as Error) : resolve(value));
      original.call(this, ...args, callback);
    });
  };
}

export function deprecate<T>(callback: T): T {
  return callback;
}

export const builtin = {
  TextDecoder,
  TextEncoder,
  deprecate,
  format,
  inherits,
  inspect,
  isDeepStrictEqual,
  promisify,
};
