/** A run's history against itself and against the state: whole, in order, without a second branch, and as long as the state says. */
import { EventType, WorkflowExecutionStatus } from "../../../api/gen/enums.js";
import type { HistoryNode } from "../../store/store.ts";
import type { RunState } from "../gen/messages.js";
import { splitEvents } from "../workflow/event-log.ts";
import { eventHead } from "./event-head.ts";
import type { FindingKind } from "./finding.ts";

export type Report = (kind: FindingKind, problem: string) => void;

const CLOSING: ReadonlyMap<number, number> = new Map([
  [WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_COMPLETED, EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED],
  [WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_FAILED, EventType.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED],
  [WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_CANCELED, EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED],
  [WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_TERMINATED, EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED],
  [WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_TIMED_OUT, EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT],
  [
    WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW,
  ],
]);

/** Types of the events by id; undefined when the history is not whole, so that nothing can be looked up in it. */
export function checkHistory(
  nodes: readonly HistoryNode[],
  state: RunState,
  report: Report,
): readonly number[] | undefined {
  const types: number[] = [0]; // Ids begin at 1.
  let bytes = 0;
  for (const { node, blob } of nodes) {
    if (node > types.length) {
      report("history-gap", `its history lacks ${eventsFromTo(types.length, node - 1)}`);
      return undefined;
    }
    if (node < types.length) {
      report("history-branch", `node ${node} of its history begins again before event ${types.length}`);
      return undefined;
    }
    const read = readNode(node, blob, types, report);
    if (read === undefined) return undefined;
    bytes += read;
  }
  return checkExtent({ types, bytes }, state, report) ? types : undefined;
}

/** Bytes of the node's events, whose types are added; undefined when they cannot be read or are not where they belong. */
function readNode(node: number, blob: Uint8Array, types: number[], report: Report): number | undefined {
  let bytes = 0;
  try {
    for (const event of splitEvents(blob)) {
      const { eventId, type } = eventHead(event);
      if (eventId !== types.length) {
        report("history-ids", `node ${node} of its history has event ${eventId} where ${types.length} belongs`);
        return undefined;
      }
      types.push(type);
      bytes += event.length;
    }
  } catch (error) {
    report("unreadable-history", `node ${node} of its history cannot be read: ${(error as Error).message}`);
    return undefined;
  }
  return bytes;
}

function checkExtent(
  { types, bytes }: { readonly types: readonly number[]; readonly bytes: number },
  state: RunState,
  report: Report,
): boolean {
  const { nextEventId, historySize, status } = state;
  if (types.length !== nextEventId) {
    const problem =
      types.length < nextEventId
        ? `its history lacks ${eventsFromTo(types.length, nextEventId - 1)}, with which the state goes on`
        : `its history has ${eventsFromTo(nextEventId, types.length - 1)}, of which the state knows nothing`;
    report("history-length", problem);
    return false;
  }
  if (bytes !== historySize)
    report("history-size", `its history has ${bytes} bytes of events, the state says ${historySize}`);
  if (types[1] !== EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED)
    report("history-start", `its history begins with an event of type ${types[1] ?? "none"}`);
  const last = types.at(-1) ?? 0;
  const closing = CLOSING.get(status);
  if (closing !== undefined && last !== closing)
    report("history-end", `its status is ${statusName(status)}, its history ends with an event of type ${last}`);
  if (closing === undefined && [...CLOSING.values()].includes(last))
    report("history-end", `its status is ${statusName(status)}, its history has ended with an event of type ${last}`);
  return true;
}

function eventsFromTo(from: number, to: number): string {
  return from === to ? `event ${from}` : `events ${from} to ${to}`;
}

export function statusName(status: number): string {
  const name = Object.entries(WorkflowExecutionStatus).find(([, value]) => value === status)?.[0];
  return (name ?? String(status)).replace("WORKFLOW_EXECUTION_STATUS_", "");
}
