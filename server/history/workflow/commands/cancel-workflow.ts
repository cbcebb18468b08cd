import { EventType, WorkflowExecutionStatus, WorkflowTaskFailedCause } from "../../../../api/gen/enums.js";
import { closeRun } from "../machines/close.ts";
import { requireAttributes } from "./attributes.ts";
import type { CommandHandler } from "./command.ts";

export const cancelWorkflow: CommandHandler = ({ run, completedEventId }, command) => {
  const failedCause = WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_BAD_CANCEL_WORKFLOW_EXECUTION_ATTRIBUTES;
  const checks = { command: "CancelWorkflowExecutionCommand", failedCause, idBytesMax: run.limits.idBytesMax };
  const { details } = requireAttributes(checks, command.cancelWorkflowExecutionCommandAttributes);
  closeRun(
    run,
    { status: WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_CANCELED },
    {
      eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED,
      workflowExecutionCanceledEventAttributes: { workflowTaskCompletedEventId: completedEventId, details },
      eventGroupMarkers: command.eventGroupMarkers,
    },
  );
};
