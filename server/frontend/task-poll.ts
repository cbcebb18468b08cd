import type { Poll, QueuedTask } from "../matching/matching.ts";
import { LaneUnavailableError } from "../history/index.ts";
import { CorruptionError, StoreUnavailableError } from "../store/errors.ts";
import type { Frontend } from "./frontend.ts";

/**
 * Waits for a task of a queue and has history start it; goes on when the task is obsolete. A task that could not be
 * started, because nobody waits any more or the store did not answer, goes back to the queue. One that fails for a reason of
 * its own (a damaged run, a bug of ours) does not: it would stand in front of all others. Its run is found again by the
 * next start of the server.
 */
export async function pollTask<T extends object>(
  frontend: Frontend,
  poll: Poll,
  start: (task: QueuedTask) => Promise<T | undefined>,
): Promise<T | Record<string, never>> {
  const { matching } = frontend;
  for (;;) {
    const task = await matching.poll(poll);
    if (task === undefined) return {};
    if (poll.call.cancelled) {
      matching.putBack(poll.queue, task);
      return {};
    }
    let response: T | undefined;
    try {
      response = await start(task);
    } catch (error) {
      if (error instanceof LaneUnavailableError || error instanceof StoreUnavailableError) {
        matching.putBack(poll.queue, task);
        throw error;
      }
      const { slot, id, taskId } = task;
      const text = error instanceof CorruptionError ? error.message : ((error as Error).stack ?? String(error));
      frontend.log.error("a task that cannot be started is dropped", { slot, id, taskId, error: text });
    }
    if (response !== undefined) return response;
  }
}
