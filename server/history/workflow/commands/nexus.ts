import { WorkflowTaskFailedCause } from "../../../../api/gen/enums.js";
import { bad, requireAttributes } from "./attributes.ts";
import type { CommandHandler } from "./command.ts";

/** There are no Nexus endpoints on this server: every endpoint is an unknown one. */
export const scheduleNexusOperation: CommandHandler = ({ run }, command) => {
  const failedCause = WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_BAD_SCHEDULE_NEXUS_OPERATION_ATTRIBUTES;
  const checks = { command: "ScheduleNexusOperationCommand", failedCause, idBytesMax: run.limits.idBytesMax };
  const { endpoint } = requireAttributes(checks, command.scheduleNexusOperationCommandAttributes);
  throw bad(checks, `endpoint ${JSON.stringify(endpoint)} not found`);
};

/** No operation was ever scheduled, so there is none to cancel. */
export const cancelNexusOperation: CommandHandler = ({ run }, command) => {
  const failedCause = WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_BAD_REQUEST_CANCEL_NEXUS_OPERATION_ATTRIBUTES;
  const checks = { command: "RequestCancelNexusOperationCommand", failedCause, idBytesMax: run.limits.idBytesMax };
  const { scheduledEventId } = requireAttributes(checks, command.requestCancelNexusOperationCommandAttributes);
  throw bad(
    checks,
    `requested cancelation for a non-existing or already completed operation with scheduled event ID of ${scheduledEventId}`,
  );
};
