import { EventType, WorkflowExecutionStatus, WorkflowTaskFailedCause } from "../../../../api/gen/enums.js";
import { closeRun } from "../machines/close.ts";
import { continuationOf } from "../machines/retry-or-cron.ts";
import { createSuccessor } from "../machines/successor.ts";
import { bad, requireAttributes } from "./attributes.ts";
import type { CommandHandler } from "./command.ts";
import { limitBlobs } from "./payload-limits.ts";

export const failWorkflow: CommandHandler = ({ run, completedEventId }, command) => {
  const failedCause = WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_BAD_FAIL_WORKFLOW_EXECUTION_ATTRIBUTES;
  const checks = { command: "FailWorkflowExecutionCommand", failedCause, idBytesMax: run.limits.idBytesMax };
  const { failure } = requireAttributes(checks, command.failWorkflowExecutionCommandAttributes);
  if (failure === undefined) throw bad(checks, "Failure is not set on FailWorkflowExecutionCommand.");
  limitBlobs(run, { command: "FailWorkflowExecutionCommandAttributes.Failure", failedCause }, [failure]);
  const { retryState, succession } = continuationOf(run, { failure, isFailed: true });
  const successorRunId = succession === undefined ? undefined : run.tx.runId();
  closeRun(
    run,
    { status: WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_FAILED, successorRunId },
    {
      eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED,
      workflowExecutionFailedEventAttributes: {
        failure,
        retryState: retryState as never,
        workflowTaskCompletedEventId: completedEventId,
        newExecutionRunId: successorRunId,
      },
      userMetadata: command.userMetadata,
      eventGroupMarkers: command.eventGroupMarkers,
    },
  );
  if (succession !== undefined) createSuccessor(run, successorRunId as string, succession);
};
