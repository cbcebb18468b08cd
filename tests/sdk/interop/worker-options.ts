/** What workers of both SDKs are made with. */

export type SdkName = "ours" | "official";

export interface WorkerShape {
  readonly taskQueue: string;
  /** 0 for a worker that forgets every run after each of its tasks. */
  readonly maxCachedWorkflows?: number;
  /** Workflows and their local activities, other activities, or both, which is the default. */
  readonly runs?: "workflows" | "activities";
}

export const workflowsPath = new URL("../workflows/index.ts", import.meta.url);

/** A worker's `identity` is the name of its SDK. */
export function workerOptions(identity: SdkName, { runs, ...given }: WorkerShape) {
  return {
    ...given,
    identity,
    enableNonLocalActivities: runs !== "workflows",
    shutdownGraceTime: "1s",
    // A task that waits for the cache of a worker that has been stopped waits no longer than this.
    stickyQueueScheduleToStartTimeout: "500ms",
    maxHeartbeatThrottleInterval: "50ms",
    defaultHeartbeatThrottleInterval: "50ms",
  } as const;
}
