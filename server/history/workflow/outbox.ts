import { Message } from "../gen/messages.js";
import type { Sender } from "../gen/messages.js";
import type { Input } from "../../../api/codec.ts";
import type { Run } from "./run.ts";

export interface Recipient {
  readonly namespaceNumber: number;
  readonly workflowId: string;
  /** Empty: the current run. */
  readonly runId: string;
}

/** Queues a message to another run; answers the key under which it waits for its receipt. */
export function sendMessage(run: Run, to: Recipient, message: Input<Message>): string {
  const sequence = ++run.state.outboxNextSeq;
  const address = {
    kind: run.view.identity.kind,
    namespace: to.namespaceNumber,
    businessId: to.workflowId,
    runId: to.runId === "" ? undefined : to.runId,
  };
  return run.view.send(sequence, { ...address, message: Message.encode(message) });
}

/** How a run names itself in its messages; `eventId` is the event that the message comes from. */
export function senderOf(run: Run, eventId: number): Sender {
  const { namespaceId, namespaceName } = run.state;
  return {
    namespaceNumber: run.namespaceNumber,
    namespaceId,
    namespaceName,
    workflowId: run.workflowId,
    runId: run.runId,
    eventId,
  };
}
