export { createMatching } from "./create-matching.ts";
export type { MatchingOptions } from "./create-matching.ts";
export type {
  Matching,
  Poll,
  PollCall,
  PollerInfo,
  QueuedTask,
  TaskQueueDescription,
  TaskStatistics,
  TaskQueueId,
  TaskQueueType,
} from "./matching.ts";
export type { QueueSettings } from "./queue-settings.ts";
export type { SpillOptions, SpillStore } from "./spiller.ts";
