/**
 * Matching, as the rest of the server sees it: queues of task references and parked polls, in memory.
 *
 * A queued task is only a reference: the execution's state is the truth, and whoever polled asks history to start the
 * task and polls again when history calls it stale. So a task may be queued twice or be long obsolete without harm,
 * and nothing here needs to survive a restart: history queues the tasks of its executions anew.
 */
import type { QueueSettings } from "./queue-settings.ts";

export type TaskQueueType = "workflow" | "activity" | "nexus";

export interface TaskQueueId {
  /** The namespace's number. */
  readonly namespace: number;
  readonly type: TaskQueueType;
  readonly name: string;
}

export interface QueuedTask {
  readonly slot: number;
  readonly id: number;
  /** Scheduled event id of the workflow or activity task. */
  readonly taskId: number;
  /** Tells attempts and rescheduling of one task apart; history compares it. */
  readonly stamp: number;
  /** 1 (first) to 5; 3 is the default. */
  readonly priority: number;
  /** Keys of a priority take turns; undefined is a key too, the empty one. */
  readonly fairnessKey?: string | undefined;
  /** How many turns the task's key gets where others get one; undefined: one. */
  readonly fairnessWeight?: number | undefined;
  /** When the task became ready, in ms since the epoch: the order within a priority and key. */
  readonly scheduledAt: number;
  /** A direct query rather than a task of the history; never spilled. */
  readonly queryId?: string | undefined;
}

export interface PollCall {
  readonly cancelled: boolean;
  /** The listener is called at most once, at once when already cancelled. */
  onCancel(listener: () => void): void;
}

export interface Poll {
  readonly queue: TaskQueueId;
  readonly identity: string;
  /** Names one worker, unlike its identity; empty when it tells none. */
  readonly workerKey: string;
  /** Worker's own limit from the poll's metadata, tasks per second; undefined = none. */
  readonly ratePerSecond?: number | undefined;
  /** When the poll came (ms since the epoch). */
  readonly since: number;
  /** Answer empty at this time (ms since the epoch). */
  readonly expiresAt: number;
  readonly call: PollCall;
  /** By a worker of this process. */
  readonly isHere?: boolean | undefined;
}

export interface PollerInfo {
  readonly identity: string;
  readonly lastAccessAt: number;
  readonly ratePerSecond: number | undefined;
}

/** The tasks of a queue, or of one priority in it. */
export interface TaskStatistics {
  readonly backlogCount: number;
  /** Age of the oldest waiting task, 0 without one. */
  readonly backlogAgeMs: number;
  /** Tasks a second over the last half minute, also those that did not have to wait. */
  readonly addedPerSecond: number;
  readonly handedOutPerSecond: number;
  /** Of late a task would have gone, but for a rate. */
  readonly isLimited: boolean;
}

export interface TaskQueueDescription extends TaskStatistics {
  readonly pollers: readonly PollerInfo[];
  /** The priorities that have tasks or had some, first priority first. */
  readonly byPriority: readonly (TaskStatistics & { readonly priority: number })[];
  /** What the worker that polled last allows, tasks per second. */
  readonly workerRatePerSecond: number | undefined;
}

export interface Matching {
  /** Hands the task to the longest-waiting poll of the queue, or queues it by priority, its key's turn, its time. */
  add(queue: TaskQueueId, task: QueuedTask): void;
  /** Puts back a task that was handed out but not started (its poll was cancelled meanwhile): it goes first again. */
  putBack(queue: TaskQueueId, task: QueuedTask): void;
  /** Forgets a query task that nobody needs any more. */
  removeQuery(queue: TaskQueueId, queryId: string): void;
  /** undefined when the poll expired or was cancelled. A cancelled poll never takes a task. */
  poll(poll: Poll): Promise<QueuedTask | undefined>;
  /** True when a poll of the queue is parked now or was within the window. */
  hasPoller(queue: TaskQueueId, windowMs: number): boolean;
  /** True when no poll is parked and the last one was given up by its caller, as when a worker dies. */
  isAbandoned(queue: TaskQueueId): boolean;
  /** Who polled last is a worker of this process. */
  isPolledHere(queue: TaskQueueId): boolean;
  describe(queue: TaskQueueId): Promise<TaskQueueDescription>;
  /** What a worker that sizes its own number of polls is told with an answer: one more, one less, or nothing (0). */
  scalingHint(poll: Poll, task: QueuedTask | undefined): number;
  /** Sets what an operator wants of a queue; undefined: nothing. It holds at once, also for tasks that wait. */
  configure(queue: TaskQueueId, settings: QueueSettings | undefined): void;
  /** Answers all polls of a worker empty, and for a minute those that it had sent before it was retired. */
  retireWorker(workerKey: string, queues: readonly TaskQueueId[]): void;
  /** Answers all parked polls of a queue empty (worker shutdown), or those of one identity. */
  cancelPolls(queue: TaskQueueId, identity?: string): void;
  /** Answers every parked poll empty and takes no more. */
  close(): Promise<void>;
}
