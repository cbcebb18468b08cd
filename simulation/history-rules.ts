/** Laws of a single history: its order, its references, its times, and its agreement with what List says. */
import { EventType, WorkflowExecutionStatus } from "../api/gen/enums.js";
import type { HistoryEvent, WorkflowExecutionInfo } from "../api/gen/messages.js";
import { checkTimeouts } from "./timeout-rules.ts";
import { fromPayloads } from "./values.ts";
import { resolutionOf } from "./workflow-progress.ts";

const CLOSING: ReadonlyMap<number, number> = new Map([
  [EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED, WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_COMPLETED],
  [EventType.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED, WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_FAILED],
  [EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED, WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_CANCELED],
  [EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED, WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_TERMINATED],
  [EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT, WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_TIMED_OUT],
  [
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW,
    WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW,
  ],
]);

/** What is wrong with a closed run's history; empty when nothing is. */
export function checkHistory(info: WorkflowExecutionInfo, events: readonly HistoryEvent[], doubtMs = 0): string[] {
  const faults: string[] = [];
  if (events[0]?.eventType !== EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED)
    faults.push("it does not begin with Started");
  checkIds(info, events, faults);
  checkTasks(events, faults);
  checkReferences(events, faults);
  checkTimeouts(events, faults, doubtMs);
  const last = events.at(-1);
  if (CLOSING.get(last?.eventType ?? 0) !== info.status)
    faults.push(`it ends with event type ${last?.eventType}, its status is ${info.status}`);
  if (events.some((event, at) => CLOSING.has(event.eventType) && at < events.length - 1))
    faults.push("events follow the closing one");
  return faults;
}

function checkIds(info: WorkflowExecutionInfo, events: readonly HistoryEvent[], faults: string[]): void {
  events.forEach((event, at) => {
    if (event.eventId !== at + 1) faults.push(`event ${at + 1} has id ${event.eventId}`);
  });
  if (info.historyLength !== events.length)
    faults.push(`it has ${events.length} events, List says ${info.historyLength}`);
}

/** Scheduled, started, ended, in this order and one at a time. */
function checkTasks(events: readonly HistoryEvent[], faults: string[]): void {
  let scheduled = 0;
  let started = 0;
  for (const event of events) {
    const attributes = event.workflowTaskStartedEventAttributes;
    const end =
      event.workflowTaskCompletedEventAttributes ??
      event.workflowTaskFailedEventAttributes ??
      event.workflowTaskTimedOutEventAttributes;
    if (event.eventType === EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED) {
      if (scheduled !== 0) faults.push(`workflow task ${event.eventId} is scheduled while ${scheduled} is pending`);
      scheduled = event.eventId;
      started = 0;
    } else if (attributes !== undefined) {
      if (attributes.scheduledEventId !== scheduled || started !== 0)
        faults.push(`workflow task start ${event.eventId} does not follow its schedule`);
      started = event.eventId;
    } else if (end !== undefined) {
      if (end.scheduledEventId !== scheduled || end.startedEventId !== started)
        faults.push(
          `workflow task end ${event.eventId} refers to ${end.scheduledEventId}/${end.startedEventId}, pending is ${scheduled}/${started}`,
        );
      scheduled = 0;
      started = 0;
    }
  }
}

/** What ends was begun, and ends once. */
function checkReferences(events: readonly HistoryEvent[], faults: string[]): void {
  const ended = new Set<number>();
  for (const event of events) {
    const of = resolutionOf(event);
    if (of === undefined) continue;
    if (ended.has(of)) faults.push(`event ${event.eventId} ends ${of}, which has ended`);
    if (of >= event.eventId) faults.push(`event ${event.eventId} ends ${of}, which comes later`);
    ended.add(of);
    const activity = event.activityTaskCompletedEventAttributes ?? event.activityTaskFailedEventAttributes;
    if (activity === undefined) continue;
    const started = events[activity.startedEventId - 1]?.activityTaskStartedEventAttributes;
    if (started?.scheduledEventId !== of)
      faults.push(`event ${event.eventId} names ${activity.startedEventId} as its start`);
    const told = fromPayloads<number>(event.activityTaskCompletedEventAttributes?.result);
    if (told !== undefined && started !== undefined && told !== started.attempt)
      faults.push(`event ${event.eventId} has the result of attempt ${told}, attempt ${started.attempt} had begun`);
  }
}
