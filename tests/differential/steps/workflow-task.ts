/** What a workflow worker does. */
import type { Begun, Conversation, RecordOptions } from "../conversation.ts";
import type { Plain } from "../wire-format.ts";

export const workerIdentity = "worker@test";

export interface PollOptions extends RecordOptions {
  queue?: string;
  fields?: Plain;
}

export function beginWorkflowTaskPoll(t: Conversation, options: PollOptions = {}): Begun {
  const { queue, fields, ...rest } = options;
  const request = {
    namespace: t.namespace,
    taskQueue: { name: t.id(queue ?? "queue") },
    identity: workerIdentity,
    ...fields,
  };
  return t.begin("PollWorkflowTaskQueue", request, rest);
}

/** A workflow task; a poll that comes back empty or fails ends the scenario. */
export async function pollWorkflowTask(t: Conversation, options: PollOptions = {}): Promise<Plain> {
  const task = await beginWorkflowTaskPoll(t, options).reply;
  if (task.taskToken === undefined) throw new Error(`no workflow task: ${JSON.stringify(task)}`);
  return task;
}

/** A poll of the sticky queue `sticky` whose normal queue is `queue`. */
export function stickyPoll(t: Conversation, sticky = "sticky", queue = "queue"): PollOptions {
  return { fields: { taskQueue: { name: t.id(sticky), kind: "STICKY", normalName: t.id(queue) } } };
}

export function stickyAttributes(
  t: Conversation,
  scheduleToStartTimeout = "5s",
  sticky = "sticky",
  queue = "queue",
): Plain {
  return { workerTaskQueue: { name: t.id(sticky), kind: "STICKY", normalName: t.id(queue) }, scheduleToStartTimeout };
}

export async function completeTask(
  t: Conversation,
  task: Plain,
  commands: Plain[] = [],
  fields: Plain = {},
  options: RecordOptions = {},
): Promise<Plain> {
  const request = { namespace: t.namespace, taskToken: task.taskToken, identity: workerIdentity, commands, ...fields };
  return await t.call("RespondWorkflowTaskCompleted", request, options);
}

export async function failTask(
  t: Conversation,
  task: Plain,
  fields: Plain = {},
  options: RecordOptions = {},
): Promise<Plain> {
  const request = {
    namespace: t.namespace,
    taskToken: task.taskToken,
    identity: workerIdentity,
    cause: "WORKFLOW_WORKER_UNHANDLED_FAILURE",
    failure: { message: "the workflow threw", applicationFailureInfo: {} },
    ...fields,
  };
  return await t.call("RespondWorkflowTaskFailed", request, options);
}

/** Polls one task and completes it with these commands. */
export async function doTask(
  t: Conversation,
  commands: Plain[] = [],
  fields: Plain = {},
  poll: PollOptions = {},
): Promise<Plain> {
  const task = await pollWorkflowTask(t, poll);
  const reply = await completeTask(t, task, commands, fields);
  return { task, reply };
}

export async function respondQuery(
  t: Conversation,
  task: Plain,
  fields: Plain,
  options: RecordOptions = {},
): Promise<Plain> {
  return await t.call(
    "RespondQueryTaskCompleted",
    { namespace: t.namespace, taskToken: task.taskToken, ...fields },
    options,
  );
}
