/**
 * Stops code that does not come to an end. V8 stops running code only from another thread, and there are two ways:
 *
 * - The watchdog, a permanent thread, which takes all that is on the stack (`watchdog.ts`). It costs nothing for work that
 *   ends, and is there 0.1 s after the first host.
 * - Evaluations with a time limit, for each of which Node starts a thread: 0.1 ms of CPU, ten times what an activation
 *   costs. So the work of one turn of the event loop is done within one such evaluation. It ends early, and the rest
 *   gets a new one, when it has used a tenth of the limit: the step that is stopped has had nine tenths of it for itself.
 *
 * Results are handed out one turn later, after Node has reported the promises that were rejected and not handled.
 */
import { createContext, Script } from "node:vm";
import type { Context } from "node:vm";
import { systemClock, systemTimers } from "../../../base/index.ts";
import { guard, isolated, isWatchdogReady, startWatchdog } from "./watchdog.ts";

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

/** `watchdog` needs a thread and the inspector, and is used as soon as it has them; `evaluation` needs neither. */
export type DeadlineKeeper = "watchdog" | "evaluation";

/** A batch hands the thread back after this long. */
const BATCH_MS_MAX = 20;

/** Work in steps, each with the same deadline. Steps must not throw. */
export class DeadlineBatches {
  readonly #limitMs: number;
  readonly #keeper: DeadlineKeeper;
  #waiting: Item[] = [];

  constructor(limitMs: number, keeper: DeadlineKeeper = "watchdog") {
    this.#limitMs = limitMs;
    this.#keeper = keeper;
    if (limitMs > 0 && keeper === "watchdog") startWatchdog();
  }

  /** Calls `step` until it answers false, or calls `stopped` when it had to stop one. */
  add(step: () => boolean, stopped: () => void): Promise<void> {
    return new Promise((done) => {
      this.#waiting.push({ step, stopped, done });
      if (this.#waiting.length === 1) this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#keeper === "watchdog" && isWatchdogReady()) isolated(() => this.#runGuarded());
    else systemTimers.immediate(() => this.#run());
  }

  #run(): void {
    this.#end(this.#runBatch());
  }

  /** The first so many items have ended. */
  #end(ended: number): void {
    const items = this.#waiting.slice(0, ended);
    this.#waiting = this.#waiting.slice(ended);
    if (this.#waiting.length > 0) this.#schedule();
    systemTimers.immediate(() => {
      for (const { done } of items) done();
    });
  }

  /** How many have ended. */
  #runBatch(): number {
    const items = this.#waiting;
    const endsAt = systemClock.now() + Math.min(this.#limitMs / 10, BATCH_MS_MAX);
    let ended = 0;
    const isInTime = withinLimit(this.#limitMs, () => {
      do if (!(items[ended] as Item).step()) ended++;
      while (ended < items.length && systemClock.now() < endsAt);
    });
    if (!isInTime) (items[ended++] as Item).stopped();
    return ended;
  }

  #runGuarded(): void {
    const items = this.#waiting;
    const endsAt = systemClock.now() + BATCH_MS_MAX;
    let ended = 0;
    const whenStopped = () => {
      (items[ended++] as Item).stopped();
      this.#end(ended);
    };
    do if (!guard(this.#limitMs, (items[ended] as Item).step, whenStopped)) ended++;
    while (ended < items.length && systemClock.now() < endsAt);
    this.#end(ended);
  }
}
