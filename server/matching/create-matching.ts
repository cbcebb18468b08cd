/**
 * Matching: task queues with parked polls and waiting tasks, in memory.
 *
 * 1. A poll that is cancelled, expired or answered is in no list, and no task goes to it: these are checked in the same
 *    turn of the event loop in which a task is handed over.
 * 2. A parked poll and a ready task never coexist in a queue at the end of a call, but while a rate holds the task back.
 * 3. Everything but reading pages from the store is synchronous, so a task added while a poll waits leaves at once.
 */
import type { Clock, Log, TimerHandle, Timers } from "../../base/index.ts";
import { ExpiryWheel } from "./expiry-wheel.ts";
import { KeyTasks } from "./key-tasks.ts";
import type { Matching, Poll, QueuedTask, TaskQueueDescription, TaskQueueId } from "./matching.ts";
import type { ParkedPoll } from "./parked-polls.ts";
import type { Poller } from "./pollers.ts";
import { scalingHint } from "./poller-scaling.ts";
import { QueueLimits } from "./queue-limits.ts";
import type { QueueSettings } from "./queue-settings.ts";
import { describeQueue, nothingKnown } from "./queue-description.ts";
import { RetiredWorkers } from "./retired-workers.ts";
import { ROW_WIDTH, readRow, writeRow } from "./sorted-tasks.ts";
import { Spiller } from "./spiller.ts";
import type { SpillOptions } from "./spiller.ts";
import { PRIORITY_MAX, PRIORITY_MIN, TaskQueue, UNLOAD_AFTER_MS } from "./task-queue.ts";

/** A poll is answered empty at most this much after it expires: far less than the second that clients are left. */
const POLL_TICK_MS = 50;
/** 2,048 × 50 ms: more than the 60 s of a long poll, so that a slot rarely holds polls of a later turn. */
const POLL_SLOTS = 2_048;

/** Unloading is in no hurry, and each tick that has a queue costs a timer. */
const QUEUE_TICK_MS = 10_000;
const QUEUE_SLOTS = 64;

/** The types of task queue, as parts of a group's number. */
const TYPES = { workflow: 0, activity: 1, nexus: 2 } as const;

export interface MatchingOptions {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  readonly spill: SpillOptions;
}

export function createMatching(options: MatchingOptions): InMemoryMatching {
  return new InMemoryMatching(options);
}

class InMemoryMatching implements Matching {
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #queues = new Map<number, Map<string, TaskQueue>>();
  /** Of all queues that have any, also of those that are not in memory. */
  readonly #settings = new Map<number, Map<string, QueueSettings>>();
  readonly #retired = new RetiredWorkers();
  readonly #polls: ExpiryWheel<ParkedPoll>;
  readonly #unused: ExpiryWheel<TaskQueue>;
  readonly #spiller: Spiller;
  /** Where a row is built or read; nothing keeps it. */
  readonly #row = new Float64Array(ROW_WIDTH);
  #nextArrival = 1;
  /** Tasks that are put back go before all others of their priority and time. */
  #nextReturn = -1;
  #queueCount = 0;
  #isClosed = false;

