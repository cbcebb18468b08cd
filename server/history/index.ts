export type {
  CallbackAnswer,
  CallbackCall,
  CallbackSender,
  HistoryEnv,
  Namespace,
  NamespaceDirectory,
} from "./env.ts";
export { createHistoryService } from "./history-service.ts";
export type { HistoryOptions, HistoryService } from "./history-service.ts";
export * from "./check/index.ts";
export { LaneUnavailableError } from "./kernel/index.ts";
export type { Limits } from "./limits.ts";
export type { ExecutionTime, RunWork } from "./work-observer.ts";
export { cronFault } from "./workflow/cron.ts";
export { retryPolicyFault, withRetryDefaults } from "./workflow/retry-policy-input.ts";
export { decodeTaskToken } from "./workflow/task-token.ts";
export { resetWorkflow } from "./workflow/reset/reset-workflow.ts";
export * from "./workflow/decisions/index.ts";
