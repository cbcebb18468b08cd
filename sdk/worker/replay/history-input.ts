/** Histories as people have them: encoded, as a client fetched them, or as JSON of a command line or web UI. */
import { messageFromJson } from "../../../api/json/from-json.ts";
import { History, HistoryEvent } from "../../../api/gen/messages.js";

const HISTORY = "temporal.api.history.v1.History";

/** Throws TypeError or JsonMessageError that says what is wrong with it. */
export function historyBytes(history: unknown): Uint8Array {
  if (history instanceof Uint8Array) return history;
  if (typeof history !== "object" || history === null)
    throw new TypeError(`A history must be an object with events, or encoded bytes, not ${String(history)}`);
  const { events, history: inner } = history as { events?: unknown; history?: unknown };
  // Some tools write the whole answer of GetWorkflowExecutionHistory.
  if (events === undefined && inner !== undefined) return historyBytes(inner);
  if (!Array.isArray(events) || events.length === 0) throw new TypeError("A history must have events");
  if (events.every((event) => event instanceof Uint8Array)) return History.encode({ events });
  return messageFromJson(HISTORY, history);
}

export interface HistoryIdentity {
  readonly runId: string;
  readonly workflowType: string;
  readonly taskQueue: string;
  /** Of the started event, which newer servers write; "" where it is not known. */
  readonly workflowId: string;
}

/** What a history says of itself in its first event. Throws TypeError when that is not a workflow's start. */
export function identityOf(bytes: Uint8Array): HistoryIdentity {
  const [first] = History.decode(bytes).events;
  const started = first === undefined ? undefined : HistoryEvent.decode(first).workflowExecutionStartedEventAttributes;
  if (started === undefined) throw new TypeError("A history must begin with WorkflowExecutionStarted");
  return {
    runId: started.originalExecutionRunId || started.firstExecutionRunId,
    workflowType: started.workflowType?.name ?? "",
    taskQueue: started.taskQueue?.name ?? "",
    workflowId: started.workflowId,
  };
}
