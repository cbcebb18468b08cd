/**
 * Lays the events that commands have left in history beside the commands that the code gives now.
 *
 * 1. Commands and events come in the same order, but for the markers of local activities, which are found by `seq`.
 * 2. A marker of a deprecated patch needs no command; the search attribute after a patch's marker never has one.
 * 3. Types must fit always, ids where the workers that wrote the history compared them too.
 */
import { EventType } from "../../../api/gen/enums.js";
import {
  ActivityTaskCancelRequestedEventAttributes,
  ActivityTaskScheduledEventAttributes,
  NexusOperationCancelRequestedEventAttributes,
  NexusOperationScheduledEventAttributes,
  RequestCancelExternalWorkflowExecutionInitiatedEventAttributes,
  SignalExternalWorkflowExecutionInitiatedEventAttributes,
  StartChildWorkflowExecutionInitiatedEventAttributes,
  TimerCanceledEventAttributes,
  TimerStartedEventAttributes,
  UpsertWorkflowSearchAttributesEventAttributes,
  WorkflowExecutionUpdateAcceptedEventAttributes,
  WorkflowExecutionUpdateCompletedEventAttributes,
} from "../../../api/gen/messages.js";
import { searchAttributesFromBytes } from "../../common/host/wire-payloads.ts";
import { eventMismatch, eventMissing } from "./determinism-violation.ts";
import type { HistoryEvent } from "./history-event.ts";
import { activityScheduled } from "./machines/activity.ts";
import { childInitiated } from "./machines/child-workflow.ts";
import { externalInitiated } from "./machines/external-workflow.ts";
import { nexusScheduled } from "./machines/nexus-operation.ts";
import { timerStarted } from "./machines/timer.ts";
import { readMarker } from "./markers.ts";
import type { LocalActivityMarker, PatchMarker } from "./markers.ts";
import type { Pending, RunState } from "./run-state.ts";

type Fits = (pending: Pending, event: HistoryEvent) => boolean;

/** Whether the ids of an event are those of the command; a type of event that is missing here is none of a command. */
const FITS: (Fits | undefined)[] = [];

const any: Fits = () => true;

FITS[EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED] = any;
FITS[EventType.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED] = any;
FITS[EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED] = any;
FITS[EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW] = any;
FITS[EventType.EVENT_TYPE_MARKER_RECORDED] = any;
FITS[EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES] = any;
FITS[EventType.EVENT_TYPE_WORKFLOW_PROPERTIES_MODIFIED] = any;

FITS[EventType.EVENT_TYPE_TIMER_STARTED] = ({ command }, event) =>
  command.kind === "startTimer" && event.attributes(TimerStartedEventAttributes).timerId === String(command.seq);

FITS[EventType.EVENT_TYPE_TIMER_CANCELED] = ({ command }, event) =>
  command.kind === "cancelTimer" && event.attributes(TimerCanceledEventAttributes).timerId === String(command.seq);

FITS[EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED] = ({ command }, event) => {
  if (command.kind !== "scheduleActivity") return false;
  const { activityId, activityType } = event.attributes(ActivityTaskScheduledEventAttributes);
  return activityId === command.activityId && activityType?.name === command.activityType;
};

FITS[EventType.EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED] = ({ operation }, event) => {
  const { scheduledEventId } = event.attributes(ActivityTaskCancelRequestedEventAttributes);
  return operation.kind === "activity" && operation.scheduledEventId === scheduledEventId;
};

FITS[EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED] = ({ command }, event) => {
  if (command.kind !== "startChildWorkflowExecution") return false;
  const { workflowId, workflowType } = event.attributes(StartChildWorkflowExecutionInitiatedEventAttributes);
  return workflowId === command.workflowId && workflowType?.name === command.workflowType;
};

FITS[EventType.EVENT_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED] = ({ command }, event) => {
  const { workflowExecution } = event.attributes(RequestCancelExternalWorkflowExecutionInitiatedEventAttributes);
  if (command.kind === "requestCancelChild") return workflowExecution?.workflowId === command.child.command.workflowId;
  return (
    command.kind === "requestCancelExternalWorkflowExecution" && workflowExecution?.workflowId === command.workflowId
  );
};

FITS[EventType.EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED] = ({ command }, event) => {
  if (command.kind !== "signalExternalWorkflowExecution") return false;
  const { workflowExecution, signalName } = event.attributes(SignalExternalWorkflowExecutionInitiatedEventAttributes);
  return workflowExecution?.workflowId === command.workflowId && signalName === command.signalName;
};

FITS[EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED] = ({ command }, event) => {
  if (command.kind !== "acceptUpdate") return false;
  const { protocolInstanceId } = event.attributes(WorkflowExecutionUpdateAcceptedEventAttributes);
  return protocolInstanceId === command.update.protocolInstanceId;
};

