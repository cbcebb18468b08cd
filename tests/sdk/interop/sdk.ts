/** What the tests ask of either SDK. */
import type { ToldRun } from "./tell-story.ts";
import type { WorkerShape } from "./worker-options.ts";

export interface RunningWorker {
  stop(): Promise<void>;
}

export interface Sdk {
  start(shape: WorkerShape): Promise<RunningWorker>;
  /** Workflow id → what is wrong with its history, "" for nothing. */
  replay(runs: readonly ToldRun[]): Promise<ReadonlyMap<string, string>>;
  close(): Promise<void>;
}
