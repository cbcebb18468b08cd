/**
 * The time of a test server: real time plus what was skipped. While time skipping is unlocked and nothing is being
 * worked on, it goes forward to the next thing that is due.
 *
 * 1. A running activity holds a lock of its own, beside those of clients. So an activity that sleeps in the server's time
 *    lends out its lock, although a client that waits has unlocked already. Workflow tasks hold time in any case.
 * 2. Time goes forward in steps, each to the earliest due time of an execution or sleeper, and never back; not before
 *    readers can see what the step before has led to.
 * 3. A task that waits for a worker is work only while its queue is polled, or was added lately: a worker that is about
 *    to start finds no time-outs, and a test without a worker sees them.
 * 4. When an execution that no other waits for has ended, time stands for a moment: the client that waited for its
 *    result gets the chance to lock before what comes next happens.
 */
import { failedPrecondition } from "../../api/errors.ts";
import { assert } from "../../base/index.ts";
import type { Clock, TimerHandle, Timers } from "../../base/index.ts";
import type { ExecutionTime, RunWork } from "../history/index.ts";
import type { TaskQueueId } from "../matching/matching.ts";

/** How long a task holds the time although no worker polls its queue, in real time. */
const UNPOLLED_MS = 3_000;
/** A queue whose worker has all hands full is polled again within this, in real time. */
const POLLED_WITHIN_MS = 3_000;
/** How long time stands after an execution has ended, in real time: a client answers within it. */
const AFTER_END_MS = 5;

/** What the keeper moves. */
export interface KeptServer {
  /** The earliest due time of an execution. */
  nextDueAt(): number | undefined;
  /** What was decided so far is there for readers. */
  isSettled(): boolean;
  fireDueNow(): void;
  hasPoller(queue: TaskQueueId, windowMs: number): boolean;
}

interface Work extends RunWork {
  /** Real time since when tasks of the run wait. */
  readonly waitingSince: number;
}

interface Sleeper {
  readonly at: number;
  wake(): void;
}

export interface SleepCall {
  onCancel(listener: () => void): void;
}

export class TimeKeeper implements ExecutionTime {
  readonly clock: Clock;
  readonly #real: Clock;
  readonly #timers: Timers;
  #server: KeptServer | undefined;
  #skippedMs = 0;
  #locks = 1;
  /** Locks, of clients or activities, that do not count while their owners sleep. */
  #lent = 0;
  #tasks = 0;
  #activities = 0;
  #firing = 0;
  readonly #works = new Map<number, Work>();
  readonly #waiting = new Set<Work>();
  #sleepers: Sleeper[] = [];
  #sleepTimer: TimerHandle | undefined;
  #standsUntil = 0;
  #lookTimer: TimerHandle | undefined;
  #isLookQueued = false;
  #isClosed = false;

