/** The events of a workflow task: those that came with it, and those that must be fetched. */
import type { PollWorkflowTaskQueueResponse, WorkflowExecution } from "../../../api/gen/messages.js";
import type { MaybePromise } from "../../common/host/codec-runner.ts";
import { readHistory } from "./history-event.ts";
import type { HistoryEvent } from "./history-event.ts";

export interface HistoryPage {
  readonly history: Uint8Array | undefined;
  readonly nextPageToken: Uint8Array;
}

/** A page of GetWorkflowExecutionHistory; the first one for an empty token. */
export type FetchHistory = (execution: WorkflowExecution, nextPageToken: Uint8Array) => Promise<HistoryPage>;

type TaskHistory = Pick<PollWorkflowTaskQueueResponse, "history" | "nextPageToken" | "workflowExecution">;

/** All events after the one given; undefined when the task's history begins later, so that it is no use. */
export function eventsAfter(
  eventId: number,
  { history, nextPageToken, workflowExecution }: TaskHistory,
  fetch: FetchHistory,
): MaybePromise<HistoryEvent[] | undefined> {
  const events = readHistory(history);
  const first = events[0];
  if (first === undefined ? eventId === 0 : first.id > eventId + 1) return undefined;
  if (nextPageToken.length === 0) return events;
  return readPages(events, { token: nextPageToken, execution: workflowExecution, fetch });
}

export async function wholeHistory(
  execution: WorkflowExecution | undefined,
  fetch: FetchHistory,
): Promise<HistoryEvent[]> {
  const page = await fetch(execution as WorkflowExecution, NO_TOKEN);
  return readPages(readHistory(page.history), { token: page.nextPageToken, execution, fetch });
}

const NO_TOKEN = new Uint8Array(0);

interface Pages {
  readonly token: Uint8Array;
  readonly execution: WorkflowExecution | undefined;
  readonly fetch: FetchHistory;
}

/** Adds the events of the pages to those given. */
async function readPages(events: HistoryEvent[], { token, execution, fetch }: Pages): Promise<HistoryEvent[]> {
  for (let next = token; next.length > 0;) {
    const page = await fetch(execution as WorkflowExecution, next);
    readHistory(page.history, events);
    next = page.nextPageToken;
  }
  return events;
}
