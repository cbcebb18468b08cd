import { Backlog } from "./backlog.ts";
import type { Expiring } from "./expiry-wheel.ts";
import type { QueuedTask, TaskQueueId } from "./matching.ts";
import { ParkedPolls } from "./parked-polls.ts";
import { Pollers } from "./pollers.ts";
import { TaskRate } from "./task-rate.ts";

/** A queue without poll or task for this long leaves memory. */
export const UNLOAD_AFTER_MS = 5 * 60_000;

/**
 * What is known of one task queue. It comes into being with its first task or poll and costs nothing when unused:
 * no row, no lease, no timer, and no memory once it is unloaded.
 */
export class TaskQueue implements Expiring {
  readonly id: TaskQueueId;
  readonly polls = new ParkedPolls();
  readonly pollers = new Pollers();
  /** Tasks that came, and tasks that a poll got; queries are neither. */
  readonly added = new TaskRate();
  readonly handedOut = new TaskRate();
  /** When a poll last arrived or left; -Infinity before the first. */
  lastPollAt = -Infinity;
  lastUsedAt: number;
  /** A page of the backlog is being read. */
  isLoading = false;

  expiresAt: number;
  wheelPrevious: Expiring | undefined = undefined;
  wheelNext: Expiring | undefined = undefined;

  /** Made with the first task that has to wait. */
  #backlog: Backlog | undefined;
  #queries: Map<string, QueuedTask> | undefined;

  constructor(id: TaskQueueId, now: number) {
    this.id = { namespace: id.namespace, type: id.type, name: id.name };
    this.lastUsedAt = now;
    this.expiresAt = now + UNLOAD_AFTER_MS;
  }

  get backlog(): Backlog {
    return (this.#backlog ??= new Backlog());
  }

  /** All waiting tasks but queries. */
  get backlogCount(): number {
    return this.#backlog === undefined ? 0 : this.#backlog.count;
  }

  /** An idle queue keeps nothing of the backlog it had. */
  releaseEmptyBacklog(): void {
    if (this.backlogCount === 0) this.#backlog = undefined;
  }

  get hasWork(): boolean {
    return this.backlogCount > 0 || (this.#queries !== undefined && this.#queries.size > 0);
  }

  get isUnused(): boolean {
    return this.polls.first === undefined && !this.hasWork && !this.isLoading;
  }

  addQuery(queryId: string, task: QueuedTask): void {
    (this.#queries ??= new Map()).set(queryId, task);
  }

  putBackQuery(queryId: string, task: QueuedTask): void {
    this.#queries = new Map([[queryId, task], ...(this.#queries ?? [])]);
  }

  removeQuery(queryId: string): void {
    this.#queries?.delete(queryId);
  }

  takeQuery(): QueuedTask | undefined {
    if (this.#queries === undefined || this.#queries.size === 0) return undefined;
    for (const [queryId, task] of this.#queries) {
      this.#queries.delete(queryId);
      return task;
    }
    return undefined;
  }
}
