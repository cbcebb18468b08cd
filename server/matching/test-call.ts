import type { PollCall } from "./matching.ts";

/** The caller's side of a poll, for tests. */
export class TestCall implements PollCall {
  cancelled = false;
  #listeners: (() => void)[] = [];

  onCancel(listener: () => void): void {
    if (this.cancelled) listener();
    else this.#listeners.push(listener);
  }

  /** The caller is gone, but nobody has been told yet. */
  vanish(): void {
    this.cancelled = true;
  }

  cancel(): void {
    this.cancelled = true;
    const listeners = this.#listeners;
    this.#listeners = [];
    for (const listener of listeners) listener();
  }
}
