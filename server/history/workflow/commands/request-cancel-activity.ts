import { EventType, WorkflowTaskFailedCause } from "../../../../api/gen/enums.js";
import type { HistoryEvent } from "../../../../api/gen/messages.js";
import type { ActivityPart } from "../../gen/messages.js";
import { requestActivityCancel } from "../machines/activity.ts";
import { partKey } from "../parts.ts";
import type { Run } from "../run.ts";
import { textPayloads } from "../text-payloads.ts";
import { bad, requireAttributes } from "./attributes.ts";
import type { CommandHandler } from "./command.ts";

/** What workflows see as details of an activity that no worker had when it was canceled: a JSON text. */
const NOT_STARTED_DETAILS = textPayloads("ACTIVITY_ID_NOT_STARTED");

export const requestCancelActivity: CommandHandler = (context, command) => {
  const { run, completedEventId } = context;
  const checks = {
    command: "RequestCancelActivityTaskCommand",
    failedCause: WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_BAD_REQUEST_CANCEL_ACTIVITY_ATTRIBUTES,
    idBytesMax: run.limits.idBytesMax,
  };
  const { scheduledEventId } = requireAttributes(checks, command.requestCancelActivityTaskCommandAttributes);
  if (scheduledEventId <= 0) throw bad(checks, `ScheduledEventId is not set on ${checks.command}.`);
  const activity = run.view.part<ActivityPart>(partKey.activity(scheduledEventId));
  const isPending = activity !== undefined && !activity.cancelRequested;
  if (!isPending && (activity !== undefined || !isCloseBuffered(run, scheduledEventId))) {
    throw bad(
      checks,
      `invalid history builder state for action: add-activitytask-cancel-requested-event, ScheduledEventID: ${scheduledEventId}`,
    );
  }
  const eventId = run.addEvent({
    eventType: EventType.EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED,
    activityTaskCancelRequestedEventAttributes: { scheduledEventId, workflowTaskCompletedEventId: completedEventId },
    userMetadata: command.userMetadata,
    eventGroupMarkers: command.eventGroupMarkers,
  });
  if (activity === undefined) return;
  const { identity } = context;
  const writeClosed = requestActivityCancel(run, activity, { eventId, identity, details: NOT_STARTED_DETAILS });
  if (writeClosed !== undefined) context.lateEvents.push(writeClosed);
};

/** The activity has ended while the task ran: the workflow could not know. */
function isCloseBuffered(run: Run, scheduledEventId: number): boolean {
  if (!run.hasBufferedEvents) return false;
  return run.bufferedEvents().some(({ event }) => closedActivity(event) === scheduledEventId);
}

function closedActivity(event: HistoryEvent): number | undefined {
  const close =
    event.activityTaskCompletedEventAttributes ??
    event.activityTaskFailedEventAttributes ??
    event.activityTaskTimedOutEventAttributes ??
    event.activityTaskCanceledEventAttributes;
  return close?.scheduledEventId;
}
