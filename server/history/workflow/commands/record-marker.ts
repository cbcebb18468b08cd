import { EventType, WorkflowTaskFailedCause } from "../../../../api/gen/enums.js";
import { requireAttributes, requireId } from "./attributes.ts";
import type { CommandHandler } from "./command.ts";
import { limitBlobs } from "./payload-limits.ts";

export const recordMarker: CommandHandler = (context, command) => {
  const { run, completedEventId } = context;
  const checks = {
    command: "RecordMarkerCommand",
    failedCause: WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_BAD_RECORD_MARKER_ATTRIBUTES,
    idBytesMax: run.limits.idBytesMax,
  };
  const { markerName, details, header, failure } = requireAttributes(checks, command.recordMarkerCommandAttributes);
  requireId(checks, "MarkerName", markerName);
  limitBlobs(
    run,
    { command: "RecordMarkerCommandAttributes.Details", failedCause: checks.failedCause },
    Object.values(details),
  );
  run.addEvent({
    eventType: EventType.EVENT_TYPE_MARKER_RECORDED,
    markerRecordedEventAttributes: {
      markerName,
      details,
      workflowTaskCompletedEventId: completedEventId,
      header,
      failure,
    },
    userMetadata: command.userMetadata,
    eventGroupMarkers: command.eventGroupMarkers,
  });
};
