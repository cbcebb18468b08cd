import { QueueLimits } from "./queue-limits.ts";
import type { TaskQueue } from "./task-queue.ts";

/** A task that waited this long would have been served sooner by one poll more. */
const TASK_WAITED_MS = 200;
/** A poll that waited this long was one too many. */
const POLL_WAITED_MS = 1_000;

/** What a worker is told that sizes its own number of polls: one more, one less, or nothing (0). */
export function scalingHint(
  queue: TaskQueue,
  { pollSince, taskSince }: { pollSince: number; taskSince: number | undefined },
  now: number,
): number {
  const isBehind = taskSince !== undefined && now - taskSince >= TASK_WAITED_MS && queue.waitingCount > 0;
  const hint = isBehind ? 1 : now - pollSince >= POLL_WAITED_MS ? -1 : 0;
  // All polls of a queue that is behind would hear the same at once.
  return hint !== 0 && (queue.limits ??= new QueueLimits()).mayHint(now) ? hint : 0;
}
