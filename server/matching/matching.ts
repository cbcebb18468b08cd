/**
 * Matching, as the rest of the server sees it: queues of task references and parked polls, in memory.
 *
 * A queued task is only a reference: the execution's state is the truth, and whoever polled asks history to start the
 * task and polls again when history calls it stale. So a task may be queued twice or be long obsolete without harm,
 * and nothing here needs to survive a restart: history queues the tasks of its executions anew.
 */
export type TaskQueueType = "workflow" | "activity";

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
  /** When the task became ready, in ms since the epoch: the order within a priority. */
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
  /** Worker's own limit from the poll's metadata, tasks per second; undefined = none. */
  readonly ratePerSecond?: number | undefined;
  /** Answer empty at this time (ms since the epoch). */
  readonly expiresAt: number;
  readonly call: PollCall;
}

export interface PollerInfo {
  readonly identity: string;
  readonly lastAccessAt: number;
  readonly ratePerSecond: number | undefined;
}

export interface TaskQueueDescription {
  readonly pollers: readonly PollerInfo[];
  readonly backlogCount: number;
  /** Age of the oldest waiting task, 0 without one. */
  readonly backlogAgeMs: number;
  /** Tasks a second over the last half minute, also those that did not have to wait. */
  readonly addedPerSecond: number;
  readonly handedOutPerSecond: number;
  /** The priorities that have waiting tasks, first priority first. */
  readonly byPriority: readonly { readonly priority: number; readonly count: number; readonly ageMs: number }[];
}

export interface Matching {
  /** Hands the task to the longest-waiting poll of the queue, or queues it by (priority, scheduledAt, arrival). */
  add(queue: TaskQueueId, task: QueuedTask): void;
  /** Puts back a task that was handed out but not started (its poll was cancelled meanwhile): it goes first again. */
  putBack(queue: TaskQueueId, task: QueuedTask): void;
  /** Forgets a query task that nobody needs any more. */
  removeQuery(queue: TaskQueueId, queryId: string): void;
  /** undefined when the poll expired or was cancelled. A cancelled poll never takes a task. */
  poll(poll: Poll): Promise<QueuedTask | undefined>;
  /** True when a poll of the queue is parked now or was within the window. */
  hasPoller(queue: TaskQueueId, windowMs: number): boolean;
  describe(queue: TaskQueueId): Promise<TaskQueueDescription>;
  /** Answers all parked polls of a queue empty (worker shutdown), or those of one identity. */
  cancelPolls(queue: TaskQueueId, identity?: string): void;
  /** Answers every parked poll empty and takes no more. */
  close(): Promise<void>;
}
