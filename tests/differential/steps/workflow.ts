/** What a client does to workflows. `workflow`, `queue` and so on are names local to the scenario. */
import type { Begun, Conversation, RecordOptions } from "../conversation.ts";
import type { Plain } from "../wire-format.ts";
import { payloads } from "./payload.ts";

export const clientIdentity = "client@test";

export function startRequest(t: Conversation, fields: Plain = {}): Plain {
  return {
    namespace: t.namespace,
    workflowId: t.id("workflow"),
    workflowType: { name: "Workflow" },
    taskQueue: { name: t.id("queue") },
    identity: clientIdentity,
    requestId: t.id("start"),
    ...fields,
  };
}

export async function startWorkflow(t: Conversation, fields: Plain = {}, options: RecordOptions = {}): Promise<Plain> {
  return await t.call("StartWorkflowExecution", startRequest(t, fields), options);
}

export function signalRequest(t: Conversation, signalName: string, fields: Plain = {}): Plain {
  return {
    namespace: t.namespace,
    workflowExecution: { workflowId: t.id("workflow") },
    signalName,
    identity: clientIdentity,
    ...fields,
  };
}

export async function signalWorkflow(
  t: Conversation,
  signalName: string,
  fields: Plain = {},
  options: RecordOptions = {},
): Promise<Plain> {
  return await t.call("SignalWorkflowExecution", signalRequest(t, signalName, fields), options);
}

export async function signalWithStart(
  t: Conversation,
  fields: Plain = {},
  options: RecordOptions = {},
): Promise<Plain> {
  return await t.call(
    "SignalWithStartWorkflowExecution",
    { ...startRequest(t), signalName: "signal", ...fields },
    options,
  );
}

export async function cancelRequest(t: Conversation, fields: Plain = {}, options: RecordOptions = {}): Promise<Plain> {
  const request = {
    namespace: t.namespace,
    workflowExecution: { workflowId: t.id("workflow") },
    identity: clientIdentity,
    ...fields,
  };
  return await t.call("RequestCancelWorkflowExecution", request, options);
}

export async function terminateWorkflow(
  t: Conversation,
  fields: Plain = {},
  options: RecordOptions = {},
): Promise<Plain> {
  const request = {
    namespace: t.namespace,
    workflowExecution: { workflowId: t.id("workflow") },
    identity: clientIdentity,
    ...fields,
  };
  return await t.call("TerminateWorkflowExecution", request, options);
}

export function describeRequest(t: Conversation, execution: Plain = {}): Plain {
  return { namespace: t.namespace, execution: { workflowId: t.id("workflow"), ...execution } };
}

export async function describeWorkflow(
  t: Conversation,
  execution: Plain = {},
  options: RecordOptions = {},
): Promise<Plain> {
  return await t.call("DescribeWorkflowExecution", describeRequest(t, execution), options);
}

export function queryWorkflow(
  t: Conversation,
  queryType: string,
  fields: Plain = {},
  options: RecordOptions = {},
): Begun {
  const request = {
    namespace: t.namespace,
    execution: { workflowId: t.id("workflow") },
    query: { queryType, queryArgs: payloads("argument") },
    ...fields,
  };
  return t.begin("QueryWorkflow", request, options);
}

export interface HistoryOptions extends RecordOptions {
  workflowId?: string;
  runId?: string;
  /** Waits until an event of this type is there (`TIMER_FIRED`), then reads for the record. */
  until?: string | ((events: Plain[]) => boolean);
  fields?: Plain;
}

/** The whole history, in one entry. */
export async function readHistory(t: Conversation, options: HistoryOptions = {}): Promise<Plain[]> {
  const { workflowId, runId, until, fields, ...rest } = options;
  const request = {
    namespace: t.namespace,
    execution: { workflowId: workflowId ?? t.id("workflow"), runId: runId ?? "" },
    ...fields,
  };
  const wanted = (reply: Plain): boolean => {
    if (until === undefined) return true;
    if (reply.error !== undefined) return false;
    const events = (reply.history?.events ?? []) as Plain[];
    return typeof until === "string" ? events.some((event) => event.eventType === until) : until(events);
  };
  const reply =
    until === undefined
      ? await t.call("GetWorkflowExecutionHistory", request, rest)
      : await t.callWhen("GetWorkflowExecutionHistory", request, wanted, rest);
  return (reply.history?.events ?? []) as Plain[];
}
