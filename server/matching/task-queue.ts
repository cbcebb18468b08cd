import type { Expiring } from "./expiry-wheel.ts";
import { FairKeys } from "./fair-keys.ts";
import type { KeyTasks } from "./key-tasks.ts";
import type { QueuedTask, TaskQueueId } from "./matching.ts";
import { ParkedPolls } from "./parked-polls.ts";
import { Pollers } from "./pollers.ts";
import { QueueLimits } from "./queue-limits.ts";
import type { QueueSettings } from "./queue-settings.ts";
import { PriorityStatistics } from "./priority-statistics.ts";

/** A queue without poll or task for this long leaves memory. */
export const UNLOAD_AFTER_MS = 5 * 60_000;

const NONE: readonly PriorityStatistics[] = [];

export const PRIORITY_MIN = 1;
export const PRIORITY_MAX = 5;

/**
 * What is known of one task queue. It comes into being with its first task or poll and costs nothing when unused:
 * no row, no lease, no timer, and no memory once it is unloaded.
 */
export class TaskQueue implements Expiring {
  readonly id: TaskQueueId;
  readonly polls = new ParkedPolls();
  readonly pollers = new Pollers();
  /** Made when somebody limits the queue or weighs its keys. */
  limits: QueueLimits | undefined;
  /** When a poll last arrived or left; -Infinity before the first. */
  lastPollAt = -Infinity;
  /** The last poll was given up by its caller: no worker that lives does that. */
  isAbandoned = false;
  /** The last poll came from this process. */
  isPolledHere = false;
  lastUsedAt: number;

  expiresAt: number;
  wheelPrevious: Expiring | undefined = undefined;
  wheelNext: Expiring | undefined = undefined;

  /** All waiting tasks but queries. */
  #waitingCount = 0;
  /** First priority first; a priority comes with the first task that has to wait. */
  #levels: FairKeys[] | undefined;
  /** In no order. */
  #statistics: PriorityStatistics[] | undefined;
  #queries: Map<string, QueuedTask> | undefined;

  constructor(id: TaskQueueId, now: number, settings: QueueSettings | undefined) {
    this.limits = settings === undefined ? undefined : new QueueLimits(settings);
    this.id = { namespace: id.namespace, type: id.type, name: id.name };
    this.lastUsedAt = now;
    this.expiresAt = now + UNLOAD_AFTER_MS;
  }

  // Waiting tasks.

  get waitingCount(): number {
    return this.#waitingCount;
  }

  get hasWork(): boolean {
    return this.#waitingCount > 0 || (this.#queries !== undefined && this.#queries.size > 0);
  }

  get isUnused(): boolean {
    return this.polls.first === undefined && !this.hasWork;
  }

  /** The priorities that have had tasks since tasks wait, first priority first. */
  get levels(): readonly FairKeys[] {
    return this.#levels ?? [];
  }

  level(priority: number): FairKeys {
    const levels = this.#levels;
    if (levels === undefined) {
      // An array that is made with its first entry has room for one, not for seventeen.
      const first = new FairKeys(this, priority);
      this.#levels = [first];
      return first;
    }
    let at = 0;
    for (let level = levels[at]; level !== undefined && level.priority <= priority; level = levels[++at])
      if (level.priority === priority) return level;
    const added = new FairKeys(this, priority);
    levels.splice(at, 0, added);
    return added;
  }

  added(): void {
    this.#waitingCount++;
  }

  /** So many tasks have gone; an idle queue keeps nothing of what it had. */
  gone(count: number): void {
    this.#waitingCount -= count;
    if (this.#waitingCount === 0) this.#levels = undefined;
  }

  /**
   * The tasks whose turn it is, whatever lies in memory of them. When they may not go yet it is told when they may;
   * undefined: none waits.
   */
  next(now: number): KeyTasks | { readonly heldUntil: number } | undefined {
    if (this.#waitingCount === 0 || this.#levels === undefined) return undefined;
    const queueReadyAt = this.limits?.readyAt(now) ?? now;
    let heldUntil = Infinity;
    for (const level of this.#levels) {
      if (level.count === 0) continue;
      if (queueReadyAt > now) {
        this.statistics(level.priority).limitedAt = now;
        return { heldUntil: queueReadyAt };
      }
      const key = level.next(now);
      if (key !== undefined) return key;
      this.statistics(level.priority).limitedAt = now;
      heldUntil = Math.min(heldUntil, level.heldUntil);
    }
    return { heldUntil };
  }

  // What is told of it.

  /** What came and went of a priority. */
  statistics(priority: number): PriorityStatistics {
    for (const known of this.#statistics ?? NONE) if (known.priority === priority) return known;
    const added = new PriorityStatistics(priority);
    if (this.#statistics === undefined) this.#statistics = [added];
    else this.#statistics.push(added);
    return added;
  }

  get allStatistics(): readonly PriorityStatistics[] {
    return this.#statistics ?? NONE;
  }

  // Queries.

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
