/** Updates: the client's side, and the messages by which a worker answers. */
import type { Begun, Conversation, RecordOptions } from "../conversation.ts";
import type { Plain } from "../wire-format.ts";
import { applicationFailure, protocolMessage } from "./commands.ts";
import { payloads } from "./payload.ts";
import { clientIdentity } from "./workflow.ts";

export type WaitStage = "ADMITTED" | "ACCEPTED" | "COMPLETED" | "UNSPECIFIED";

export function updateRequest(t: Conversation, updateId: string, waitStage: WaitStage, fields: Plain = {}): Plain {
  return {
    namespace: t.namespace,
    workflowExecution: { workflowId: t.id("workflow") },
    waitPolicy: { lifecycleStage: waitStage },
    request: { meta: { updateId, identity: clientIdentity }, input: { name: "change", args: payloads("argument") } },
    ...fields,
  };
}

export function beginUpdate(
  t: Conversation,
  updateId: string,
  waitStage: WaitStage = "COMPLETED",
  options: RecordOptions & { fields?: Plain } = {},
): Begun {
  const { fields, ...rest } = options;
  return t.begin("UpdateWorkflowExecution", updateRequest(t, updateId, waitStage, fields), {
    deadlineMs: 10_000,
    ...rest,
  });
}

export function pollUpdate(
  t: Conversation,
  updateId: string,
  waitStage: WaitStage,
  options: RecordOptions = {},
): Begun {
  const request = {
    namespace: t.namespace,
    updateRef: { workflowExecution: { workflowId: t.id("workflow") }, updateId },
    identity: clientIdentity,
    waitPolicy: { lifecycleStage: waitStage },
  };
  return t.begin("PollWorkflowExecutionUpdate", request, options);
}

export interface Answer {
  messages: Plain[];
  commands: Plain[];
}

/** The messages of a task that carry requests, in order. */
export function requestsOf(task: Plain): Plain[] {
  return (task.messages ?? []) as Plain[];
}

export function acceptance(request: Plain): Answer {
  const id = `${request.protocolInstanceId}/accept`;
  return answer(request, id, {
    "@type": "temporal.api.update.v1.Acceptance",
    acceptedRequestMessageId: request.id,
    acceptedRequestSequencingEventId: request.eventId,
    acceptedRequest: withoutTypeName(request.body as Plain),
  });
}

export function completion(request: Plain, outcome: Plain = { success: payloads("changed") }): Answer {
  const id = `${request.protocolInstanceId}/complete`;
  return answer(request, id, {
    "@type": "temporal.api.update.v1.Response",
    meta: (request.body as Plain).meta,
    outcome,
  });
}

/** A rejection has no command: it leaves nothing in history. */
export function rejection(request: Plain, failure: Plain = applicationFailure("not now")): Answer {
  const id = `${request.protocolInstanceId}/reject`;
  const message = answer(request, id, {
    "@type": "temporal.api.update.v1.Rejection",
    rejectedRequestMessageId: request.id,
    rejectedRequestSequencingEventId: request.eventId,
    rejectedRequest: withoutTypeName(request.body as Plain),
    failure,
  });
  return { messages: message.messages, commands: [] };
}

export function together(...answers: Answer[]): Answer {
  return { messages: answers.flatMap((item) => item.messages), commands: answers.flatMap((item) => item.commands) };
}

function answer(request: Plain, id: string, body: Plain): Answer {
  return { messages: [{ id, protocolInstanceId: request.protocolInstanceId, body }], commands: [protocolMessage(id)] };
}

function withoutTypeName(body: Plain): Plain {
  const { "@type": _type, ...rest } = body;
  return rest;
}
