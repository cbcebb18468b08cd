import type { Call } from "../api/call.ts";

/** A call as a handler sees it. */
export class SimCall implements Call {
  readonly deadline: number;
  #isCancelled = false;
  #looksLeft: number;
  #listeners: (() => void)[] = [];

  /** With `givesUpAtLook` the caller gives up right after the handler has looked so often whether it is still there. */
  constructor(deadline: number, givesUpAtLook = 0) {
    this.deadline = deadline;
    this.#looksLeft = givesUpAtLook;
  }

  get cancelled(): boolean {
    if (this.#looksLeft > 0 && --this.#looksLeft === 0) queueMicrotask(() => this.cancel());
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
