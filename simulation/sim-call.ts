import type { Call } from "../api/call.ts";

/** A call as a handler sees it. */
export class SimCall implements Call {
  readonly deadline: number;
  #isCancelled = false;
  #listeners: (() => void)[] = [];

  constructor(deadline: number) {
    this.deadline = deadline;
  }

  get cancelled(): boolean {
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
