/** `node:assert` for workflows. An export by default of a function with methods, as it is in Node. */
import { isDeepStrictEqual } from "./util.ts";

export interface AssertionErrorOptions {
  readonly message?: string | undefined;
  readonly actual?: unknown;
  readonly expected?: unknown;
  readonly operator?: string | undefined;
}

export class AssertionError extends Error {
  readonly code = "ERR_ASSERTION";
  readonly actual: unknown;
  readonly expected: unknown;
  readonly operator: string | undefined;

  constructor({ message, actual, expected, operator }: AssertionErrorOptions) {
    super(message ?? `Failed${operator === undefined ? "" : ` (${operator})`}`);
    this.name = "AssertionError";
    this.actual = actual;
    this.expected = expected;
    this.operator = operator;
  }
}

type Message = string | Error | undefined;

function check(isFine: boolean, message: Message, details: AssertionErrorOptions): void {
  if (isFine) return;
  throw message instanceof Error ? message : new AssertionError({ ...details, message: message ?? details.message });
}

export function ok(value: unknown, message?: Message): void {
  const text = "The expression evaluated to a falsy value";
  check(Boolean(value), message, { actual: value, expected: true, operator: "==", message: text });
}

export function equal(actual: unknown, expected: unknown, message?: Message): void {
  // oxlint-disable-next-line eqeqeq -- what this assertion of Node means
  check(actual == expected || Object.is(actual, expected), message, { actual, expected, operator: "==" });
}

export function notEqual(actual: unknown, expected: unknown, message?: Message): void {
  // oxlint-disable-next-line eqeqeq -- what this assertion of Node means
  check(actual != expected, message, { actual, expected, operator: "!=" });
}

export function strictEqual(actual: unknown, expected: unknown, message?: Message): void {
  check(Object.is(actual, expected), message, { actual, expected, operator: "strictEqual" });
}

export function notStrictEqual(actual: unknown, expected: unknown, message?: Message): void {
  check(!Object.is(actual, expected), message, { actual, expected, operator: "notStrictEqual" });
}

export function deepStrictEqual(actual: unknown, expected: unknown, message?: Message): void {
  check(isDeepStrictEqual(actual, expected), message, { actual, expected, operator: "deepStrictEqual" });
}

export function notDeepStrictEqual(actual: unknown, expected: unknown, message?: Message): void {
  check(!isDeepStrictEqual(actual, expected), message, { actual, expected, operator: "notDeepStrictEqual" });
}

export function match(text: string, pattern: RegExp, message?: Message): void {
  check(pattern.test(text), message, { actual: text, expected: pattern, operator: "match" });
}

export function fail(message?: Message): never {
  throw message instanceof Error ? message : new AssertionError({ message: message ?? "Failed", operator: "fail" });
}

export function throws(callback: () => unknown, message?: Message): void {
  let hasThrown = false;
  try {
    callback();
  } catch {
    hasThrown = true;
  }
  check(hasThrown, message, { message: "Missing expected exception", operator: "throws" });
}

export async function rejects(promise: Promise<unknown> | (() => Promise<unknown>), message?: Message): Promise<void> {
  const isRejected = await (typeof promise === "function" ? promise() : promise).then(
    () => false,
    () => true,
  );
  check(isRejected, message, { message: "Missing expected rejection", operator: "rejects" });
}

const methods = {
  AssertionError,
  ok,
  equal,
  notEqual,
  strictEqual,
  notStrictEqual,
  deepEqual: deepStrictEqual,
  notDeepEqual: notDeepStrictEqual,
  deepStrictEqual,
  notDeepStrictEqual,
  match,
  fail,
  throws,
  rejects,
};

const assert = Object.assign((value: unknown, message?: Message) => ok(value, message), methods);

/** What a CommonJS import and a default import give. */
export const builtin: typeof assert & { strict?: typeof assert } = assert;
builtin.strict = assert;
