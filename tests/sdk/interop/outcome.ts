/** What a run came to, as text in which nothing differs that may. */
import { temporal } from "@temporalio/proto";
import type { ToldRun } from "./tell-story.ts";
import type { RecordedHistory } from "../recorded-history.ts";

type Event = temporal.api.history.v1.IHistoryEvent;

const UUID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
const IDENTITY = /"identity":"[^"]*"/g;

export function outcomeOf({ history }: ToldRun): string {
  return textOf(history.events?.at(-1) ?? {});
}

export function recordedOutcomeOf({ bytes }: RecordedHistory): string {
  return textOf(temporal.api.history.v1.History.decode(bytes).events.at(-1) ?? {});
}

function textOf(last: Event): string {
  const {
    eventType,
    workflowExecutionCompletedEventAttributes: completed,
    workflowExecutionFailedEventAttributes: failed,
    workflowExecutionContinuedAsNewEventAttributes: continued,
  } = last;
  const payloads = completed?.result?.payloads ?? continued?.input?.payloads ?? [];
  const values = payloads.map(({ data }) => Buffer.from(data ?? []).toString());
  return [eventType, failed?.failure?.message ?? "", ...values]
    .join(" ")
    .replaceAll(UUID, "UUID")
    .replaceAll(IDENTITY, '"identity":"SOMEONE"');
}
