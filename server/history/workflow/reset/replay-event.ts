/** State from events: what each copied event means to the run that keeps it. What is pending in the end is made in replay-pending.ts. */
import { EventType } from "../../../../api/gen/enums.js";
import { Memo, Priority, SearchAttributes } from "../../../../api/gen/messages.js";
import type { HistoryEvent } from "../../../../api/gen/messages.js";
import { timestampMs } from "../../../../api/timestamp.ts";
import { mergeSearchAttributes } from "../../../visibility/index.ts";
import { UpdatePart } from "../../gen/messages.js";
import { attachCallbacks } from "../machines/callback.ts";
import { mergeFields } from "../merge-fields.ts";
import { partKey } from "../parts.ts";
import { rememberRequest } from "../request-ids.ts";
import { addResetPoint } from "../reset-points.ts";
import type { Run } from "../run.ts";
import type { Pending } from "./replay-pending.ts";

const EMPTY_UPDATE: UpdatePart = UpdatePart.decode(new Uint8Array(0));

export function replayEvent(run: Run, event: HistoryEvent): void {
  const { state } = run;
  switch (event.eventType) {
    case EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED: {
      const { startedEventId, workerVersion, binaryChecksum = "" } = event.workflowTaskCompletedEventAttributes ?? {};
      const buildId = workerVersion?.buildId ?? "";
      const completedAt = event.eventTime === undefined ? run.now : timestampMs(event.eventTime);
      addResetPoint(run, { eventId: event.eventId, completedAt, buildId, binaryChecksum });
      state.previousStartedEventId = startedEventId ?? 0;
      if (workerVersion !== undefined) state.workerBuildId = buildId;
      return;
    }
    case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED:
      state.signalCount++;
      rememberRequest(run, {
        requestId: event.workflowExecutionSignaledEventAttributes?.requestId ?? "",
        ...{ eventId: event.eventId, eventType: event.eventType },
      });
      return;
    case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED:
      state.cancelRequested = true;
      return;
    case EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES: {
      const { searchAttributes } = event.upsertWorkflowSearchAttributesEventAttributes ?? {};
      if (searchAttributes !== undefined) upsertAttributes(run, searchAttributes);
      return;
    }
    case EventType.EVENT_TYPE_WORKFLOW_PROPERTIES_MODIFIED: {
      const { upsertedMemo } = event.workflowPropertiesModifiedEventAttributes ?? {};
      if (upsertedMemo === undefined) return;
      const fields = mergeFields(Memo.decode(state.rawMemo).fields, Memo.decode(upsertedMemo).fields);
      state.rawMemo = Memo.encode({ fields });
      return;
    }
    case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_OPTIONS_UPDATED:
      replayOptions(run, event);
      return;
    case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ADMITTED:
    case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED:
    case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED:
      replayUpdate(run, event);
      return;
    default:
  }
}

function upsertAttributes(run: Run, upserted: Uint8Array): void {
  const { state } = run;
  const before = SearchAttributes.decode(state.rawSearchAttributes);
  state.rawSearchAttributes = SearchAttributes.encode(mergeSearchAttributes(before, SearchAttributes.decode(upserted)));
}

function replayOptions(run: Run, event: HistoryEvent): void {
  const { priority, attachedRequestId, attachedCompletionCallbacks } =
    event.workflowExecutionOptionsUpdatedEventAttributes ?? {};
  if (priority !== undefined) {
    run.state.rawPriority = Priority.encode(priority);
    run.state.priorityKey = priority.priorityKey;
  }
  run.state.callbackCount += attachedCompletionCallbacks?.length ?? 0;
  attachCallbacks(run, attachedCompletionCallbacks ?? []);
  rememberRequest(run, {
    requestId: attachedRequestId ?? "",
    ...{ eventId: event.eventId, eventType: event.eventType },
  });
}

function replayUpdate(run: Run, event: HistoryEvent): void {
  const { eventId } = event;
  const admitted = event.workflowExecutionUpdateAdmittedEventAttributes?.request?.meta?.updateId;
  const accepted = event.workflowExecutionUpdateAcceptedEventAttributes?.protocolInstanceId;
  const completed = event.workflowExecutionUpdateCompletedEventAttributes?.meta?.updateId;
  const updateId = admitted ?? accepted ?? completed ?? "";
  const key = partKey.update(updateId);
  const part = { ...(run.view.part<UpdatePart>(key) ?? EMPTY_UPDATE), updateId };
  if (admitted !== undefined) part.admittedEventId = eventId;
  else if (accepted !== undefined) {
    part.acceptedEventId = eventId;
    run.state.updateCount++;
  } else part.completedEventId = eventId;
  run.view.setPart(key, part);
}

/** What the events began and did not end. */
export function replayPending(pending: Pending, event: HistoryEvent): void {
  const { eventId } = event;
  if (event.activityTaskScheduledEventAttributes !== undefined) pending.activities.set(eventId, { event });
  const activity =
    event.activityTaskCompletedEventAttributes ??
    event.activityTaskFailedEventAttributes ??
    event.activityTaskTimedOutEventAttributes ??
    event.activityTaskCanceledEventAttributes;
  if (activity !== undefined) pending.activities.delete(activity.scheduledEventId);
  const cancelRequested = event.activityTaskCancelRequestedEventAttributes;
  const canceled = cancelRequested && pending.activities.get(cancelRequested.scheduledEventId);
  if (canceled !== undefined) canceled.cancelRequestedEventId = eventId;

  const timer = event.timerStartedEventAttributes;
  if (timer !== undefined) pending.timers.set(timer.timerId, event);
  const timerEnd = event.timerFiredEventAttributes ?? event.timerCanceledEventAttributes;
  if (timerEnd !== undefined) pending.timers.delete(timerEnd.timerId);

  if (event.startChildWorkflowExecutionInitiatedEventAttributes !== undefined) pending.children.set(eventId, { event });
  const childStart = event.childWorkflowExecutionStartedEventAttributes;
  const started = childStart && pending.children.get(childStart.initiatedEventId);
  if (started !== undefined) {
    started.startedEventId = eventId;
    started.runId = childStart?.workflowExecution?.runId ?? "";
  }
  const childEnd =
    event.startChildWorkflowExecutionFailedEventAttributes ??
    event.childWorkflowExecutionCompletedEventAttributes ??
    event.childWorkflowExecutionFailedEventAttributes ??
    event.childWorkflowExecutionCanceledEventAttributes ??
    event.childWorkflowExecutionTimedOutEventAttributes ??
    event.childWorkflowExecutionTerminatedEventAttributes;
  if (childEnd !== undefined) pending.children.delete(childEnd.initiatedEventId);

  if (
    event.signalExternalWorkflowExecutionInitiatedEventAttributes !== undefined ||
    event.requestCancelExternalWorkflowExecutionInitiatedEventAttributes !== undefined
  )
    pending.externals.set(eventId, event);
  const externalEnd =
    event.signalExternalWorkflowExecutionFailedEventAttributes ??
    event.externalWorkflowExecutionSignaledEventAttributes ??
    event.requestCancelExternalWorkflowExecutionFailedEventAttributes ??
    event.externalWorkflowExecutionCancelRequestedEventAttributes;
  if (externalEnd !== undefined) pending.externals.delete(externalEnd.initiatedEventId);
}
