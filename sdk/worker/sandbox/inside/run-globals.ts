/**
 * The global object, with a face of its own for each run.
 *
 * 1. What code assigns to a global, known or new, goes to the current run: no other run sees it.
 * 2. The global object itself never changes after `divideGlobals`: unknown names are answered by a proxy that is its
 *    prototype, so that `globalThis.x`, `x` and a sloppy `x = 1` all meet the same value. Entering a run costs one
 *    assignment.
 * 3. `Reflect` is an heir of the real one for each run that touches it: libraries of decorators add to it.
 */
export interface RunGlobals {
  /** What the run has assigned; made at the first assignment. */
  values: Record<PropertyKey, unknown> | undefined;
}

export function newRunGlobals(): RunGlobals {
  return { values: undefined };
}

let current: RunGlobals = newRunGlobals();

const STACK_TRACE_LIMIT = 10;

export function enterRunGlobals(globals: RunGlobals): void {
  current = globals;
  Error.stackTraceLimit = STACK_TRACE_LIMIT;
}

/** What is assigned between runs belongs to nobody. */
export function leaveRunGlobals(): void {
  current = newRunGlobals();
}

/** Objects that inherit from one without a prototype are smaller than those without one. */
const nothing = Object.freeze(Object.create(null) as object);

function ownValues(): Record<PropertyKey, unknown> {
  current.values ??= Object.create(nothing) as Record<PropertyKey, unknown>;
  return current.values;
}

const { defineProperty, defineProperties, getOwnPropertyDescriptor } = Object;
const reflectDefineProperty = Reflect.defineProperty;
const reflectGet = Reflect.get;

/** Before freezing: `Object.defineProperty(globalThis, …)` is how polyfills are installed. */
export function divertDefinitions(): void {
  const diverted = {
    defineProperty(target: object, key: PropertyKey, descriptor: PropertyDescriptor): object {
      defineProperty(target === globalThis ? ownValues() : target, key, descriptor);
      return target;
    },
    defineProperties(target: object, descriptors: PropertyDescriptorMap): object {
      defineProperties(target === globalThis ? ownValues() : target, descriptors);
      return target;
    },
  };
  replace(Object, "defineProperty", diverted.defineProperty);
  replace(Object, "defineProperties", diverted.defineProperties);
  replace(Reflect, "defineProperty", (target: object, key: PropertyKey, descriptor: PropertyDescriptor) =>
    reflectDefineProperty(target === globalThis ? ownValues() : target, key, descriptor),
  );
}

function replace(owner: object, key: string, value: unknown): void {
  defineProperty(owner, key, { value, writable: true, enumerable: false, configurable: true });
}

/**
 * Names of the language itself, which loops read a million times: an accessor costs 0.1 µs, a plain property nothing.
 * They cannot be assigned to. What programs do replace (`Date`, `Promise`, classes of the web, functions) can.
 */
const FIXED: ReadonlySet<PropertyKey> = new Set([
  ...["Object", "Array", "Math", "JSON", "Number", "String", "Boolean", "BigInt", "Symbol", "Function", "RegExp"],
  ...["Map", "Set", "WeakMap", "WeakSet", "Proxy", "Intl", "Iterator", "ArrayBuffer", "DataView", "Uint8Array"],
  ...["Error", "TypeError", "RangeError", "SyntaxError", "ReferenceError", "EvalError", "URIError", "AggregateError"],
  ...["Int8Array", "Uint8ClampedArray", "Int16Array", "Uint16Array", "Int32Array", "Uint32Array", "Float32Array"],
  ...["Float64Array", "BigInt64Array", "BigUint64Array", "parseInt", "parseFloat", "isNaN", "isFinite"],
  ...["encodeURIComponent", "decodeURIComponent", "encodeURI", "decodeURI"],
]);

/** After freezing, and last: nothing can be added to the global object itself any more. */
export function divideGlobals(): void {
  for (const key of Reflect.ownKeys(globalThis)) {
    const descriptor = getOwnPropertyDescriptor(globalThis, key) as PropertyDescriptor;
    if (!descriptor.configurable) continue;
    if (FIXED.has(key)) {
      defineProperty(globalThis, key, { writable: false, configurable: false });
      continue;
    }
    const original = descriptor.value as unknown;
    defineProperty(globalThis, key, {
      get: key === "Reflect" ? reflectOfRun : getterOf(key, original),
      set: (value: unknown) => {
        ownValues()[key] = value;
      },
      enumerable: descriptor.enumerable === true,
      configurable: false,
    });
  }
  Object.setPrototypeOf(globalThis, new Proxy(Object.create(Object.prototype) as object, undeclared));
  Object.preventExtensions(globalThis);
}

function getterOf(key: PropertyKey, original: unknown): () => unknown {
  return () => {
    const { values } = current;
    return values !== undefined && key in values ? values[key] : original;
  };
}

const originalReflect = Reflect;

function reflectOfRun(): unknown {
  const values = ownValues();
  values["Reflect"] ??= Object.create(originalReflect);
  return values["Reflect"];
}

const undeclared: ProxyHandler<object> = {
  has: (_, key) => (current.values !== undefined && key in current.values) || key in Object.prototype,
  get(_, key, receiver) {
    const { values } = current;
    return values !== undefined && key in values ? values[key] : reflectGet(Object.prototype, key, receiver);
  },
  set(_, key, value) {
    ownValues()[key] = value;
    return true;
  },
  defineProperty: (_, key, descriptor) => reflectDefineProperty(ownValues(), key, descriptor),
  deleteProperty: (_, key) => current.values === undefined || delete current.values[key],
  setPrototypeOf: () => false,
  preventExtensions: () => false,
};
