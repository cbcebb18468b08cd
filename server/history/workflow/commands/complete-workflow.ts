import { EventType, WorkflowExecutionStatus, WorkflowTaskFailedCause } from "../../../../api/gen/enums.js";
import { closeRun } from "../machines/close.ts";
import { CommandError } from "./command.ts";
import type { CommandHandler } from "./command.ts";

export const completeWorkflow: CommandHandler = (context, command) => {
  const attributes = command.completeWorkflowExecutionCommandAttributes;
  if (attributes === undefined) {
    throw new CommandError(WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_BAD_COMPLETE_WORKFLOW_EXECUTION_ATTRIBUTES, "CompleteWorkflowExecutionCommandAttributes is not set on CompleteWorkflowExecutionCommand.");
  }
  const { run, completedEventId } = context;
  closeRun(run, { status: WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_COMPLETED }, () =>
    run.addEvent({
      eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED,
      workflowExecutionCompletedEventAttributes: { result: attributes.result, workflowTaskCompletedEventId: completedEventId },
    }),
  );
};
