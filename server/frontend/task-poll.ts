import type { Poll, QueuedTask } from "../matching/matching.ts";
import { LaneUnavailableError, takeBackTask } from "../history/index.ts";
import { CorruptionError, StoreUnavailableError } from "../store/errors.ts";
import type { Frontend } from "./frontend.ts";

/**
 * Waits for a task of a queue and has history start it; goes on when the task is obsolete. A task that nobody gets, because
 * the caller has gone meanwhile or the store did not answer, goes back to the queue, its start taken back. One that fails
 * for a reason of its own (a damaged run, a bug of ours) does not: it would stand in front of all others. Its run is found
 * again by the next start of the server.
 *
 * Most polls wait, and there may be very many: what waits is one closure, not the frame of a suspended function.
 */
export function pollTask<T extends Started>(
  frontend: Frontend,
  poll: Poll,
  start: (task: QueuedTask, poll: Poll) => Promise<T | undefined>,
): Promise<T | Record<string, never>> {
  return frontend.matching
    .poll(poll)
    .then((task) => (task === undefined ? {} : startTask(frontend, { poll, task, start })));
}

/**
 * The task, with a hint to a worker that sizes its own number of polls where there is one. An answer without a task stays
 * empty: official workers (1.24) take one with a hint alone for a task of no run, and end.
 */
function hinted<T extends object>(frontend: Frontend, poll: Poll, answer: T, task: QueuedTask): T {
  const pollRequestDeltaSuggestion = frontend.matching.scalingHint(poll, task);
  return pollRequestDeltaSuggestion === 0
    ? answer
    : { ...answer, pollerScalingDecision: { pollRequestDeltaSuggestion } };
}

/** What is told of a started task: its token names the start. */
interface Started {
  readonly taskToken?: Uint8Array | undefined;
}

interface Taken<T> {
  readonly poll: Poll;
  readonly task: QueuedTask;
  readonly start: (task: QueuedTask, poll: Poll) => Promise<T | undefined>;
}

async function startTask<T extends Started>(
  frontend: Frontend,
  { poll, task, start }: Taken<T>,
): Promise<T | Record<string, never>> {
  if (poll.call.cancelled) {
    putBack(frontend, poll, task);
    return {};
  }
  let response: T | undefined;
  try {
    response = await start(task, poll);
  } catch (error) {
    if (error instanceof LaneUnavailableError || error instanceof StoreUnavailableError) {
      putBack(frontend, poll, task);
      throw error;
    }
    const { slot, id, taskId } = task;
    const text = error instanceof CorruptionError ? error.message : ((error as Error).stack ?? String(error));
    frontend.log.error("a task that cannot be started is dropped", { slot, id, taskId, error: text });
  }
  if (response === undefined) return pollTask(frontend, poll, start);
  if (!poll.call.cancelled) return hinted(frontend, poll, response, task);
  if (task.queryId !== undefined) putBack(frontend, poll, task);
  else await takeBackTask(frontend.history, response.taskToken);
  return {};
}

function putBack(frontend: Frontend, { queue }: Poll, task: QueuedTask): void {
  if (task.queryId !== undefined) {
    const query = frontend.history.queries.get(task.queryId);
    if (query === undefined) return; // Nobody waits for its answer any more.
    query.isTaken = false;
  }
  frontend.matching.putBack(queue, task);
}

/** What the reading of a poll throws, as a rejection. An async function would do, but its frame would wait as long as the poll. */
export function rejecting<T>(poll: () => Promise<T>): Promise<T> {
  try {
    return poll();
  } catch (error) {
    return Promise.reject(error as Error);
  }
}
