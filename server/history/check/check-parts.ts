/** What is pending in a run: it can be read, it is counted, and the events that it names are what it says. */
import { EventType, WorkflowExecutionStatus } from "../../../api/gen/enums.js";
import type { OutboxPart, RunState } from "../gen/messages.js";
import type {
  ActivityPart,
  BufferedPart,
  ChildPart,
  ExternalPart,
  RequestIdPart,
  TimerPart,
  UpdatePart,
} from "../gen/messages.js";
import { OUTBOX_PREFIX } from "../kernel/index.ts";
import type { Entity, Kind } from "../kernel/index.ts";
import { partPrefix } from "../workflow/parts.ts";
import type { Report } from "./check-history.ts";

interface Reference {
  /** The part that names the event. */
  readonly name: string;
  readonly eventId: number;
  readonly type: number;
}

/** `types`: those of the run's events by id, when its history is whole. */
export function checkParts(
  entity: Entity<RunState>,
  types: readonly number[] | undefined,
  { kindIds, report }: { kindIds: ReadonlySet<Kind["id"]>; report: Report },
): void {
  checkCounts(entity, report);
  checkOutbox(entity, kindIds, report);
  if (types === undefined) return;
  for (const { name, eventId, type } of referencesOf(entity)) {
    if (types[eventId] === type) continue;
    const found = types[eventId] === undefined ? "which does not exist" : `which is of type ${types[eventId]}`;
    report("dangling-reference", `${name} names event ${eventId} as one of type ${type}, ${found}`);
  }
}

/** A close drops what is pending at once, but for children, and leaves the counts as they were. */
function checkCounts({ parts, state }: Entity<RunState>, report: Report): void {
  const isOpen = state.status === WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING;
  const compare = (name: string, found: number, counted: number): void => {
    const said = isOpen ? counted : 0;
    if (found !== said) report("pending-count", `it has ${found} ${name}, its state says ${said}`);
  };
  const count = (name: string, prefix: string, counted: number): void =>
    compare(name, parts.ofSort(prefix).size, counted);
  count("pending activities", partPrefix.activity, state.pendingActivityCount);
  const children = [...parts.ofSort<ChildPart>(partPrefix.child).values()];
  compare(
    "pending children",
    children.filter((child) => isOpen || !staysAtClose(child, state)).length,
    state.pendingChildCount,
  );
  count("pending signals to others", partPrefix.externalSignal, state.pendingSignalCount);
  count("pending requests to cancel others", partPrefix.externalCancel, state.pendingCancelCount);
  count("buffered events", partPrefix.buffered, state.bufferedCount);
  if (!isOpen) return;
  let bytes = 0;
  for (const { rawEvent } of parts.ofSort<BufferedPart>(partPrefix.buffered).values()) bytes += rawEvent.length;
  if (bytes !== state.bufferedSize)
    report("pending-count", `its buffered events have ${bytes} bytes, its state says ${state.bufferedSize}`);
}

/** Until the answer to its start comes; where a reset was made, until its end has passed. */
function staysAtClose({ startedEventId }: ChildPart, { resetRunId }: RunState): boolean {
  return startedEventId === 0 || resetRunId !== "";
}

/** Messages to others that nobody could deliver, and what waits for the receipt of one that is not there. */
function checkOutbox({ parts, state }: Entity<RunState>, kindIds: ReadonlySet<number>, report: Report): void {
  const messages = parts.ofSort<OutboxPart>(OUTBOX_PREFIX);
  for (const [key, { kind, businessId }] of messages) {
    const sequence = Number(key.slice(OUTBOX_PREFIX.length));
    if (!(sequence >= 1 && sequence <= state.outboxNextSeq))
      report("outbox", `its message ${key} was never given out: the last was ${state.outboxNextSeq}`);
    if (!kindIds.has(kind))
      report("outbox", `its message ${key} goes to an entity of kind ${kind}, which there is not`);
    if (businessId === "") report("outbox", `its message ${key} goes to nobody`);
  }
  const waits = (name: string, key: string): void => {
    if (key !== "" && !messages.has(key))
      report("outbox", `${name} waits for the receipt of ${key}, which is not on its way`);
  };
  for (const [key, child] of parts.ofSort<ChildPart>(partPrefix.child))
    if (child.startedEventId === 0 && child.runId === "") waits(`part ${key}`, child.outboxKey);
  for (const prefix of [partPrefix.externalSignal, partPrefix.externalCancel])
    for (const [key, external] of parts.ofSort<ExternalPart>(prefix)) waits(`part ${key}`, external.outboxKey);
}

function* referencesOf({ parts, state }: Entity<RunState>): Generator<Reference> {
  const scheduled = EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED;
  const task = state.workflowTask;
  if (task?.scheduledWritten === true)
    yield { name: "its workflow task", eventId: task.scheduledEventId, type: scheduled };
  if (task?.startedWritten === true)
    yield {
      name: "its workflow task",
      eventId: task.startedEventId,
      type: EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED,
    };
  for (const [key, { scheduledEventId: eventId }] of parts.ofSort<ActivityPart>(partPrefix.activity))
    yield { name: `part ${key}`, eventId, type: EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED };
  for (const [key, { startedEventId: eventId }] of parts.ofSort<TimerPart>(partPrefix.timer))
    yield { name: `part ${key}`, eventId, type: EventType.EVENT_TYPE_TIMER_STARTED };
  for (const [key, { initiatedEventId: eventId }] of parts.ofSort<ChildPart>(partPrefix.child))
    yield { name: `part ${key}`, eventId, type: EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED };
  for (const [key, { initiatedEventId: eventId }] of parts.ofSort<ExternalPart>(partPrefix.externalSignal))
    yield { name: `part ${key}`, eventId, type: EventType.EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED };
  for (const [key, { initiatedEventId: eventId }] of parts.ofSort<ExternalPart>(partPrefix.externalCancel))
    yield {
      name: `part ${key}`,
      eventId,
      type: EventType.EVENT_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED,
    };
  for (const [key, { eventId, eventType: type }] of parts.ofSort<RequestIdPart>(partPrefix.requestId))
    if (eventId !== 0) yield { name: `part ${key}`, eventId, type };
  for (const [key, { acceptedEventId, completedEventId }] of parts.ofSort<UpdatePart>(partPrefix.update)) {
    const [accepted, completed] = [
      EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED,
      EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED,
    ];
    if (acceptedEventId !== 0) yield { name: `part ${key}`, eventId: acceptedEventId, type: accepted };
    if (completedEventId !== 0) yield { name: `part ${key}`, eventId: completedEventId, type: completed };
  }
}
