import type { Timers } from "../../base/index.ts";

export interface Flushable {
  flush(): void;
}

/**
 * Collects the connections that have something to write and flushes each once, behind everything already queued on the
 * current turn of the event loop. Replies that a group commit releases together thus leave in one write each socket.
 */
export class FlushQueue {
  readonly #timers: Timers;
  #waiting: Flushable[] = [];
  #isScheduled = false;
  readonly #run = (): void => {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#isScheduled = false;
    for (const one of waiting) one.flush();
  };

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  add(one: Flushable): void {
    this.#waiting.push(one);
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#timers.immediate(this.#run);
  }
}
