import type { Store } from "../../server/store/index.ts";

/** `open` is the opening itself, which ends the one before. Whose the store is differs between stores that run one after the other. */
export type Verb = Exclude<keyof Store, "name" | "close" | "isOurs"> | "open";

export type Answer = { readonly value: unknown } | { readonly error: Error };

export interface StoreCall {
  /** Which opening of the store was asked: the first is 1. */
  readonly opening: number;
  readonly verb: Verb;
  readonly args: readonly unknown[];
  /** undefined as long as there is none. */
  answer: Answer | undefined;
}

/**
 * What a seed asked its store and was answered, in the order in which it was done: the memory store does everything within
 * the call. Whatever happens above the store, faults and crashes, is not in it, but for a new opening after each.
 */
export class StoreLog {
  readonly calls: StoreCall[] = [];
  #openings = 0;

  /** A newly opened store, which notes what it is asked. It takes no part in the time of the seed. */
  recording(store: Store): Store {
    this.#openings += 1;
    const opening = this.#openings;
    this.calls.push({ opening, verb: "open", args: [], answer: undefined });
    return new Proxy(store, {
      get: (target, key) => {
        const verb = Reflect.get(target, key) as unknown;
        if (typeof verb !== "function" || key === "close" || key === "isOurs") return verb;
        return (...args: unknown[]) => {
          const call: StoreCall = { opening, verb: key as Verb, args: args.map(kept), answer: undefined };
          this.calls.push(call);
          const answered = verb.apply(target, args) as Promise<unknown>;
          answered.then(
            (value) => (call.answer = { value }),
            (error: Error) => (call.answer = { error }),
          );
          return answered;
        };
      },
    });
  }
}

/** The caller may use its bytes again at once. Who has left has left; who leaves later has got its answer by then. */
function kept(value: unknown): unknown {
  if (value instanceof AbortSignal) return value.aborted ? AbortSignal.abort(value.reason) : undefined;
  if (value instanceof Uint8Array) return value.slice();
  if (Array.isArray(value)) return value.map(kept);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, kept(field)]));
}
