import { EventType, WorkflowExecutionStatus, WorkflowTaskFailedCause } from "../../../../api/gen/enums.js";
import { closeRun } from "../machines/close.ts";
import { continuationOf } from "../machines/retry-or-cron.ts";
import { createSuccessor } from "../machines/successor.ts";
import { requireAttributes } from "./attributes.ts";
import type { CommandHandler } from "./command.ts";
import { limitBlobs } from "./payload-limits.ts";

export const completeWorkflow: CommandHandler = ({ run, completedEventId }, command) => {
  const failedCause = WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_BAD_COMPLETE_WORKFLOW_EXECUTION_ATTRIBUTES;
  const checks = { command: "CompleteWorkflowExecutionCommand", failedCause, idBytesMax: run.limits.idBytesMax };
  const { result } = requireAttributes(checks, command.completeWorkflowExecutionCommandAttributes);
  // Temporal gives this case the cause of another command; its users may have come to know it by that.
  const oversizeCause = WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_BAD_SCHEDULE_ACTIVITY_ATTRIBUTES;
  limitBlobs(run, { command: "CompleteWorkflowExecutionCommandAttributes.Result", failedCause: oversizeCause }, [
    result,
  ]);
  const { succession } = continuationOf(run, { result, isFailed: false });
  const successorRunId = succession === undefined ? undefined : run.tx.runId();
  closeRun(
    run,
    { status: WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_COMPLETED, successorRunId },
    {
      eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED,
      workflowExecutionCompletedEventAttributes: {
        result,
        workflowTaskCompletedEventId: completedEventId,
        newExecutionRunId: successorRunId,
      },
      userMetadata: command.userMetadata,
      eventGroupMarkers: command.eventGroupMarkers,
    },
  );
  if (succession !== undefined) createSuccessor(run, successorRunId as string, succession);
};
