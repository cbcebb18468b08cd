export type { HistoryEnv, Namespace, NamespaceDirectory } from "./env.ts";
export { createHistoryService } from "./history-service.ts";
export type { HistoryOptions, HistoryService } from "./history-service.ts";
export * from "./check/index.ts";
export { LaneUnavailableError } from "./kernel/index.ts";
export type { Limits } from "./limits.ts";
export type { ExecutionTime, RunWork } from "./work-observer.ts";
export { cancelWorkflow } from "./workflow/decisions/cancel-workflow.ts";
export { discardRun, expireRun } from "./workflow/decisions/remove-run.ts";
export { deleteWorkflow } from "./workflow/decisions/delete-workflow.ts";
export { describeWorkflow } from "./workflow/decisions/describe-workflow.ts";
export { resetSticky } from "./workflow/decisions/reset-sticky.ts";
export { cronFault } from "./workflow/cron.ts";
export { retryPolicyFault, withRetryDefaults } from "./workflow/retry-policy-input.ts";
export { decodeTaskToken } from "./workflow/task-token.ts";
export {
  cancelActivityTask,
  completeActivityTask,
  failActivityTask,
  heartbeatActivityTask,
} from "./workflow/decisions/answer-activity-task.ts";
export type { ActivityName } from "./workflow/decisions/answer-activity-task.ts";
export { takeBackTask } from "./workflow/decisions/take-back-task.ts";
export { startPolledActivityTask } from "./workflow/decisions/poll-activity-task.ts";
export { completeWorkflowTask } from "./workflow/decisions/complete-workflow-task.ts";
export { failWorkflowTask } from "./workflow/decisions/fail-workflow-task.ts";
export { getHistoryReverse } from "./workflow/decisions/get-history-reverse.ts";
export { getHistory } from "./workflow/decisions/get-history.ts";
export { startPolledQueryTask, startPolledWorkflowTask } from "./workflow/decisions/poll-workflow-task.ts";
export { completeQueryTask, queryWorkflow } from "./workflow/decisions/query.ts";
export { resetWorkflow } from "./workflow/reset/reset-workflow.ts";
export { signalWithStart } from "./workflow/decisions/signal-with-start.ts";
export { signalWorkflow } from "./workflow/decisions/signal-workflow.ts";
export { startWorkflow } from "./workflow/decisions/start-workflow.ts";
export { terminateWorkflow } from "./workflow/decisions/terminate-workflow.ts";
export { executeUpdateWithStart, operationFailure } from "./workflow/decisions/multi-operation.ts";
export {
  pauseActivities,
  resetActivities,
  unpauseActivities,
  updateActivityOptions,
} from "./workflow/decisions/operate-activity.ts";
export type { ActivityTarget } from "./workflow/decisions/operate-activity.ts";
export { pauseWorkflow, unpauseWorkflow } from "./workflow/decisions/pause-workflow.ts";
export { pollTimeSkipping } from "./workflow/decisions/poll-time-skipping.ts";
export { updateOptions } from "./workflow/decisions/update-options.ts";
export { pollUpdate } from "./workflow/decisions/poll-update.ts";
export { updateWorkflow } from "./workflow/decisions/update.ts";