  constructor(options: MatchingOptions) {
    const { clock, timers, log, spill } = options;
    this.#clock = clock;
    this.#timers = timers;
    this.#polls = new ExpiryWheel({
      clock,
      timers,
      tickMs: POLL_TICK_MS,
      slots: POLL_SLOTS,
      onExpire: (poll, now) => this.#leave(poll, undefined, now),
    });
    this.#unused = new ExpiryWheel({
      clock,
      timers,
      tickMs: QUEUE_TICK_MS,
      slots: QUEUE_SLOTS,
      onExpire: (queue, now) => this.#unloadWhenUnused(queue, now),
    });
    this.#spiller = new Spiller({ spill, timers, log, onReady: (queue) => this.#dispatch(queue, clock.now()) });
  }

  /** Task queues in memory. */
  get queueCount(): number {
    return this.#queueCount;
  }

  add(id: TaskQueueId, task: QueuedTask): void {
    if (this.#isClosed) return;
    const now = this.#clock.now();
    const queue = this.#queue(id, now);
    if (task.queryId === undefined) queue.statistics(priorityOf(task)).added.count(now);
    if (this.#matchAtOnce(queue, task, now)) return;
    if (task.queryId === undefined) this.#enqueue(queue, task);
    else queue.addQuery(task.queryId, task);
    this.#dispatch(queue, now);
  }

  putBack(id: TaskQueueId, task: QueuedTask): void {
    if (this.#isClosed) return;
    const now = this.#clock.now();
    const queue = this.#queue(id, now);
    if (task.queryId === undefined) queue.limits?.giveBack(task.fairnessKey ?? "", task.fairnessWeight, now);
    if (this.#matchAtOnce(queue, task, now)) return;
    if (task.queryId === undefined) this.#return(queue, task);
    else queue.putBackQuery(task.queryId, task);
    this.#dispatch(queue, now);
  }

  removeQuery(id: TaskQueueId, queryId: string): void {
    this.#find(id)?.removeQuery(queryId);
  }

  poll(poll: Poll): Promise<QueuedTask | undefined> {
    const now = this.#clock.now();
    if (this.#isClosed || poll.call.cancelled || poll.expiresAt <= now) return Promise.resolve(undefined);
    if (this.#retired.has(poll.workerKey, now)) return Promise.resolve(undefined);
    const queue = this.#queue(poll.queue, now);
    queue.lastPollAt = now;
    queue.isAbandoned = false;
    queue.isPolledHere = poll.isHere === true;
    if (poll.identity !== "") queue.pollers.touch(pollerOf(poll, now));
    if (poll.ratePerSecond !== undefined) limitsOf(queue).workerRate = poll.ratePerSecond;
    const task = this.#take(queue, now);
    return task === undefined ? this.#park(queue, poll) : Promise.resolve(task);
  }

  hasPoller(id: TaskQueueId, windowMs: number): boolean {
    const queue = this.#find(id);
    if (queue === undefined) return false;
    return queue.polls.first !== undefined || this.#clock.now() - queue.lastPollAt <= windowMs;
  }

  isAbandoned(id: TaskQueueId): boolean {
    const queue = this.#find(id);
    return queue !== undefined && queue.isAbandoned && queue.polls.first === undefined;
  }

  isPolledHere(id: TaskQueueId): boolean {
    return this.#find(id)?.isPolledHere === true;
  }

  async describe(id: TaskQueueId): Promise<TaskQueueDescription> {
    const queue = this.#find(id);
    return queue === undefined ? nothingKnown : describeQueue(queue, this.#clock.now());
  }

  scalingHint(poll: Poll, task: QueuedTask | undefined): number {
    const queue = this.#find(poll.queue);
    if (queue === undefined) return 0;
    return scalingHint(queue, { pollSince: poll.since, taskSince: task?.scheduledAt }, this.#clock.now());
  }

  configure(id: TaskQueueId, settings: QueueSettings | undefined): void {
    const group = groupOf(id);
    let byName = this.#settings.get(group);
    if (byName === undefined) this.#settings.set(group, (byName = new Map()));
    if (settings === undefined) byName.delete(id.name);
    else byName.set(id.name, settings);
    const queue = this.#find(id);
    if (queue === undefined) return;
    limitsOf(queue).configure(settings);
    for (const level of queue.levels) level.releaseAll();
    this.#dispatch(queue, this.#clock.now());
  }

  retireWorker(workerKey: string, ids: readonly TaskQueueId[]): void {
    const now = this.#clock.now();
    this.#retired.add(workerKey, now);
    for (const id of ids) {
      for (let poll = this.#find(id)?.polls.first; poll !== undefined;) {
        const next = poll.next;
        if (poll.workerKey === workerKey) this.#answer(poll, undefined, now);
        poll = next;
      }
    }
  }

  cancelPolls(id: TaskQueueId, identity?: string): void {
    const queue = this.#find(id);
    if (queue === undefined) return;
    const now = this.#clock.now();
    for (let poll = queue.polls.first; poll !== undefined;) {
      const next = poll.next;
      if (identity === undefined || poll.identity === identity) this.#answer(poll, undefined, now);
      poll = next;
    }
    // The worker is gone for good: nothing is to wait for it, not even within the window of `hasPoller`.
    if (identity === undefined) queue.pollers.clear();
    else queue.pollers.forget(identity);
    queue.lastPollAt = queue.pollers.lastAccessAt();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const now = this.#clock.now();
    for (const byName of this.#queues.values()) {
      for (const queue of byName.values()) {
        for (let poll = queue.polls.first; poll !== undefined; poll = queue.polls.first) {
          this.#answer(poll, undefined, now);
        }
        const wake = queue.limits?.wake;
        if (wake !== undefined) this.#timers.clear(wake.timer);
      }
    }
    this.#polls.close();
    this.#unused.close();
    await this.#spiller.close();
  }

  /** Hands the task to the longest waiting poll if nothing waits before it. */
  #matchAtOnce(queue: TaskQueue, task: QueuedTask, now: number): boolean {
    if (queue.polls.first === undefined) return false;
    if (task.queryId === undefined && (queue.hasWork || queue.limits?.isLimited === true)) return false;
    const poll = this.#livePoll(queue, now);
    if (poll === undefined) return false;
    if (task.queryId === undefined) queue.statistics(priorityOf(task)).handedOut.count(now);
    this.#answer(poll, task, now);
    return true;
  }

  #enqueue(queue: TaskQueue, task: QueuedTask): void {
    writeRow(this.#row, task, this.#nextArrival++);
    queue.added();
    this.#spiller.added(queue.level(priorityOf(task)).add(task.fairnessKey ?? "", this.#row));
  }

  #return(queue: TaskQueue, task: QueuedTask): void {
    writeRow(this.#row, task, this.#nextReturn--);
    queue.added();
    this.#spiller.added(queue.level(priorityOf(task)).putBack(task.fairnessKey ?? "", this.#row));
  }

  /** Answers parked polls as long as tasks are ready. */
  #dispatch(queue: TaskQueue, now: number): void {
    if (this.#isClosed) return;
    while (queue.polls.first !== undefined) {
      const poll = this.#livePoll(queue, now);
      if (poll === undefined) return;
      const task = this.#take(queue, now);
      if (task === undefined) return;
      this.#answer(poll, task, now);
    }
  }

  /** The task that goes next, for a poll that is there. */
  #take(queue: TaskQueue, now: number): QueuedTask | undefined {
    const query = queue.takeQuery();
    if (query !== undefined) return query;
    const next = queue.next(now);
    if (next === undefined) return undefined;
    if (!(next instanceof KeyTasks)) {
      this.#wakeAt(queue, next.heldUntil);
      return undefined;
    }
    if (!next.backlog.takeFirst(this.#row)) {
      // Its turn it is all the same: others go on when its page has come.
      this.#spiller.load(next);
      return undefined;
    }
    const { level, key } = next;
    const task = readRow(this.#row, level.priority, key);
    queue.limits?.take(key, task.fairnessWeight, now);
    level.took(next, task.fairnessWeight);
    this.#spiller.taken(next);
    queue.gone(1);
    queue.statistics(level.priority).handedOut.count(now);
    return task;
  }

  /** Looks at the parked polls again when a rate lets tasks go. */
  #wakeAt(queue: TaskQueue, at: number): void {
    const limits = limitsOf(queue);
    if (limits.wake !== undefined) {
      if (limits.wake.at <= at) return;
      this.#timers.clear(limits.wake.timer);
      limits.wake = undefined;
    }
    if (at === Infinity) return;
    const timer: TimerHandle = this.#timers.set(Math.max(1, Math.ceil(at - this.#clock.now())), () => {
      limits.wake = undefined;
      this.#dispatch(queue, this.#clock.now());
    });
    limits.wake = { at, timer };
  }

  #park(queue: TaskQueue, poll: Poll): Promise<QueuedTask | undefined> {
    const parked: ParkedPoll = {
      queue,
      identity: poll.identity,
      workerKey: poll.workerKey,
      call: poll.call,
      expiresAt: poll.expiresAt,
      resolve: undefined,
      previous: undefined,
      next: undefined,
      wheelPrevious: undefined,
      wheelNext: undefined,
    };
    const answer = new Promise<QueuedTask | undefined>((resolve) => {
      parked.resolve = resolve;
    });
    queue.polls.append(parked);
    this.#polls.add(parked);
    poll.call.onCancel(() => {
      if (parked.resolve === undefined) return;
      queue.isAbandoned = true;
      this.#answer(parked, undefined, this.#clock.now());
    });
    return answer;
  }

  /** The longest waiting poll that can still be answered; those that cannot are answered empty on the way. */
  #livePoll(queue: TaskQueue, now: number): ParkedPoll | undefined {
    for (let poll = queue.polls.first; poll !== undefined; poll = queue.polls.first) {
      // After a stall of the process the wheel and the cancellations may be late.
      if (!poll.call.cancelled && poll.expiresAt > now) return poll;
      this.#answer(poll, undefined, now);
    }
    return undefined;
  }

  #answer(poll: ParkedPoll, task: QueuedTask | undefined, now: number): void {
    this.#polls.remove(poll);
    this.#leave(poll, task, now);
  }

  /** The poll has left the wheel. */
  #leave(poll: ParkedPoll, task: QueuedTask | undefined, now: number): void {
    const { queue, resolve } = poll;
    queue.polls.remove(poll);
    queue.lastPollAt = now;
    queue.lastUsedAt = now;
    poll.resolve = undefined;
    resolve?.(task);
  }

  #find(id: TaskQueueId): TaskQueue | undefined {
    return this.#queues.get(groupOf(id))?.get(id.name);
  }

  #queue(id: TaskQueueId, now: number): TaskQueue {
    const group = groupOf(id);
    let byName = this.#queues.get(group);
    if (byName === undefined) {
      byName = new Map();
      this.#queues.set(group, byName);
    }
    let queue = byName.get(id.name);
    if (queue === undefined) {
      queue = new TaskQueue(id, now, this.#settings.get(group)?.get(id.name));
      byName.set(id.name, queue);
      this.#queueCount++;
      this.#unused.add(queue);
    }
    queue.lastUsedAt = now;
    return queue;
  }

  #unloadWhenUnused(queue: TaskQueue, now: number): void {
    const unloadAt = queue.lastUsedAt + UNLOAD_AFTER_MS;
    if (!queue.isUnused || unloadAt > now) {
      queue.pollers.forgetOld(now);
      queue.expiresAt = queue.isUnused ? unloadAt : now + UNLOAD_AFTER_MS;
      this.#unused.add(queue);
      return;
    }
    const group = groupOf(queue.id);
    const byName = this.#queues.get(group);
    byName?.delete(queue.id.name);
    if (byName?.size === 0) this.#queues.delete(group);
    this.#queueCount--;
  }
}

function limitsOf(queue: TaskQueue): QueueLimits {
  return (queue.limits ??= new QueueLimits());
}

function groupOf(id: TaskQueueId): number {
  return id.namespace * 3 + TYPES[id.type];
}

/** There are five: what lies beyond counts as the last, or the first. */
function priorityOf({ priority }: QueuedTask): number {
  return Math.min(PRIORITY_MAX, Math.max(PRIORITY_MIN, priority));
}

function pollerOf(poll: Poll, now: number): Poller {
  return { identity: poll.identity, lastAccessAt: now, ratePerSecond: poll.ratePerSecond };
}
