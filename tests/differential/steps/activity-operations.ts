/** Operations on activity `activity` of the scenario's run, and what it looks like. */
import type { Conversation, RecordOptions } from "../conversation.ts";
import type { Plain } from "../wire-format.ts";
import { activityCommand } from "./activity.ts";
import { clientIdentity, describeWorkflow, startWorkflow } from "./workflow.ts";
import { doTask } from "./workflow-task.ts";

export type Operation = "PauseActivity" | "UnpauseActivity" | "ResetActivity" | "UpdateActivityOptions";

/** The operation on activity `activity`, or on what `fields` name. */
export async function operate(
  t: Conversation,
  operation: Operation,
  fields: Plain = {},
  options: RecordOptions = {},
): Promise<Plain> {
  const { id, type, unpauseAll, matchAll, ...rest } = fields;
  const named = [id, type, unpauseAll, matchAll].some((given) => given !== undefined);
  const activity = named ? { id, type, unpauseAll, matchAll } : { id: "activity" };
  const request = {
    namespace: t.namespace,
    execution: { workflowId: t.id("workflow") },
    identity: clientIdentity,
    ...activity,
    ...rest,
  };
  for (const [field, value] of Object.entries(request)) if (value === undefined) delete (request as Plain)[field];
  return await t.call(operation, request, options);
}

export async function runWithActivity(t: Conversation, fields: Plain = {}): Promise<Plain> {
  const started = await startWorkflow(t);
  await doTask(t, [activityCommand(t, fields)]);
  return started;
}

/** What the activity looks like now. */
export async function look(t: Conversation, note: string): Promise<void> {
  await describeWorkflow(t, {}, { note });
}

/** What it looks like once it looks as wanted. */
export async function lookWhen(t: Conversation, note: string, wanted: (activity: Plain) => boolean): Promise<void> {
  await t.callWhen(
    "DescribeWorkflowExecution",
    { namespace: t.namespace, execution: { workflowId: t.id("workflow") } },
    (reply) => ((reply.pendingActivities ?? []) as Plain[]).some(wanted),
    { note },
  );
}

export const quickRetries = { initialInterval: "0.3s", backoffCoefficient: 1, maximumInterval: "0.3s" };
export const slowRetries = { initialInterval: "600s", backoffCoefficient: 1, maximumInterval: "600s" };
