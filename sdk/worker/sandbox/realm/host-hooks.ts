/** The process's side of `inside/host-hooks.ts`. */
import { AsyncLocalStorage } from "node:async_hooks";
import { URL_PARTS } from "../inside/host-hooks.ts";
import type { AsyncStorageHooks, HostHooks } from "../inside/host-hooks.ts";

const encoder = new TextEncoder();
const decoders = [false, true].map((fatal) =>
  [false, true].map((ignoreBOM) => new TextDecoder("utf-8", { fatal, ignoreBOM })),
);

const asyncStorage: AsyncStorageHooks = {
  create: () => new AsyncLocalStorage(),
  run: (handle, store, callback) => storage(handle).run(store, callback),
  getStore: (handle) => storage(handle).getStore(),
  enterWith: (handle, store) => storage(handle).enterWith(store),
  exit: (handle, callback) => storage(handle).exit(callback),
  disable: (handle) => storage(handle).disable(),
};

export function hostHooks(sources: Pick<HostHooks, "mapFrame" | "readSource">): HostHooks {
  return {
    ...sources,
    parseUrl: (input, base) => textOf(URL.parse(input, base)),
    changeUrl,
    encodeUtf8: (text, bytes) => encoder.encodeInto(text, bytes).written,
    decodeUtf8,
    asyncStorage,
  };
}

function storage(handle: unknown): AsyncLocalStorage<unknown> {
  return handle as AsyncLocalStorage<unknown>;
}

function textOf(url: URL | null): string | undefined {
  return url === null ? undefined : URL_PARTS.map((part) => url[part]).join("\n");
}

function changeUrl(href: string, part: string, value: string): string {
  const url = new URL(href);
  Reflect.set(url, part, value);
  return url.href;
}

function decodeUtf8(bytes: Uint8Array, isFatal: boolean, keepsMark: boolean): string | undefined {
  try {
    return decoders[Number(isFatal)]?.[Number(keepsMark)]?.decode(bytes);
  } catch {
    return undefined; // Not UTF-8: the caller throws an error of its own realm.
  }
}
