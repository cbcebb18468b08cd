/**
 * Matching: task queues with parked polls and waiting tasks, in memory.
 *
 * 1. A poll that is cancelled, expired or answered is in no list, and no task goes to it: these are checked in the same
 *    turn of the event loop in which a task is handed over.
 * 2. A parked poll and a ready task never coexist in a queue at the end of a call.
 * 3. Everything but reading pages from the store is synchronous, so a task added while a poll waits leaves at once.
 */
import type { Clock, Log, Timers } from "../../base/index.ts";
import { ExpiryWheel } from "./expiry-wheel.ts";
import type { Matching, Poll, QueuedTask, TaskQueueDescription, TaskQueueId } from "./matching.ts";
import type { ParkedPoll } from "./parked-polls.ts";
import type { Poller } from "./pollers.ts";
import { ROW_WIDTH, readRow, writeRow } from "./sorted-tasks.ts";
import { Spiller } from "./spiller.ts";
import type { SpillOptions } from "./spiller.ts";
import { TaskQueue, UNLOAD_AFTER_MS } from "./task-queue.ts";

/** A poll is answered empty at most this much after it expires: far less than the second that clients are left. */
const POLL_TICK_MS = 50;
/** 2,048 × 50 ms: more than the 60 s of a long poll, so that a slot rarely holds polls of a later turn. */
const POLL_SLOTS = 2_048;

/** Unloading is in no hurry, and each tick that has a queue costs a timer. */
const QUEUE_TICK_MS = 10_000;
const QUEUE_SLOTS = 64;

/** What is known of a queue that nobody has used of late. */
const NOTHING: TaskQueueDescription = {
  pollers: [],
  backlogCount: 0,
  backlogAgeMs: 0,
  byPriority: [],
  addedPerSecond: 0,
  handedOutPerSecond: 0,
};

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
  readonly #queues = new Map<number, Map<string, TaskQueue>>();
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
    if (task.queryId === undefined) queue.added.count(now);
    if (this.#matchAtOnce(queue, task, now)) return;
    if (task.queryId === undefined) this.#enqueue(queue, task, this.#nextArrival++);
    else queue.addQuery(task.queryId, task);
    this.#dispatch(queue, now);
  }

  putBack(id: TaskQueueId, task: QueuedTask): void {
    if (this.#isClosed) return;
    const now = this.#clock.now();
    const queue = this.#queue(id, now);
    if (this.#matchAtOnce(queue, task, now)) return;
    if (task.queryId === undefined) this.#enqueue(queue, task, this.#nextReturn--);
    else queue.putBackQuery(task.queryId, task);
    this.#dispatch(queue, now);
  }

  removeQuery(id: TaskQueueId, queryId: string): void {
    this.#find(id)?.removeQuery(queryId);
  }

  poll(poll: Poll): Promise<QueuedTask | undefined> {
    const now = this.#clock.now();
    if (this.#isClosed || poll.call.cancelled || poll.expiresAt <= now) return Promise.resolve(undefined);
    const queue = this.#queue(poll.queue, now);
    queue.lastPollAt = now;
    queue.pollers.touch(pollerOf(poll, now));
    const task = this.#take(queue);
    if (task !== undefined) {
      if (task.queryId === undefined) queue.handedOut.count(now);
      return Promise.resolve(task);
    }
    if (queue.backlogCount > 0) this.#spiller.load(queue);
    return this.#park(queue, poll);
  }

  hasPoller(id: TaskQueueId, windowMs: number): boolean {
    const queue = this.#find(id);
    if (queue === undefined) return false;
    return queue.polls.first !== undefined || this.#clock.now() - queue.lastPollAt <= windowMs;
  }

  async describe(id: TaskQueueId): Promise<TaskQueueDescription> {
    const queue = this.#find(id);
    if (queue === undefined) return NOTHING;
    const now = this.#clock.now();
    const backlogCount = queue.backlogCount;
    const ageMs = (oldestAt: number): number => Math.max(0, now - oldestAt);
    const backlogAgeMs = backlogCount === 0 ? 0 : ageMs(queue.backlog.oldestAt());
    const byPriority = (backlogCount === 0 ? [] : queue.backlog.byPriority()).map(({ priority, count, oldestAt }) => ({
      priority,
      count,
      ageMs: ageMs(oldestAt),
    }));
    return {
      pollers: queue.pollers.describe(now),
      backlogCount,
      backlogAgeMs,
      byPriority,
      addedPerSecond: queue.added.perSecond(now),
      handedOutPerSecond: queue.handedOut.perSecond(now),
    };
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
      }
    }
    this.#polls.close();
    this.#unused.close();
    await this.#spiller.close();
  }

  /** Hands the task to the longest waiting poll if nothing waits before it. */
  #matchAtOnce(queue: TaskQueue, task: QueuedTask, now: number): boolean {
    if (queue.polls.first === undefined || (task.queryId === undefined && queue.hasWork)) return false;
    const poll = this.#livePoll(queue, now);
    if (poll === undefined) return false;
    this.#answer(poll, task, now);
    return true;
  }

  #enqueue(queue: TaskQueue, task: QueuedTask, arrival: number): void {
    writeRow(this.#row, task, arrival);
    queue.backlog.add(this.#row);
    this.#spiller.added(queue);
  }

  /** Answers parked polls as long as tasks are ready. */
  #dispatch(queue: TaskQueue, now: number): void {
    if (this.#isClosed) return;
    while (queue.polls.first !== undefined) {
      const poll = this.#livePoll(queue, now);
      if (poll === undefined) return;
      const task = this.#take(queue);
      if (task === undefined) return;
      this.#answer(poll, task, now);
    }
  }

  #take(queue: TaskQueue): QueuedTask | undefined {
    const query = queue.takeQuery();
    if (query !== undefined) return query;
    if (queue.backlogCount === 0 || !queue.backlog.takeFirst(this.#row)) return undefined;
    const task = readRow(this.#row);
    this.#spiller.taken(queue);
    return task;
  }

  #park(queue: TaskQueue, poll: Poll): Promise<QueuedTask | undefined> {
    const parked: ParkedPoll = {
      queue,
      identity: poll.identity,
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
      if (parked.resolve !== undefined) this.#answer(parked, undefined, this.#clock.now());
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
    if (task !== undefined && task.queryId === undefined) queue.handedOut.count(now);
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
      queue = new TaskQueue(id, now);
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

function groupOf(id: TaskQueueId): number {
  return id.namespace * 2 + (id.type === "activity" ? 1 : 0);
}

function pollerOf(poll: Poll, now: number): Poller {
  return { identity: poll.identity, lastAccessAt: now, ratePerSecond: poll.ratePerSecond };
}
