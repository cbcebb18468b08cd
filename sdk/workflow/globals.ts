/**
 * The globals of workflow code that a replay must repeat, and refusals of those that it cannot.
 *
 * 1. With `outside: "refuse"` (a sandbox) they work in a run only; with "real" (no sandbox) code that is in no run gets
 *    what it had before.
 * 2. What libraries look for with `typeof` stays undefined (process, require …): the message comes with the
 *    ReferenceError, see `explainMissingGlobal`.
 */
import { findCurrentRun, requireRun } from "./current-run.ts";
import { DeterminismViolationError } from "./errors.ts";
import { currentRandom } from "./random-streams.ts";
import { fillWithRandom, uuid4FromRandom } from "./random-values.ts";
import { clearWorkflowTimeout, setWorkflowTimeout } from "./timeouts.ts";

/** Replaces the globals of `target`, the global object of a context, after this library has been evaluated. */
export function installGlobals(target: typeof globalThis, outside: "refuse" | "real"): void {
  const real = outside === "real";
  define(target, "Date", workflowDate(target.Date, real));
  const { random } = target.Math;
  define(target.Math, "random", () => {
    const run = findCurrentRun();
    if (run !== undefined) return currentRandom(run);
    return real ? random.call(target.Math) : requireRun("Math.random");
  });
  installTimeouts(target, real);
  if (real) return;
  define(target, "crypto", workflowCrypto());
  for (const [name, instead] of REFUSED) define(target, name, refusal(name, instead));
}

function define(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, writable: true, configurable: true, enumerable: false });
}

/** `Date` with the time of the workflow task. Its instances are plain dates. */
function workflowDate(RealDate: DateConstructor, real: boolean): DateConstructor {
  const now = (): number => {
    const run = findCurrentRun();
    if (run !== undefined) return Math.floor(run.nowMs);
    return real ? RealDate.now() : requireRun("Date.now").nowMs;
  };
  function WorkflowDate(this: unknown, ...args: unknown[]): Date | string {
    if (new.target === undefined) return new RealDate(now()).toString();
    return Reflect.construct(RealDate, args.length === 0 ? [now()] : args, new.target) as Date;
  }
  Object.defineProperties(WorkflowDate, {
    name: { value: "Date", configurable: true },
    length: { value: 7, configurable: true },
    prototype: { value: RealDate.prototype, writable: false },
    now: { value: now, writable: true, configurable: true },
    parse: { value: RealDate.parse, writable: true, configurable: true },
    UTC: { value: RealDate.UTC, writable: true, configurable: true },
  });
  const DateClass = WorkflowDate as unknown as DateConstructor;
  define(RealDate.prototype, "constructor", DateClass);
  return DateClass;
}

function installTimeouts(target: typeof globalThis, real: boolean): void {
  const realSet = Reflect.get(target, "setTimeout") as ((...args: any[]) => unknown) | undefined;
  const realClear = Reflect.get(target, "clearTimeout") as ((handle: any) => void) | undefined;
  define(target, "setTimeout", (callback: (...args: any[]) => void, ms?: number, ...args: any[]) => {
    if (real && findCurrentRun() === undefined) return realSet?.(callback, ms, ...args);
    return setWorkflowTimeout(requireRun("setTimeout"), { callback, ms: ms ?? 0, args });
  });
  define(target, "clearTimeout", (handle: any) => {
    const run = findCurrentRun();
    if (real && (run === undefined || typeof handle === "object")) return realClear?.(handle);
    clearWorkflowTimeout(requireRun("clearTimeout"), handle);
  });
}

type IntegerArray = Uint8Array | Int8Array | Uint16Array | Int16Array | Uint32Array | Int32Array | BigInt64Array;

function workflowCrypto(): object {
  const crypto = {
    getRandomValues: <T extends IntegerArray>(array: T): T => {
      const run = requireRun("crypto.getRandomValues");
      fillWithRandom(() => currentRandom(run), new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
      return array;
    },
    get subtle(): never {
      throw new DeterminismViolationError("crypto.subtle works outside of the workflow's time: use it in an activity");
    },
  };
  define(crypto, "randomUUID", () => {
    const run = requireRun("crypto.randomUUID");
    return uuid4FromRandom(() => currentRandom(run));
  });
  return Object.freeze(crypto);
}

/** Functions and classes that may be looked for, but not used. */
const REFUSED: readonly (readonly [name: string, instead: string])[] = [
  ["fetch", "call it in an activity, and the activity from the workflow"],
  ["setInterval", "use a loop with `await sleep(…)`"],
  ["clearInterval", "use a loop with `await sleep(…)`, which ends when you say"],
  ["setImmediate", "use `await Promise.resolve()` or `queueMicrotask`, or `sleep` to let time pass"],
  ["clearImmediate", "there is no setImmediate to clear"],
  ["WeakRef", "use a plain reference: when memory is freed, no replay can tell"],
  ["FinalizationRegistry", "clean up explicitly, in `finally`: when memory is freed, no replay can tell"],
  ["XMLHttpRequest", "do requests in an activity"],
  ["WebSocket", "do network work in an activity"],
  ["EventSource", "do network work in an activity"],
  ["BroadcastChannel", "send signals to workflows instead"],
  ["MessageChannel", "use a Trigger or a promise"],
  ["Worker", "do heavy work in an activity"],
];

function refusal(name: string, instead: string): () => never {
  function refuse(): never {
    throw new DeterminismViolationError(`${name} cannot be used in a workflow: ${instead}`);
  }
  Object.defineProperty(refuse, "name", { value: name });
  return refuse;
}

/** Names that stay undefined, and what to do without them. */
const MISSING: Readonly<Record<string, string>> = {
  process: "pass what you need as an argument of the workflow, or read it in an activity",
  require: "import modules at the top of the file; modules of Node belong in activities",
  module: "use `export`",
  exports: "use `export`",
  __dirname: "files are read in activities",
  __filename: "files are read in activities",
  global: "use globalThis",
  Buffer: "use Uint8Array with TextEncoder and TextDecoder, or do it in an activity",
  performance: "use Date.now(), which is the workflow's time, or measure in an activity",
  window: "workflows run on a server",
  document: "workflows run on a server",
  localStorage: "keep state in variables of the workflow, or in a database by an activity",
  navigator: "workflows run on a server",
  SharedArrayBuffer: "a workflow has one thread",
  Atomics: "a workflow has one thread",
  WebAssembly: "run it in an activity",
};

const NOT_DEFINED = /^(\w+) is not defined$/;

/** Says in the message of a ReferenceError to one of these names what to use instead. */
export function explainMissingGlobal(error: unknown): void {
  if (!(error instanceof Error) || error.name !== "ReferenceError") return;
  const name = NOT_DEFINED.exec(error.message)?.[1];
  const instead = name === undefined || !Object.hasOwn(MISSING, name) ? undefined : MISSING[name];
  if (instead === undefined) return;
  const message = `${error.message} in a workflow: ${instead}`;
  error.stack = error.stack?.replace(error.message, message);
  error.message = message;
}
