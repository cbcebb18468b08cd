import type { Call } from "../api/call.ts";

/** A call as a handler sees it. */
export class SimCall implements Call {
  readonly deadline: number;
  #isCancelled = false;
  #looksLeft: number;
  readonly #later: (leave: () => void) => void;
  #listeners: (() => void)[] = [];

  /** With `looks` the caller gives up when the handler has looked so often whether it is still there: `later` says when. */
  constructor(deadline: number, leaving: { looks: number; later: (leave: () => void) => void }) {
    this.deadline = deadline;
    this.#looksLeft = leaving.looks;
    this.#later = leaving.later;
  }

  get cancelled(): boolean {
    if (this.#looksLeft > 0 && --this.#looksLeft === 0) this.#later(() => this.cancel());
    return this.#isCancelled;
  }

  /** As `cancelled`, without the handler's looking. */
  get isCancelled(): boolean {
    return this.#isCancelled;
  }

  metadata(): undefined {
    return undefined;
  }

  onCancel(listener: () => void): void {
    if (this.#isCancelled) listener();
    else this.#listeners.push(listener);
  }

  cancel(): void {
    if (this.#isCancelled) return;
    this.#isCancelled = true;
    for (const listener of this.#listeners.splice(0)) listener();
  }
}
