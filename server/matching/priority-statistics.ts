import { TaskRate } from "./task-rate.ts";

/** For so long a queue is said to be held back by a rate. */
const LIMITED_WINDOW_MS = 30_000;

/** What came and went of late of one queue's tasks of one priority; queries count as neither. */
export class PriorityStatistics {
  readonly priority: number;
  readonly added = new TaskRate();
  readonly handedOut = new TaskRate();
  /** When a task would have gone, but for a rate; 0 when never. */
  limitedAt = 0;

  constructor(priority: number) {
    this.priority = priority;
  }

  isLimited(now: number): boolean {
    return this.limitedAt !== 0 && now - this.limitedAt <= LIMITED_WINDOW_MS;
  }
}
