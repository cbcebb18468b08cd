/**
 * An update: a message of the server, answered by messages of ours.
 *
 *   delivered ──▶ accepted ──▶ completed (with a result or a failure)
 *       │
 *       ▼
 *    rejected: leaves nothing in history
 *
 * In replay it comes out of the event that accepted it, in the activation of the task that did, and is not validated
 * again.
 */
import { EventType } from "../../../../api/gen/enums.js";
import type { UpdateRequest } from "../../../../api/gen/messages.js";
import type { ProtoFailure } from "../../../common/payload.ts";
import type { UpdateAnswer } from "../../../workflow/activation.ts";
import type { RunState } from "../run-state.ts";
import { headers, payloads } from "../wire.ts";

export interface Update {
  readonly kind: "update";
  readonly protocolInstanceId: string;
  readonly updateId: string;
  readonly requestMessageId: string;
  readonly sequencingEventId: number;
  readonly request: UpdateRequest;
  answer: Exclude<UpdateAnswer, { status: "accepted" }> | undefined;
}

/** An update that was turned down: its message goes without a command. */
export interface Rejection {
  readonly update: Update;
  readonly failure: ProtoFailure;
}

export type Delivery = Omit<Update, "kind" | "answer" | "updateId">;

export function deliverUpdate(run: RunState, delivery: Delivery, validation: "validate" | "accepted before"): void {
  const { protocolInstanceId, request } = delivery;
  const updateId = request.meta?.updateId ?? "";
  run.updates.set(protocolInstanceId, { ...delivery, kind: "update", updateId, answer: undefined });
  run.messageJobs.push({
    kind: "doUpdate",
    id: updateId,
    protocolInstanceId,
    name: request.input?.name ?? "",
    input: payloads(request.input?.args),
    headers: headers(request.input?.header),
    identity: request.meta?.identity ?? "",
    runValidator: validation === "validate",
  });
}

export function answerUpdate(run: RunState, protocolInstanceId: string, response: UpdateAnswer): Rejection | undefined {
  const update = run.updates.get(protocolInstanceId);
  if (update === undefined) return undefined;
  if (response.status === "accepted") {
    run.push(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED, { kind: "acceptUpdate", update }, update);
    return undefined;
  }
  run.updates.delete(protocolInstanceId);
  if (response.status === "rejected") return { update, failure: response.failure };
  update.answer = response;
  run.push(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED, { kind: "completeUpdate", update }, update);
  return undefined;
}
