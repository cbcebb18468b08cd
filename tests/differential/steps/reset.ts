/** Resets: the request, and what a scenario looks at afterwards. */
import type { Conversation, RecordOptions } from "../conversation.ts";
import type { Plain } from "../wire-format.ts";
import { clientIdentity, describeWorkflow, readHistory } from "./workflow.ts";

export function resetRequest(t: Conversation, finishEventId: number, fields: Plain = {}): Plain {
  return {
    namespace: t.namespace,
    workflowExecution: { workflowId: t.id("workflow") },
    reason: "the reason",
    workflowTaskFinishEventId: finishEventId,
    requestId: t.id("reset"),
    identity: clientIdentity,
    ...fields,
  };
}

export async function resetWorkflow(
  t: Conversation,
  finishEventId: number,
  fields: Plain = {},
  options: RecordOptions = {},
): Promise<Plain> {
  return await t.call("ResetWorkflowExecution", resetRequest(t, finishEventId, fields), options);
}

/** The new run's history, what it has pending, and the history of the run that it replaced. */
export async function lookAfterReset(t: Conversation, baseRunId: string): Promise<void> {
  await readHistory(t, { note: "the new run" });
  await describeWorkflow(t);
  await readHistory(t, { runId: baseRunId, note: "the run that was reset" });
}
