/**
 * Stops code that does not come to an end.
 *
 * V8 stops running code only from another thread, and Node starts a thread for each evaluation with a time limit: 0.1
 * ms of CPU, 100 times what an activation costs. So work is gathered for one turn of the event loop and done within one
 * such evaluation.
 *
 * 1. A batch ends early, and the rest gets a new one, when it has used a tenth of the limit: the item that is stopped
 *    has had nine tenths of it for itself.
 * 2. Results are handed out one turn later, after Node has reported the promises that were rejected and not handled.
 */
import { createContext, Script } from "node:vm";
import type { Context } from "node:vm";
import { systemClock, systemTimers } from "../../../base/index.ts";

const CALL = new Script("call()", { filename: "perdure:deadline" });

let gate: (Context & { call: () => void }) | undefined;

/** Whether `work` came to its end in time. Its errors are thrown. */
export function withinLimit(limitMs: number, work: () => void): boolean {
  gate ??= createContext({ call: () => {} }) as Context & { call: () => void };
  const outer = gate.call;
  let error: { readonly thrown: unknown } | undefined;
  gate.call = () => {
    try {
      work();
    } catch (thrown) {
      error = { thrown };
    }
  };
  try {
    CALL.runInContext(gate, { timeout: limitMs });
  } catch (thrown) {
    if ((thrown as { code?: unknown }).code !== "ERR_SCRIPT_EXECUTION_TIMEOUT") throw thrown;
    return false;
  } finally {
    gate.call = outer;
  }
  if (error !== undefined) throw error.thrown;
  return true;
}

interface Item<T> {
  readonly work: () => T;
  readonly late: () => T;
  readonly done: (result: T) => void;
}

/** Work with a deadline for each item. Items must not throw. */
export class DeadlineBatches<T> {
  readonly #limitMs: number;
  #waiting: Item<T>[] = [];

  constructor(limitMs: number) {
    this.#limitMs = limitMs;
  }

  /** @param late gives the result when the work was stopped */
  add(work: () => T, late: () => T): Promise<T> {
    return new Promise((done) => {
      this.#waiting.push({ work, late, done });
      if (this.#waiting.length === 1) systemTimers.immediate(() => this.#run());
    });
  }

  #run(): void {
    const items = this.#waiting;
    this.#waiting = [];
    const results: T[] = [];
    while (results.length < items.length) this.#runBatch(items, results);
    systemTimers.immediate(() => {
      for (const [index, item] of items.entries()) item.done(results[index] as T);
    });
  }

  #runBatch(items: readonly Item<T>[], results: T[]): void {
    const endsAt = systemClock.now() + this.#limitMs / 10;
    const isInTime = withinLimit(this.#limitMs, () => {
      do results.push((items[results.length] as Item<T>).work());
      while (results.length < items.length && systemClock.now() < endsAt);
    });
    if (!isInTime) results.push((items[results.length] as Item<T>).late());
  }
}
