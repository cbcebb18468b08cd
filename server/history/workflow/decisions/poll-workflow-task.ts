import type { Input } from "../../../../api/codec.ts";
import type { PollWorkflowTaskQueueResponse } from "../../../../api/gen/messages.js";
import type { QueuedTask } from "../../../matching/matching.ts";
import { StoreUnavailableError } from "../../../store/errors.ts";
import type { HistoryEnv, Namespace } from "../../env.ts";
import type { Answers } from "../../kernel/index.ts";
import { decideRunByKey } from "../decide-run.ts";
import { sendUpdates } from "../machines/update.ts";
import { startWorkflowTask } from "../machines/workflow-task.ts";
import { attachQueries } from "./query.ts";
import type { Run } from "../run.ts";
import { decodeTaskToken } from "../task-token.ts";
import { currentTask } from "./current-task.ts";
import { takeBackTask } from "./take-back-task.ts";
import { queryTask, startedTask, withHistory } from "../workflow-task-response.ts";
import type { StartedTask } from "../workflow-task-response.ts";

export interface StartPolledTask {
  readonly namespace: Namespace;
  readonly task: QueuedTask;
  /** Name of the polled queue: the sticky one's when it is sticky. */
  readonly queueName: string;
  readonly identity: string;
  /** Of the worker, when it tells one. */
  readonly buildId: string;
  /** A worker of this process gets a task before it is durable; it asks `isCurrentTask` before anything else learns of it. */
  readonly answers: Answers;
}

/** The query task that a poll was handed; undefined when nobody waits for its answer any more. */
export async function startPolledQueryTask(
  env: HistoryEnv,
  poll: StartPolledTask,
): Promise<Input<PollWorkflowTaskQueueResponse> | undefined> {
  const { queryId = "" } = poll.task;
  const query = env.queries.get(queryId);
  if (query === undefined) return undefined;
  query.isTaken = true;
  const asked = await decideRunByKey(env, poll.task, (run) =>
    run === undefined ? undefined : queryTask(run, { queryId, isSticky: run.state.sticky?.name === poll.queueName }),
  );
  if (asked === undefined) return undefined;
  const { queryType, rawArgs, rawHeader } = query;
  return withHistory(env, {
    ...asked,
    response: { ...asked.response, query: { queryType, queryArgs: rawArgs, header: rawHeader } },
  });
}

/** Starts the task that a poll was handed; undefined when it is obsolete and the poll should go on. */
export async function startPolledWorkflowTask(
  env: HistoryEnv,
  poll: StartPolledTask,
): Promise<Input<PollWorkflowTaskQueueResponse> | undefined> {
  const start = (run: Run | undefined): StartedTask | undefined => {
    const task = run?.state.workflowTask;
    if (run === undefined || task === undefined || task.startedEventId !== 0 || task.stamp !== poll.task.stamp)
      return undefined;
    const isSticky = task.stickyName !== "" && task.stickyName === poll.queueName;
    const { identity, buildId, namespace } = poll;
    startWorkflowTask(run, { identity, buildId, requestId: run.tx.uuid(), namespace });
    run.finish();
    const reply = startedTask(run, isSticky, poll.answers);
    return {
      ...reply,
      response: { ...reply.response, queries: attachQueries(run), messages: sendUpdates(run, "polls") },
    };
  };
  const started = await decideRunByKey(env, poll.task, start, poll.answers);
  if (started === undefined) return undefined;
  try {
    return await withHistory(env, started);
  } catch (error) {
    if (error instanceof StoreUnavailableError) await takeBackTask(env, started.response.taskToken);
    throw error;
  }
}

/** Whether the workflow task is its holder's, and all it was made of is durable. Waits until the second is known. */
export function isCurrentTask(env: HistoryEnv, taskToken: Uint8Array): Promise<boolean> {
  const token = decodeTaskToken(taskToken);
  return decideRunByKey(env, token, (run) => currentTask(run, token) !== undefined);
}
