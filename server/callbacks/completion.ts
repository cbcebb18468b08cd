import { Failure, Payload, Payloads } from "../../api/gen/messages.js";
import type { CallbackCall } from "../history/index.ts";
import { failureJson } from "./failure-json.ts";

export interface Completion {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

const NO_BYTES = new Uint8Array(0);
const NO_FAILURE: Failure = Failure.decode(NO_BYTES);

/** The end of a run as a Nexus operation tells it. */
export function completionOf(call: CallbackCall): Completion {
  const { header, startTime, closeTime } = call;
  const { state, type, body } = outcomeOf(call);
  return {
    headers: {
      ...header,
      ...(type === undefined ? undefined : { "content-type": type }),
      "nexus-link": linkOf(call),
      "nexus-operation-close-time": new Date(closeTime).toISOString(),
      "nexus-operation-start-time": new Date(startTime).toUTCString(),
      "nexus-operation-state": state,
    },
    body,
  };
}

interface Outcome {
  readonly state: "succeeded" | "failed" | "canceled";
  readonly type: string | undefined;
  readonly body: Uint8Array;
}

function outcomeOf({ closeEvent }: CallbackCall): Outcome {
  const { workflowExecutionCompletedEventAttributes: completed, workflowExecutionFailedEventAttributes: failed } =
    closeEvent;
  if (completed !== undefined) return { state: "succeeded", ...content(completed.result) };
  if (failed !== undefined) {
    const failure = failed.failure === undefined ? NO_FAILURE : Failure.decode(failed.failure);
    return failedWith("failed", failure);
  }
  const failure = (message: string, info: object): Failure => ({ ...NO_FAILURE, message, ...info });
  if (closeEvent.workflowExecutionCanceledEventAttributes !== undefined)
    return failedWith("canceled", failure("operation canceled", { canceledFailureInfo: {} }));
  if (closeEvent.workflowExecutionTimedOutEventAttributes !== undefined)
    return failedWith("failed", failure("operation exceeded internal timeout", { timeoutFailureInfo: {} }));
  return failedWith("failed", failure("operation terminated", { terminatedFailureInfo: {} }));
}

function failedWith(state: Outcome["state"], failure: Failure): Outcome {
  return { state, type: "application/json", body: Buffer.from(JSON.stringify(failureJson(failure))) };
}

/** The first value of a result, in the form that Nexus has for its encoding. */
function content(result: Uint8Array | undefined): Omit<Outcome, "state"> {
  const [first] = result === undefined ? [] : Payloads.decode(result).payloads;
  if (first === undefined) return { type: undefined, body: NO_BYTES };
  const { metadata, data } = Payload.decode(first);
  const text = (name: string): string => Buffer.from(metadata[name] ?? NO_BYTES).toString("utf8");
  switch (text("encoding")) {
    case "json/plain":
      return { type: "application/json", body: data };
    case "binary/null":
      return { type: undefined, body: NO_BYTES };
    case "binary/plain":
      return { type: "application/octet-stream", body: data };
    case "json/protobuf":
      return { type: `application/json; format=protobuf; message-type="${text("messageType")}"`, body: data };
    case "binary/protobuf":
      return { type: `application/x-protobuf; message-type="${text("messageType")}"`, body: data };
    default:
      return { type: "application/x-temporal-payload", body: first };
  }
}

/** To the event that started the run. */
function linkOf({ namespace, workflowId, runId }: CallbackCall): string {
  const place = [namespace, workflowId, runId].map(encodeURIComponent);
  const path = `temporal:///namespaces/${place[0]}/workflows/${place[1]}/${place[2]}/history`;
  const event = "eventID=1&eventType=WorkflowExecutionStarted&referenceType=EventReference";
  return `<${path}?${event}>; type="temporal.api.common.v1.Link.WorkflowEvent"`;
}
