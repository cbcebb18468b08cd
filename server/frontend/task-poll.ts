import type { Poll, QueuedTask } from "../matching/matching.ts";
import { CorruptionError } from "../store/errors.ts";
import type { Frontend } from "./frontend.ts";

/**
 * Waits for a task of a queue and has history start it; goes on when the task is obsolete. A task that could not be
 * started, because nobody waits any more or the store did not answer, goes back to the queue. One that never can be, because
 * its run is damaged, does not: it would stand in front of all others.
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
      if (!(error instanceof CorruptionError)) {
        matching.putBack(poll.queue, task);
        throw error;
      }
      frontend.log.error("a task of a damaged run is dropped", { error: error.message });
    }
    if (response !== undefined) return response;
  }
}
