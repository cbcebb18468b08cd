import { AsyncLocalStorage } from "node:async_hooks";

/** Metadata as users give them. */
export type Metadata = Record<string, string | Uint8Array>;

/** What holds for all calls made within a function. */
export interface CallContext {
  /** When to stop waiting: a date, or milliseconds since the epoch. */
  readonly deadline?: number | Date;
  readonly metadata?: Metadata;
  readonly abortSignal?: AbortSignal;
}

/** The contexts of one connection; a nested one adds to its surroundings. */
export class CallContexts {
  readonly storage = new AsyncLocalStorage<CallContext>();

  get current(): CallContext | undefined {
    return this.storage.getStore();
  }

  with<R>(added: CallContext, fn: () => Promise<R>): Promise<R> {
    const outer = this.storage.getStore();
    const metadata =
      added.metadata === undefined ? outer?.metadata : lowerCase({ ...outer?.metadata, ...lowerCase(added.metadata) });
    return this.storage.run({ ...outer, ...added, ...(metadata === undefined ? {} : { metadata }) }, fn);
  }
}

/** Header names have no case. */
export function lowerCase(metadata: Metadata): Metadata {
  return Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name.toLowerCase(), value]));
}
