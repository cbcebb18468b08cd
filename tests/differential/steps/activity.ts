/** What an activity worker does. */
import type { Begun, Conversation, RecordOptions } from "../conversation.ts";
import type { Plain } from "../wire-format.ts";
import { scheduleActivity, applicationFailure } from "./commands.ts";
import { payloads } from "./payload.ts";
import type { PollOptions } from "./workflow-task.ts";

export const activityWorkerIdentity = "activity-worker@test";

/** The command for activity `activity` on the scenario's queue, one minute start-to-close. */
export function activityCommand(t: Conversation, fields: Plain = {}): Plain {
  return scheduleActivity({
    activityId: "activity",
    activityType: { name: "Activity" },
    taskQueue: { name: t.id("queue") },
    input: payloads("input"),
    startToCloseTimeout: "60s",
    ...fields,
  });
}

export function beginActivityPoll(t: Conversation, options: PollOptions = {}): Begun {
  const { queue, fields, ...rest } = options;
  const request = {
    namespace: t.namespace,
    taskQueue: { name: t.id(queue ?? "queue") },
    identity: activityWorkerIdentity,
    ...fields,
  };
  return t.begin("PollActivityTaskQueue", request, rest);
}

export async function pollActivityTask(t: Conversation, options: PollOptions = {}): Promise<Plain> {
  const task = await beginActivityPoll(t, options).reply;
  if (task.taskToken === undefined) throw new Error(`no activity task: ${JSON.stringify(task)}`);
  return task;
}

export async function completeActivity(
  t: Conversation,
  task: Plain,
  fields: Plain = {},
  options: RecordOptions = {},
): Promise<Plain> {
  const request = {
    namespace: t.namespace,
    taskToken: task.taskToken,
    identity: activityWorkerIdentity,
    result: payloads("result"),
    ...fields,
  };
  return await t.call("RespondActivityTaskCompleted", request, options);
}

export async function failActivity(
  t: Conversation,
  task: Plain,
  fields: Plain = {},
  options: RecordOptions = {},
): Promise<Plain> {
  const request = {
    namespace: t.namespace,
    taskToken: task.taskToken,
    identity: activityWorkerIdentity,
    failure: applicationFailure("the activity failed"),
    ...fields,
  };
  return await t.call("RespondActivityTaskFailed", request, options);
}

export async function cancelActivityTask(
  t: Conversation,
  task: Plain,
  fields: Plain = {},
  options: RecordOptions = {},
): Promise<Plain> {
  const request = {
    namespace: t.namespace,
    taskToken: task.taskToken,
    identity: activityWorkerIdentity,
    details: payloads("canceled"),
    ...fields,
  };
  return await t.call("RespondActivityTaskCanceled", request, options);
}

export async function heartbeat(
  t: Conversation,
  task: Plain,
  fields: Plain = {},
  options: RecordOptions = {},
): Promise<Plain> {
  const request = {
    namespace: t.namespace,
    taskToken: task.taskToken,
    identity: activityWorkerIdentity,
    details: payloads("progress"),
    ...fields,
  };
  return await t.call("RecordActivityTaskHeartbeat", request, options);
}

/** The by-id variants: `{ workflowId, activityId }` instead of a token. */
export function byId(t: Conversation, fields: Plain = {}): Plain {
  return {
    namespace: t.namespace,
    workflowId: t.id("workflow"),
    activityId: "activity",
    identity: activityWorkerIdentity,
    ...fields,
  };
}
