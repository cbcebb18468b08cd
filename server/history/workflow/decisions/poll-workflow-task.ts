import type { Input } from "../../../../api/codec.ts";
import type { PollWorkflowTaskQueueResponse } from "../../../../api/gen/messages.js";
import type { QueuedTask } from "../../../matching/matching.ts";
import type { HistoryEnv, Namespace } from "../../env.ts";
import { decideRunByKey } from "../decide-run.ts";
import { startWorkflowTask } from "../machines/workflow-task.ts";
import { attachQueries } from "./query.ts";
import { attachUpdates } from "./update.ts";
import { startedTask, withHistory } from "../workflow-task-response.ts";

export interface StartPolledTask {
  readonly namespace: Namespace;
  readonly task: QueuedTask;
  /** Name of the polled queue: the sticky one's when it is sticky. */
  readonly queueName: string;
  readonly identity: string;
}

/** Starts the task that a poll was handed; undefined when it is obsolete and the poll should go on. */
export async function startPolledWorkflowTask(env: HistoryEnv, poll: StartPolledTask): Promise<Input<PollWorkflowTaskQueueResponse> | undefined> {
  const started = await decideRunByKey(env, poll.task, (run) => {
    const task = run?.state.workflowTask;
    if (run === undefined || task === undefined || task.startedEventId !== 0 || task.stamp !== poll.task.stamp) return undefined;
    const isSticky = task.stickyName !== "" && task.stickyName === poll.queueName;
    startWorkflowTask(run, { identity: poll.identity, requestId: run.tx.uuid(), namespace: poll.namespace });
    run.finish();
    const reply = startedTask(run, isSticky);
    return { ...reply, response: { ...reply.response, queries: attachQueries(run), messages: attachUpdates(run) } };
  });
  return started === undefined ? undefined : withHistory(env, started);
}
