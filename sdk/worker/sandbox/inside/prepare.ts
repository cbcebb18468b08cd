/** Makes the global object of a realm what workflow code expects, before the library is evaluated. */
import { installHostHooks } from "./host-hooks.ts";
import type { HostHooks } from "./host-hooks.ts";
import { atob, btoa } from "./web/base64.ts";
import { DOMException } from "./web/dom-exception.ts";
import { TextDecoder, TextEncoder } from "./web/encoding.ts";
import { AbortController, AbortSignal, Event, EventTarget } from "./web/events.ts";
import { Headers } from "./web/headers.ts";
import { structuredClone } from "./web/structured-clone.ts";
import { URL } from "./web/url.ts";
import { URLSearchParams } from "./web/url-search-params.ts";

/**
 * Blocks the thread, shares memory, or runs when the garbage collector likes: nothing that a replay repeats. V8's
 * console writes to a debugger only.
 */
const REMOVED = ["Atomics", "SharedArrayBuffer", "WebAssembly", "console"] as const;

export function prepareRealm(hooks: HostHooks): void {
  installHostHooks(hooks);
  for (const name of REMOVED) Reflect.deleteProperty(globalThis, name);
  defineGlobals({
    AbortController,
    AbortSignal,
    DOMException,
    Event,
    EventTarget,
    Headers,
    TextDecoder,
    TextEncoder,
    URL,
    URLSearchParams,
    atob,
    btoa,
    queueMicrotask,
    structuredClone,
  });
  nameDisposeSymbols();
  showSourcesInStacks(hooks.mapFrame);
}

export function defineGlobals(values: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(values)) {
    Object.defineProperty(globalThis, name, { value, writable: true, enumerable: false, configurable: true });
  }
}

function queueMicrotask(callback: () => void): void {
  if (typeof callback !== "function") throw new TypeError("queueMicrotask takes a function");
  void (async () => {
    await undefined;
    callback();
  })();
}

/** Older versions of V8 do not know them; compiled `using` declarations look for them. */
function nameDisposeSymbols(): void {
  for (const name of ["dispose", "asyncDispose"]) {
    if (name in Symbol) continue;
    Object.defineProperty(Symbol, name, { value: Symbol(`Symbol.${name}`) });
  }
}

/**
 * What code assigns is ignored: it would be given the frames of the process around.
 */
function showSourcesInStacks(mapFrame: ((frame: string) => string) | undefined): void {
  const prepare =
    mapFrame === undefined
      ? undefined
      : (error: unknown, frames: readonly unknown[]) =>
          [errorHeader(error), ...frames.map((frame) => `    at ${mapFrame(String(frame))}`)].join("\n");
  Object.defineProperty(Error, "prepareStackTrace", { get: () => prepare, set: () => {}, configurable: false });
}

function errorHeader(error: unknown): string {
  try {
    return Error.prototype.toString.call(error);
  } catch {
    return "Error";
  }
}