FITS[EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED] = ({ command }, event) => {
  if (command.kind !== "completeUpdate") return false;
  return event.attributes(WorkflowExecutionUpdateCompletedEventAttributes).meta?.updateId === command.update.updateId;
};

FITS[EventType.EVENT_TYPE_NEXUS_OPERATION_SCHEDULED] = ({ command }, event) => {
  if (command.kind !== "scheduleNexusOperation") return false;
  const { endpoint, service, operation } = event.attributes(NexusOperationScheduledEventAttributes);
  return endpoint === command.endpoint && service === command.service && operation === command.operation;
};

FITS[EventType.EVENT_TYPE_NEXUS_OPERATION_CANCEL_REQUESTED] = ({ operation }, event) => {
  const { scheduledEventId } = event.attributes(NexusOperationCancelRequestedEventAttributes);
  return operation.kind === "nexusOperation" && operation.scheduledEventId === scheduledEventId;
};

/** Whether an event is one that a command left. */
export function isOfCommand(type: number): boolean {
  return FITS[type] !== undefined;
}

/** Finds the command of an event and tells its operation; throws when there is none that fits. */
export function matchCommand(run: RunState, event: HistoryEvent, ids: "compare ids" | "types only"): void {
  if (event.type === EventType.EVENT_TYPE_MARKER_RECORDED) {
    const marker = readMarker(event);
    if (marker.kind === "localActivity") return matchLocalActivity(run, event, marker);
    if (marker.kind === "patch") return matchPatch(run, event, marker);
    throw eventMismatch(run.identity, event, run.sent[run.shown]);
  }
  if (run.isAfterPatch) {
    run.isAfterPatch = false;
    if (isOfPatch(event)) return;
  }
  const at = nextInOrder(run);
  const pending = run.sent[at];
  if (pending?.eventType !== event.type) throw eventMismatch(run.identity, event, pending);
  if (ids === "compare ids" && !FITS[event.type]?.(pending, event)) throw eventMismatch(run.identity, event, pending);
  show(run, at);
  tell(run, pending, event);
}

function nextInOrder({ sent, shown }: RunState): number {
  let at = shown;
  while (sent[at]?.operation.kind === "localActivity") at++;
  return at;
}

function show(run: RunState, at: number): void {
  if (at === run.shown) run.shown++;
  else run.sent.splice(at, 1);
}

function tell(run: RunState, { operation, command }: Pending, event: HistoryEvent): void {
  switch (operation.kind) {
    case "timer":
      if (command.kind === "startTimer") timerStarted(run, operation, event);
      return;
    case "activity":
      if (command.kind === "scheduleActivity") activityScheduled(run, operation, event);
      return;
    case "childWorkflow":
      if (command.kind === "startChildWorkflowExecution") childInitiated(run, operation, event);
      return;
    case "externalRequest":
      return externalInitiated(run, operation, event);
    case "nexusOperation":
      if (command.kind === "scheduleNexusOperation") nexusScheduled(run, operation, event);
      return;
    case "localActivity":
    case "patch":
    case "update":
    case "plain":
      return;
  }
}

/** Not in the order of the others: the end of one depends on real time. */
function matchLocalActivity(run: RunState, event: HistoryEvent, marker: LocalActivityMarker): void {
  const local = run.endedLocals.get(marker.seq);
  const at = run.sent.findIndex(({ operation }, index) => index >= run.shown && operation === local);
  const fits =
    local?.command.activityType === marker.activityType && local.command.activityId === marker.activityId && at !== -1;
  if (!fits) throw eventMismatch(run.identity, event, local?.start ?? run.sent[run.shown]);
  run.endedLocals.delete(marker.seq);
  show(run, at);
}

function matchPatch(run: RunState, event: HistoryEvent, marker: PatchMarker): void {
  run.isAfterPatch = true;
  const at = nextInOrder(run);
  const pending = run.sent[at];
  if (pending?.command.kind === "setPatchMarker" && pending.command.patchId === marker.patchId) show(run, at);
  else if (marker.deprecated) run.patches.set(marker.patchId, true);
  else throw eventMismatch(run.identity, event, pending);
}

function isOfPatch(event: HistoryEvent): boolean {
  if (event.type !== EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES) return false;
  const { searchAttributes } = event.attributes(UpsertWorkflowSearchAttributesEventAttributes);
  return searchAttributesFromBytes(searchAttributes)?.["TemporalChangeVersion"] !== undefined;
}

/** Called when no more events of commands can follow; throws when commands are left. */
export function expectAllShown(run: RunState, lastEventId: number): void {
  const left = run.sent[run.shown];
  if (left !== undefined) throw eventMissing(run.identity, left, lastEventId);
}