  constructor(options: { clock: Clock; timers: Timers }) {
    this.#real = options.clock;
    this.#timers = options.timers;
    this.clock = { now: () => this.#real.now() + this.#skippedMs };
  }

  /** The server exists only after its clock. */
  keep(server: KeptServer): void {
    this.#server = server;
  }

  close(): void {
    this.#isClosed = true;
    for (const timer of [this.#sleepTimer, this.#lookTimer]) if (timer !== undefined) this.#timers.clear(timer);
    for (const { wake } of this.#sleepers.splice(0)) wake();
  }

  // Locks and sleepers.

  lock(): void {
    this.#locks++;
    this.#standsUntil = 0; // Who waited for the end of an execution has had the chance.
  }

  unlock(): void {
    if (this.#locks <= 0) throw failedPrecondition("time skipping is unlocked already: there is no lock to take back");
    this.#locks--;
    this.#look();
  }

  /** Resolves when the time has come, skipped or not. */
  sleepUntil(at: number, call: SleepCall): Promise<void> {
    return new Promise((resolve) => this.#sleep(at, call, resolve));
  }

  /** Takes one lock back until the time has come: the caller's own, or that of the activity which calls. */
  unlockUntil(at: number, call: SleepCall): Promise<void> {
    const { activities } = this.#waitingCount();
    if (this.#locks + this.#activities + activities - this.#lent <= 0)
      throw failedPrecondition("time skipping is unlocked already: there is no lock to lend");
    this.#lent++;
    return new Promise((resolve) => {
      // The lock is back before anything else moves.
      this.#sleep(at, call, () => {
        this.#lent--;
        resolve();
      });
    });
  }

  #sleep(at: number, call: SleepCall, wake: () => void): void {
    if (at <= this.clock.now()) return wake();
    const sleeper = { at, wake };
    const later = this.#sleepers.findIndex((other) => other.at > at);
    this.#sleepers.splice(later < 0 ? this.#sleepers.length : later, 0, sleeper);
    call.onCancel(() => {
      const index = this.#sleepers.indexOf(sleeper);
      if (index < 0) return;
      this.#sleepers.splice(index, 1);
      wake();
    });
    this.#armSleepers();
    this.#look();
  }

  // What executions report.

  onWork(key: number, reported: RunWork | undefined): void {
    const before = this.#works.get(key);
    if (before !== undefined) {
      this.#tasks -= before.tasks;
      this.#activities -= before.activities;
      this.#waiting.delete(before);
    }
    if (before?.isRunning === true && reported?.isLast === true) this.#standsUntil = this.#real.now() + AFTER_END_MS;
    if (reported === undefined || (!reported.isRunning && reported.tasks === 0)) this.#works.delete(key);
    else this.#remember(key, { ...reported, waitingSince: waitingSince(before, reported) ?? this.#real.now() });
    this.#look();
  }

  #remember(key: number, work: Work): void {
    this.#works.set(key, work);
    this.#tasks += work.tasks;
    this.#activities += work.activities;
    if (work.waiting.length > 0) this.#waiting.add(work);
  }

  onFiring(): void {
    this.#firing++;
  }

  onFired(): void {
    this.#firing--;
    assert(this.#firing >= 0, "what was fired had fallen due");
    this.#look();
  }

  onSettled(): void {
    this.#look();
  }

  // Steps.

  /** Looks once for all that happens in this turn of the event loop. */
  #look(): void {
    if (this.#isLookQueued || this.#isClosed || this.#locks > this.#lent) return;
    this.#isLookQueued = true;
    this.#timers.immediate(() => {
      this.#isLookQueued = false;
      if (!this.#isClosed) this.#step();
    });
  }

  #lookIn(ms: number): void {
    if (this.#lookTimer !== undefined) this.#timers.clear(this.#lookTimer);
    this.#lookTimer = this.#timers.set(ms, () => this.#look());
  }

  #step(): void {
    const server = this.#server;
    if (server === undefined || this.#firing > 0 || !server.isSettled()) return;
    if (this.#tasks > 0 || this.#locks + this.#activities > this.#lent) return;
    const waiting = this.#waitingCount();
    if (waiting.tasks > 0 || this.#locks + this.#activities + waiting.activities > this.#lent)
      return this.#lookIn(UNPOLLED_MS / 4);
    const standMs = this.#standsUntil - this.#real.now();
    if (standMs > 0) return this.#lookIn(standMs);
    const now = this.clock.now();
    const next = Math.min(
      server.nextDueAt() ?? Number.POSITIVE_INFINITY,
      this.#sleepers[0]?.at ?? Number.POSITIVE_INFINITY,
    );
    if (next === Number.POSITIVE_INFINITY) return;
    if (next > now) this.#skippedMs += next - now;
    if ((server.nextDueAt() ?? Number.POSITIVE_INFINITY) <= this.clock.now()) server.fireDueNow();
    if (this.#wakeSleepers()) this.#look();
  }

  /** What waits for a worker and may get one. */
  #waitingCount(): { tasks: number; activities: number } {
    const now = this.#real.now();
    const count = { tasks: 0, activities: 0 };
    for (const work of this.#waiting) {
      const isYoung = now - work.waitingSince < UNPOLLED_MS;
      for (const queue of work.waiting) {
        if (!isYoung && this.#server?.hasPoller(queue, POLLED_WITHIN_MS) !== true) continue;
        if (queue.type === "activity") count.activities++;
        else count.tasks++;
      }
    }
    return count;
  }

  #wakeSleepers(): boolean {
    const now = this.clock.now();
    const count = this.#sleepers.length;
    while ((this.#sleepers[0]?.at ?? Number.POSITIVE_INFINITY) <= now) this.#sleepers.shift()?.wake();
    this.#armSleepers();
    return this.#sleepers.length < count;
  }

  /** Locked time goes on by itself. */
  #armSleepers(): void {
    if (this.#sleepTimer !== undefined) this.#timers.clear(this.#sleepTimer);
    this.#sleepTimer = undefined;
    const first = this.#sleepers[0];
    if (first === undefined) return;
    this.#sleepTimer = this.#timers.set(Math.max(0, first.at - this.clock.now()), () => {
      if (this.#wakeSleepers()) this.#look();
    });
  }
}

/** undefined: since now. */
function waitingSince(before: Work | undefined, reported: RunWork): number | undefined {
  if (before === undefined || before.waiting.length === 0 || reported.waiting.length > before.waiting.length)
    return undefined;
  const isSame = reported.waiting.every((queue, at) => queue.name === before.waiting[at]?.name);
  return isSame ? before.waitingSince : undefined;
}
