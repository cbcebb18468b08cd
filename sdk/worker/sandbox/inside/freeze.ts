/**
 * Freezes what all runs of a sandbox share: the intrinsic objects of JavaScript and the library.
 *
 * A frozen prototype has a trap: assigning to an object a property that its prototype holds read-only fails, although
 * the object could have one of its own (`MyError.prototype.name = …`, `table.toString = …`). So properties that code
 * is known to override become accessors, whose setter gives the object its own property. Those that V8 watches to keep
 * its fast paths (iteration of arrays, `then` of promises) stay as they are.
 */
const FUNCTION_PROTOTYPES: readonly object[] = [
  Function.prototype,
  Object.getPrototypeOf(async () => {}) as object,
  Object.getPrototypeOf(function* () {}) as object,
  Object.getPrototypeOf(async function* () {}) as object,
];

const arrayIterator = Object.getPrototypeOf([][Symbol.iterator]()) as object;
const asyncGenerator = Object.getPrototypeOf(async function* () {}.prototype) as object;

/** Reachable from no name. */
const HIDDEN: readonly object[] = [
  ...FUNCTION_PROTOTYPES,
  arrayIterator,
  Object.getPrototypeOf(arrayIterator) as object,
  asyncGenerator,
  Object.getPrototypeOf(asyncGenerator) as object,
  Object.getPrototypeOf(new Map().entries()) as object,
  Object.getPrototypeOf(new Set().values()) as object,
  Object.getPrototypeOf(""[Symbol.iterator]()) as object,
  Object.getPrototypeOf("".matchAll(/a/g)) as object,
  Object.getPrototypeOf(Uint8Array) as object,
];

const ERRORS = [Error, TypeError, RangeError, SyntaxError, ReferenceError, EvalError, URIError, AggregateError];

const overridable: readonly (readonly [prototype: object, keys: readonly PropertyKey[] | "all"])[] = [
  [Object.prototype, "all"],
  [Function.prototype, ["constructor", "toString", "bind", "call", "apply", "name", "length"]],
  ...ERRORS.map((error) => [error.prototype, "all"] as const),
  [Array.prototype, ["toString", "push", "concat", "map", "filter"]],
  [Promise.prototype, ["constructor"]],
  [Reflect, "all"],
  [Date.prototype, ["constructor", "toString", "toJSON", "valueOf"]],
  [Map.prototype, ["constructor", "toString"]],
  [Set.prototype, ["constructor", "toString"]],
  [Object.getPrototypeOf(function* () {}.prototype) as object, "all"],
  [asyncGenerator, "all"],
];

export function freezeShared(libraryExports: readonly object[]): void {
  removeRegExpMemory();
  for (const [prototype, keys] of overridable) {
    const wanted = keys === "all" ? Reflect.ownKeys(prototype) : keys;
    for (const key of wanted) letOverride(prototype, key);
  }
  const seen = new Set<object>([globalThis]);
  const intrinsics = Reflect.ownKeys(globalThis).map((key) => (globalThis as Record<PropertyKey, unknown>)[key]);
  freezeReachable([...HIDDEN, ...intrinsics], seen, () => {});
  freezeReachable(libraryExports, seen, letOverrideClass);
}

/** `RegExp.$1` and its like show what another run has matched. */
function removeRegExpMemory(): void {
  for (const key of Reflect.ownKeys(RegExp)) {
    if (typeof key === "string" && /^(?:\$|input$|last|left|right)/.test(key)) Reflect.deleteProperty(RegExp, key);
  }
}

function freezeReachable(roots: readonly unknown[], seen: Set<object>, before: (value: object) => void): void {
  const pending = [...roots];
  for (let index = 0; index < pending.length; index++) {
    const value = pending[index];
    if (!isObject(value) || seen.has(value)) continue;
    seen.add(value);
    before(value);
    pending.push(Object.getPrototypeOf(value));
    for (const key of Reflect.ownKeys(value)) {
      const descriptor = Object.getOwnPropertyDescriptor(value, key) as PropertyDescriptor;
      pending.push(descriptor.value, descriptor.get, descriptor.set);
    }
    freezeOne(value);
  }
}

function freezeOne(value: object): void {
  if (value === Error) freezeError();
  else if (ArrayBuffer.isView(value)) Object.preventExtensions(value);
  else Object.freeze(value);
}

/** Code sets `Error.stackTraceLimit`, which V8 reads only from a plain property: it is reset at each entry. */
function freezeError(): void {
  for (const key of Reflect.ownKeys(Error)) {
    if (key !== "stackTraceLimit" && key !== "prepareStackTrace") freezeProperty(Error, key);
  }
  Object.preventExtensions(Error);
}

function freezeProperty(owner: object, key: PropertyKey): void {
  const descriptor = Object.getOwnPropertyDescriptor(owner, key) as PropertyDescriptor;
  const readOnly = "value" in descriptor ? { writable: false } : {};
  Object.defineProperty(owner, key, { ...readOnly, configurable: false });
}

/** Classes of the library are meant to be extended, also in the ways of old. */
function letOverrideClass(value: object): void {
  const prototype = typeof value === "function" ? (value.prototype as unknown) : undefined;
  if (!isObject(prototype)) return;
  for (const key of Reflect.ownKeys(prototype)) letOverride(prototype, key);
}

function letOverride(owner: object, key: PropertyKey): void {
  const descriptor = Object.getOwnPropertyDescriptor(owner, key);
  if (descriptor === undefined || !("value" in descriptor) || !descriptor.configurable) return;
  const original = descriptor.value as unknown;
  Object.defineProperty(owner, key, {
    get: () => original,
    set(this: unknown, value: unknown) {
      const own = { value, writable: true, enumerable: true, configurable: true };
      const done = this !== owner && isObject(this) && Reflect.defineProperty(this, key, own);
      if (!done) throw new TypeError(`Cannot assign to ${String(key)}: all workflows of this worker share it`);
    },
    enumerable: descriptor.enumerable === true,
    configurable: false,
  });
}

function isObject(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}
