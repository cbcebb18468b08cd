export type {
  LocalActivityAttempt,
  LocalActivityResult,
  LocalActivityRunner,
  RunningAttempt,
} from "./local-activity-execution.ts";
export { RunCache } from "./run-cache.ts";
export type { RunCacheLimits } from "./run-cache.ts";
export { replayHistory } from "./replay-history.ts";
export type { ReplayParts } from "./replay-history.ts";
export type { DriverParts } from "./run-driver.ts";
export type { SdkName } from "./run-machine.ts";
export type { RunIdentity } from "./run-state.ts";
export type { FetchHistory, HistoryPage } from "./task-history.ts";
export { PAYLOADS_TOO_LARGE } from "./task-failure.ts";
export { handleWorkflowTask } from "./workflow-task.ts";
export type { TaskDependencies, TaskOutcome } from "./workflow-task.ts";
