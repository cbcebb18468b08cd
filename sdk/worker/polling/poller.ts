/**
 * Keeps as many polls open as it may and hands what comes to the worker.
 *
 * 1. No poll without a slot: a task that came can run at once.
 * 2. A poll that fails for a reason that may pass is made again, for ever, later each time. One that fails for another
 *    reason ends the poller after a time of grace.
 * 3. After `stop` no poll begins; those open end empty, or with a task that is still handed over.
 */
import { systemClock, systemTimers } from "../../../base/index.ts";
import type { Clock, Timers } from "../../../base/index.ts";
import type { Slot, Slots } from "../tuner/slots.ts";
import type { SlotInfo } from "../tuner/slot-supplier.ts";
import { isPassing, pollBackoffMs } from "./poll-errors.ts";
import type { PollTarget } from "./poll-target.ts";

/** A task, and what the server says about the number of polls. */
export interface Polled<Task> {
  /** undefined when the poll ended without one. */
  readonly task: Task | undefined;
  /** More (or fewer) polls that the server would like. */
  readonly delta: number | undefined;
}

export interface PollerOptions<Task, SI extends SlotInfo> {
  readonly slots: Slots<SI>;
  readonly target: PollTarget;
  readonly isSticky?: boolean;
  readonly poll: (signal: AbortSignal) => Promise<Polled<Task>>;
  /** Takes over the slot. */
  readonly onTask: (task: Task, slot: Slot<SI>) => void;
  /** Waits before a poll, for rate limits. */
  readonly beforePoll?: (signal: AbortSignal) => Promise<void>;
  readonly onFatal: (error: unknown) => void;
  readonly onPassingError: (error: unknown, attempt: number) => void;
  /** Hears of every poll that begins and ends. */
  readonly measure?: PollMeasure | undefined;
  readonly clock?: Clock;
  readonly timers?: Timers;
}

export interface PollMeasure {
  outstanding(count: number): void;
  polled(hasTask: boolean): void;
}

/** An error that does not pass ends the worker after this long: servers restart with odd answers. */
const GRACE_MS = 60_000;

export class Poller<Task, SI extends SlotInfo> {
  readonly #options: PollerOptions<Task, SI>;
  readonly #stopping = new AbortController();
  readonly #polls = new AbortController();
  readonly #loops = new Set<Promise<void>>();
  #outstanding = 0;
  #failures = 0;
  #failingSince: number | undefined;
  #isPaused = false;
  #lastTaskAt: number | undefined;

  constructor(options: PollerOptions<Task, SI>) {
    this.#options = options;
    options.target.onChange = () => this.#fill();
  }

  start(): void {
    this.#fill();
  }

  /** When a task came last. */
  get lastTaskAt(): number | undefined {
    return this.#lastTaskAt;
  }

  /** Whether the number of polls follows the server's advice. */
  get isScaling(): boolean {
    return this.#options.target.isScaling;
  }

  /** How many polls are open at the server. */
  get outstanding(): number {
    return this.#outstanding;
  }

  /** No new polls. */
  stop(): void {
    this.#stopping.abort();
  }

  /** Ends the open ones, too; resolves when none is left. */
  async drain(): Promise<void> {
    this.stop();
    this.#polls.abort();
    await Promise.all(this.#loops);
  }

  #fill(): void {
    while (!this.#stopping.signal.aborted && this.#loops.size < this.#options.target.count) {
      const loop: Promise<void> = this.#loop().finally(() => this.#loops.delete(loop));
      this.#loops.add(loop);
    }
  }

  async #loop(): Promise<void> {
    const { slots, isSticky, beforePoll, target } = this.#options;
    const { signal } = this.#stopping;
    // One more than asked for would only come about by the target shrinking.
    while (!signal.aborted && this.#loops.size <= Math.max(1, target.count)) {
      if (this.#isPaused) await this.#pauseMs(pollBackoffMs(this.#failures));
      if (beforePoll !== undefined) await beforePoll(signal);
      const slot = await slots.reserve(signal, isSticky);
      if (slot === undefined) return;
      if (signal.aborted || !(await this.#pollOnce(slot))) slot.release();
    }
  }

  /** Whether a task took over the slot. */
  async #pollOnce(slot: Slot<SI>): Promise<boolean> {
    const { poll, onTask, target, measure } = this.#options;
    this.#outstanding++;
    measure?.outstanding(this.#outstanding);
    try {
      const { task, delta } = await poll(this.#polls.signal);
      this.#failures = 0;
      this.#failingSince = undefined;
      this.#isPaused = false;
      target.polled(task !== undefined, delta);
      measure?.polled(task !== undefined);
      if (task === undefined) return false;
      this.#lastTaskAt = (this.#options.clock ?? systemClock).now();
      onTask(task, slot);
      return true;
    } catch (error) {
      if (!this.#polls.signal.aborted) this.#failed(error);
      return false;
    } finally {
      this.#outstanding--;
      measure?.outstanding(this.#outstanding);
    }
  }

  #failed(error: unknown): void {
    const { clock = systemClock, onFatal, onPassingError, target } = this.#options;
    this.#failures++;
    this.#isPaused = true;
    target.failed();
    if (isPassing(error)) {
      onPassingError(error, this.#failures);
      return;
    }
    this.#failingSince ??= clock.now();
    if (clock.now() - this.#failingSince >= GRACE_MS) {
      this.stop();
      onFatal(error);
    } else onPassingError(error, this.#failures);
  }

  #pauseMs(ms: number): Promise<void> {
    const { timers = systemTimers } = this.#options;
    return new Promise((resolve) => {
      const { signal } = this.#stopping;
      const end = (): void => {
        timers.clear(timer);
        signal.removeEventListener("abort", end);
        resolve();
      };
      const timer = timers.set(ms, end);
      signal.addEventListener("abort", end, { once: true });
    });
  }
}
