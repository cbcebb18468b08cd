/** What happened after the point of a reset and is to happen again in the new run. */
import {
  EventType,
  ResetReapplyExcludeType,
  ResetReapplyType,
  UpdateAdmittedEventOrigin,
} from "../../../../api/gen/enums.js";
import { HistoryEvent } from "../../../../api/gen/messages.js";
import type { UpdateRequest } from "../../../../api/gen/messages.js";
import type { ChildPart } from "../../gen/messages.js";
import { UpdatePart } from "../../gen/messages.js";
import { updatePart } from "../machines/update.ts";
import type { NewEvent } from "../event-log.ts";
import { partKey } from "../parts.ts";
import type { Run } from "../run.ts";
import { replayEvent } from "./replay-event.ts";

export interface Reapplied {
  readonly signals: boolean;
  readonly updates: boolean;
}

/** Cancel requests are never made again. */
export function reappliedKinds(type: number, excluded: readonly number[]): Reapplied {
  const { RESET_REAPPLY_TYPE_NONE: NONE, RESET_REAPPLY_TYPE_SIGNAL: SIGNAL } = ResetReapplyType;
  const { RESET_REAPPLY_EXCLUDE_TYPE_SIGNAL, RESET_REAPPLY_EXCLUDE_TYPE_UPDATE } = ResetReapplyExcludeType;
  return {
    signals: type !== NONE && !excluded.includes(RESET_REAPPLY_EXCLUDE_TYPE_SIGNAL),
    updates: type !== NONE && type !== SIGNAL && !excluded.includes(RESET_REAPPLY_EXCLUDE_TYPE_UPDATE),
  };
}

/** `ofBase`: the events are those of the run that was reset, whose children are the new run's, too. */
export function reapply(
  run: Run,
  events: readonly Uint8Array[],
  { kinds, ofBase }: { kinds: Reapplied; ofBase: boolean },
): void {
  for (const encoded of events) {
    const event = HistoryEvent.decode(encoded);
    if (kinds.signals) reapplySignal(run, event);
    if (kinds.updates) reapplyUpdate(run, event);
    reapplyOptions(run, event);
    if (ofBase) reapplyChildEnd(run, event);
  }
}

function reapplySignal(run: Run, event: HistoryEvent): void {
  if (event.eventType !== EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED) return;
  run.addEvent(again(event));
  run.state.signalCount++;
}

/** An update that got as far as its acceptance is asked of the workflow again: the event tells the worker, no message does. */
function reapplyUpdate(run: Run, event: HistoryEvent): void {
  const request =
    event.workflowExecutionUpdateAcceptedEventAttributes?.acceptedRequest ??
    event.workflowExecutionUpdateAdmittedEventAttributes?.request;
  const updateId = request?.meta?.updateId ?? "";
  if (request === undefined || updatePart(run, updateId) !== undefined) return;
  admitAgain(run, updateId, request);
}

function admitAgain(run: Run, updateId: string, request: UpdateRequest): void {
  const admittedEventId = run.addEvent({
    eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ADMITTED,
    workflowExecutionUpdateAdmittedEventAttributes: {
      request,
      origin: UpdateAdmittedEventOrigin.UPDATE_ADMITTED_EVENT_ORIGIN_REAPPLY,
    },
  });
  run.view.setPart(partKey.update(updateId), UpdatePart.decode(UpdatePart.encode({ updateId, admittedEventId })));
}

function reapplyOptions(run: Run, event: HistoryEvent): void {
  const attributes = event.workflowExecutionOptionsUpdatedEventAttributes;
  if (attributes === undefined) return;
  const eventId = run.addEvent(again(event));
  replayEvent(run, { ...event, eventId });
}

/** The child was started before the point of the reset, so that the new run waits for it. */
function reapplyChildEnd(run: Run, event: HistoryEvent): void {
  const attributes =
    event.childWorkflowExecutionCompletedEventAttributes ??
    event.childWorkflowExecutionFailedEventAttributes ??
    event.childWorkflowExecutionCanceledEventAttributes ??
    event.childWorkflowExecutionTimedOutEventAttributes ??
    event.childWorkflowExecutionTerminatedEventAttributes;
  if (attributes === undefined) return;
  const key = partKey.child(attributes.initiatedEventId);
  const child = run.view.part<ChildPart>(key);
  if (child === undefined || child.startedEventId !== attributes.startedEventId) return;
  run.view.deletePart(key);
  run.state.pendingChildCount--;
  run.addEvent(again(event));
}

function again({ eventId: _id, eventTime: _time, version: _version, taskId: _task, ...event }: HistoryEvent): NewEvent {
  return event;
}
