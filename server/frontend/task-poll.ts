import type { Poll, QueuedTask } from "../matching/matching.ts";
import type { Frontend } from "./frontend.ts";

/**
 * Waits for a task of a queue and has history start it; goes on when the task is obsolete. A task that could not be
 * started, because nobody waits any more or the store did not answer, goes back to the queue.
 */
export async function pollTask<T extends object>(frontend: Frontend, poll: Poll, start: (task: QueuedTask) => Promise<T | undefined>): Promise<T | Record<string, never>> {
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
      matching.putBack(poll.queue, task);
      throw error;
    }
    if (response !== undefined) return response;
  }
}
