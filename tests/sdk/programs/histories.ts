/** What is asked of the histories of programs. */
import { EventType, WorkflowTaskFailedCause } from "../../../api/gen/enums.js";
import type { HistoryEvent } from "../../../api/gen/messages.js";
import { payloadsFromBytes } from "../../../sdk/common/host/wire-payloads.ts";

/** Something came while the workflow wanted to end: its task is done again, as it should be. */
const UNHANDLED_COMMAND = WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND;

/** Of the tasks that failed, and should not have. */
export function failuresOf(events: readonly HistoryEvent[]): string[] {
  return events.flatMap(({ workflowTaskFailedEventAttributes: task }) =>
    task === undefined || task.cause === UNHANDLED_COMMAND ? [] : [Buffer.from(task.failure ?? []).toString()],
  );
}

/** A history ends well where a task begins, or at its very end. */
export function* prefixesOf(events: readonly HistoryEvent[]): Generator<HistoryEvent[]> {
  for (const [index, { eventType }] of events.entries()) {
    if (eventType === EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED) yield events.slice(0, index + 1);
  }
  yield [...events];
}

const NAMES = new Map(Object.entries(EventType).map(([name, value]) => [value as number, name]));

/**
 * What a run did, in no order: not how its tasks were cut, nor which of the things that went on side by side was
 * scheduled first. A timer that was cancelled may also never have been started.
 */
export function shapeOf(events: readonly HistoryEvent[]): string[] {
  const cancelled = new Set(events.map((event) => event.timerCanceledEventAttributes?.startedEventId));
  const shape: string[] = [];
  for (const event of events) {
    const name = (NAMES.get(event.eventType) ?? "").replace("EVENT_TYPE_", "");
    if (name.startsWith("WORKFLOW_TASK") || name === "TIMER_CANCELED") continue;
    if (event.timerStartedEventAttributes !== undefined && cancelled.has(event.eventId)) continue;
    shape.push(`${name} ${detailOf(event)}`);
  }
  return shape.toSorted();
}

function detailOf(event: HistoryEvent): string {
  const { activityTaskScheduledEventAttributes: scheduled, timerStartedEventAttributes: timer } = event;
  if (scheduled !== undefined) return `${scheduled.activityType?.name} ${argumentsOf(scheduled)}`;
  if (timer !== undefined) return JSON.stringify(timer.startToFireTimeout, (_, value) => String(value));
  return String(
    event.activityTaskStartedEventAttributes?.attempt ?? event.markerRecordedEventAttributes?.markerName ?? "",
  );
}

function argumentsOf(scheduled: NonNullable<HistoryEvent["activityTaskScheduledEventAttributes"]>): string {
  // What `returns` is given was drawn, and is another thing in each run.
  if (scheduled.activityType?.name === "returns") return "";
  return (payloadsFromBytes(scheduled.input) ?? []).map(({ data }) => Buffer.from(data ?? []).toString()).join();
}
