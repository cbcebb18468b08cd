export { cancelWorkflow } from "./cancel-workflow.ts";
export { discardRun, expireRun } from "./remove-run.ts";
export { deleteWorkflow } from "./delete-workflow.ts";
export { describeWorkflow } from "./describe-workflow.ts";
export { resetSticky } from "./reset-sticky.ts";
export {
  cancelActivityTask,
  completeActivityTask,
  failActivityTask,
  heartbeatActivityTask,
} from "./answer-activity-task.ts";
export type { ActivityName } from "./answer-activity-task.ts";
export { takeBackTask } from "./take-back-task.ts";
export { startPolledActivityTask } from "./poll-activity-task.ts";
export { completeWorkflowTask } from "./complete-workflow-task.ts";
export { failWorkflowTask } from "./fail-workflow-task.ts";
export { getHistoryReverse } from "./get-history-reverse.ts";
export { getHistory } from "./get-history.ts";
export { isCurrentTask, startPolledQueryTask, startPolledWorkflowTask } from "./poll-workflow-task.ts";
export { completeQueryTask, queryWorkflow } from "./query.ts";
export { signalWithStart } from "./signal-with-start.ts";
export { signalWorkflow } from "./signal-workflow.ts";
export { startWorkflow } from "./start-workflow.ts";
export { terminateWorkflow } from "./terminate-workflow.ts";
export { executeUpdateWithStart, operationFailure } from "./multi-operation.ts";
export { pauseActivities, resetActivities, unpauseActivities, updateActivityOptions } from "./operate-activity.ts";
export type { ActivityTarget } from "./operate-activity.ts";
export { pauseWorkflow, unpauseWorkflow } from "./pause-workflow.ts";
export { pollTimeSkipping } from "./poll-time-skipping.ts";
export { updateOptions } from "./update-options.ts";
export { pollUpdate } from "./poll-update.ts";
export { updateWorkflow } from "./update.ts";
