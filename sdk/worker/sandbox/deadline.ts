/**
 * Stops code that does not come to an end.
 *
 * V8 stops running code only from another thread, and Node starts a thread for each evaluation with a time limit: 0.1
 * ms of CPU, 100 times what an activation costs. So work is gathered for one turn of the event loop and done within one
 * such evaluation.
 *
 * 1. A batch ends early, and the rest gets a new one, when it has used a tenth of the limit: the step that is stopped
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

interface Item {
  readonly step: () => boolean;
  readonly stopped: () => void;
  readonly done: () => void;
}

/** A batch hands the thread back after this long. */
const BATCH_MS_MAX = 20;

/** Work in steps, each with the same deadline. Steps must not throw. */
export class DeadlineBatches {
  readonly #limitMs: number;
  #waiting: Item[] = [];

  constructor(limitMs: number) {
    this.#limitMs = limitMs;
  }

  /** Calls `step` until it answers false, or calls `stopped` when it had to stop one. */
  add(step: () => boolean, stopped: () => void): Promise<void> {
    return new Promise((done) => {
      this.#waiting.push({ step, stopped, done });
      if (this.#waiting.length === 1) systemTimers.immediate(() => this.#run());
    });
  }

  #run(): void {
    const items = this.#waiting;
    const ended = this.#runBatch(items);
    this.#waiting = items.slice(ended);
    if (this.#waiting.length > 0) systemTimers.immediate(() => this.#run());
    systemTimers.immediate(() => {
      for (const { done } of items.slice(0, ended)) done();
    });
  }

  /** How many have ended. */
  #runBatch(items: readonly Item[]): number {
    const endsAt = systemClock.now() + Math.min(this.#limitMs / 10, BATCH_MS_MAX);
    let ended = 0;
    const isInTime = withinLimit(this.#limitMs, () => {
      do if (!(items[ended] as Item).step()) ended++;
      while (ended < items.length && systemClock.now() < endsAt);
    });
    if (!isInTime) (items[ended++] as Item).stopped();
    return ended;
  }
}
