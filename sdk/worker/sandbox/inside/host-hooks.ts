/**
 * Functions of the process around, for what a realm cannot do by itself. They take and give primitives (and byte
 * arrays of this realm), never throw, and are not reachable by workflow code.
 */
export interface HostHooks {
  /** The parts of a URL in the order of `URL_PARTS`, joined by line ends; undefined when it is none. */
  parseUrl(input: string, base: string | undefined): string | undefined;
  /** The URL after an assignment to one of its parts. */
  changeUrl(href: string, part: string, value: string): string;
  /** Writes a text into `bytes`, and says how many it took. */
  encodeUtf8(text: string, bytes: Uint8Array): number;
  /** undefined when `isFatal` and the bytes are not UTF-8. */
  decodeUtf8(bytes: Uint8Array, isFatal: boolean, keepsMark: boolean): string | undefined;
  /** A line of a stack trace, in terms of the sources. */
  mapFrame: ((frame: string) => string) | undefined;
  /** Text of a source file of the workflow code. */
  readSource(path: string): string | undefined;
  readonly asyncStorage: AsyncStorageHooks;
}

/** `AsyncLocalStorage` of Node. Handles are its instances: they must not be handed on. */
export interface AsyncStorageHooks {
  create(): unknown;
  run(handle: unknown, store: unknown, callback: () => unknown): unknown;
  getStore(handle: unknown): unknown;
  enterWith(handle: unknown, store: unknown): void;
  exit(handle: unknown, callback: () => unknown): unknown;
  disable(handle: unknown): void;
}

export const URL_PARTS = [
  "href",
  "origin",
  "protocol",
  "username",
  "password",
  "host",
  "hostname",
  "port",
  "pathname",
  "search",
  "hash",
] as const;

let installed: HostHooks | undefined;

export function installHostHooks(hooks: HostHooks): void {
  installed = hooks;
}

export function hostHooks(): HostHooks {
  if (installed === undefined) throw new Error("The sandbox is not ready");
  return installed;
}
