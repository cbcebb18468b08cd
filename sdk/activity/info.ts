import type { Priority, RetryPolicy } from "../common/index.ts";

/** One execution of an activity: see `activityInfo`. */
export interface Info {
  /** For completing the activity from elsewhere: see `CompleteAsyncError`. */
  readonly taskToken: Uint8Array;
  readonly base64TaskToken: string;
  readonly activityId: string;
  readonly activityType: string;
  /** @deprecated use `namespace` */
  readonly activityNamespace: string;
  /** From 1. */
  readonly attempt: number;
  readonly isLocal: boolean;
  /** Absent when no workflow called the activity. */
  readonly workflowExecution?: { readonly workflowId: string; readonly runId: string };
  /** @deprecated use `namespace` */
  readonly workflowNamespace?: string;
  /** Absent when no workflow called the activity. */
  readonly workflowType?: string;
  /** When the first attempt was scheduled, in milliseconds since the epoch. */
  readonly scheduledTimestampMs: number;
  readonly scheduleToCloseTimeoutMs: number;
  readonly startToCloseTimeoutMs: number;
  /** When this attempt was scheduled, in milliseconds since the epoch. */
  readonly currentAttemptScheduledTimestampMs: number;
  /** How long the activity may go without a heartbeat. */
  readonly heartbeatTimeoutMs?: number;
  /** What the attempt before said last: where to go on. */
  readonly heartbeatDetails: any;
  /** For a local activity, the workflow's. */
  readonly taskQueue: string;
  readonly priority?: Priority;
  readonly retryPolicy?: RetryPolicy;
  readonly namespace: string;
  /** Of an activity without a workflow. */
  readonly activityRunId?: string;
  readonly inWorkflow: boolean;
}
