import type { Poll, QueuedTask } from "../matching/matching.ts";
import { LaneUnavailableError } from "../history/index.ts";
import { CorruptionError, StoreUnavailableError } from "../store/errors.ts";
import type { Frontend } from "./frontend.ts";

/**
 * Waits for a task of a queue and has history start it; goes on when the task is obsolete. A task that could not be
 * started, because nobody waits any more or the store did not answer, goes back to the queue. One that fails for a reason of
 * its own (a damaged run, a bug of ours) does not: it would stand in front of all others. Its run is found again by the
 * next start of the server.
 *
 * Most polls wait, and there may be very many: what waits is one closure, not the frame of a suspended function.
 */
export function pollTask<T extends object>(
  frontend: Frontend,
  poll: Poll,
  start: (task: QueuedTask, poll: Poll) => Promise<T | undefined>,
): Promise<T | Record<string, never>> {
  return frontend.matching
    .poll(poll)
    .then((task) => (task === undefined ? {} : startTask(frontend, { poll, task, start })));
}

interface Taken<T> {
  readonly poll: Poll;
  readonly task: QueuedTask;
  readonly start: (task: QueuedTask, poll: Poll) => Promise<T | undefined>;
}

async function startTask<T extends object>(
  frontend: Frontend,
  { poll, task, start }: Taken<T>,
): Promise<T | Record<string, never>> {
  const { matching } = frontend;
  if (poll.call.cancelled) {
    matching.putBack(poll.queue, task);
    return {};
  }
  let response: T | undefined;
  try {
    response = await start(task, poll);
  } catch (error) {
    if (error instanceof LaneUnavailableError || error instanceof StoreUnavailableError) {
      matching.putBack(poll.queue, task);
      throw error;
    }
    const { slot, id, taskId } = task;
    const text = error instanceof CorruptionError ? error.message : ((error as Error).stack ?? String(error));
    frontend.log.error("a task that cannot be started is dropped", { slot, id, taskId, error: text });
  }
  return response ?? pollTask(frontend, poll, start);
}

/** What the reading of a poll throws, as a rejection. An async function would do, but its frame would wait as long as the poll. */
export function rejecting<T>(poll: () => Promise<T>): Promise<T> {
  try {
    return poll();
  } catch (error) {
    return Promise.reject(error as Error);
  }
}
