/** The messages with which updates are answered. */
import type { Codec, Input } from "../../../api/codec.ts";
import { UpdateAcceptance, UpdateRejection, UpdateRequest, UpdateResponse } from "../../../api/gen/messages.js";
import type { Message } from "../../../api/gen/messages.js";
import { failureToBytes } from "../../common/host/wire-failure.ts";
import { payloadsToBytes } from "../../common/host/wire-payloads.ts";
import type { Delivery, Rejection, Update } from "./machines/update.ts";
import type { Pending } from "./run-state.ts";

type WireMessage = Input<Message>;

/** The updates among the messages of a task. */
export function deliveries(messages: readonly Message[]): Delivery[] {
  return messages.flatMap(({ id, protocolInstanceId, eventId, body }) => {
    if (body === undefined || !body.typeUrl.endsWith("temporal.api.update.v1.Request")) return [];
    const request = UpdateRequest.decode(body.value);
    return [{ protocolInstanceId, requestMessageId: id, sequencingEventId: eventId ?? 0, request }];
  });
}

/** In the order of the commands that refer to them; rejections, to which none does, come after. */
export function answerMessages(commands: readonly Pending[], rejections: readonly Rejection[]): WireMessage[] {
  const answers = commands.flatMap(({ command }) => {
    if (command.kind === "acceptUpdate") return [acceptance(command.update)];
    return command.kind === "completeUpdate" ? [response(command.update)] : [];
  });
  return [...answers, ...rejections.map(rejection)];
}

export function acceptanceId({ protocolInstanceId }: Update): string {
  return `${protocolInstanceId}/accept`;
}

export function responseId({ protocolInstanceId }: Update): string {
  return `${protocolInstanceId}/complete`;
}

function acceptance(update: Update): WireMessage {
  return {
    id: acceptanceId(update),
    protocolInstanceId: update.protocolInstanceId,
    body: body(UpdateAcceptance, {
      acceptedRequestMessageId: update.requestMessageId,
      acceptedRequestSequencingEventId: update.sequencingEventId,
      acceptedRequest: update.request,
    }),
  };
}

function response(update: Update): WireMessage {
  const { answer, updateId, protocolInstanceId, request } = update;
  return {
    id: responseId(update),
    protocolInstanceId,
    body: body(UpdateResponse, {
      meta: { updateId, identity: request.meta?.identity ?? "" },
      outcome:
        answer?.status === "completed"
          ? { success: payloadsToBytes([answer.result]) }
          : { failure: failureToBytes(answer?.failure ?? {}) },
    }),
  };
}

function rejection({ update, failure }: Rejection): WireMessage {
  return {
    id: `${update.protocolInstanceId}/reject`,
    protocolInstanceId: update.protocolInstanceId,
    body: body(UpdateRejection, {
      rejectedRequestMessageId: update.requestMessageId,
      rejectedRequestSequencingEventId: update.sequencingEventId,
      rejectedRequest: update.request,
      failure: failureToBytes(failure),
    }),
  };
}

function body<T>(codec: Codec<T>, message: Input<T>): NonNullable<WireMessage["body"]> {
  return { typeUrl: `type.googleapis.com/${codec.typeName}`, value: codec.encode(message) };
}
