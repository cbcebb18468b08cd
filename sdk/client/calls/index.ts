/** What clients load with their first call: everything that knows the API's messages. */
export { cancelActivity, completeActivity, failActivity, heartbeatActivity } from "./async-completion.ts";
export {
  createSchedule,
  deleteSchedule,
  describeSchedule,
  listSchedules,
  patchSchedule,
  updateSchedule,
} from "./schedules.ts";
export {
  activityResult,
  countActivities,
  describeActivity,
  listActivities,
  pauseActivity,
  requestCancelActivity,
  startActivity,
  terminateActivity,
  unpauseActivity,
  updateActivityOptions,
} from "./activities.ts";
export {
  cancelNexusOperation,
  countNexusOperations,
  describeNexusOperation,
  listNexusOperations,
  nexusOperationResult,
  startNexusOperation,
  terminateNexusOperation,
} from "./nexus-operations.ts";
export { executionInfo } from "./execution-info.ts";
export { countWorkflows, fetchHistory, listWorkflows } from "./list.ts";
export {
  cancelWorkflow,
  describeWorkflow,
  queryWorkflow,
  signalWorkflow,
  terminateWorkflow,
} from "./messages-to-workflow.ts";
export { workflowResult } from "./result.ts";
export { signalWithStart, startWorkflow } from "./start.ts";
export { pollUpdate, startUpdate, startUpdateWithStart, updateResult } from "./updates.ts";
export { decodeUserMetadata } from "./values.ts";
