export { createMatching } from "./create-matching.ts";
export type { MatchingOptions } from "./create-matching.ts";
export type {
  Matching,
  Poll,
  PollCall,
  PollerInfo,
  QueuedTask,
  TaskQueueDescription,
  TaskQueueId,
  TaskQueueType,
} from "./matching.ts";
export type { SpillOptions, SpillStore } from "./spiller.ts";
