/** Commands of code for tests. */
import type { ActivationCompletion, ScheduleLocalActivity, WorkflowCommand } from "../../workflow/activation.ts";

type Of<K extends WorkflowCommand["kind"]> = Extract<WorkflowCommand, { kind: K }>;

export function completion(...commands: WorkflowCommand[]): ActivationCompletion {
  return { status: "successful", commands, usedInternalFlags: [], versioningBehavior: 0 };
}

export const complete: WorkflowCommand = { kind: "completeWorkflowExecution", result: undefined };

export function startTimer(seq: number): WorkflowCommand {
  return { kind: "startTimer", seq, startToFireTimeoutMs: 1000 };
}

export function scheduleActivity(seq: number, fields: Partial<Of<"scheduleActivity">> = {}): Of<"scheduleActivity"> {
  return {
    kind: "scheduleActivity",
    seq,
    activityId: String(seq),
    activityType: "work",
    taskQueue: "queue",
    headers: {},
    arguments: [],
    scheduleToCloseTimeoutMs: undefined,
    scheduleToStartTimeoutMs: undefined,
    startToCloseTimeoutMs: 1000,
    heartbeatTimeoutMs: undefined,
    retryPolicy: undefined,
    cancellationType: "TRY_CANCEL",
    doNotEagerlyExecute: false,
    versioningIntent: 0,
    priority: undefined,
    ...fields,
  };
}

export function scheduleLocalActivity(seq: number, fields: Partial<ScheduleLocalActivity> = {}): ScheduleLocalActivity {
  return {
    kind: "scheduleLocalActivity",
    seq,
    activityId: String(seq),
    activityType: "work",
    attempt: 1,
    originalScheduleTimeMs: undefined,
    headers: {},
    arguments: [],
    scheduleToCloseTimeoutMs: undefined,
    scheduleToStartTimeoutMs: undefined,
    startToCloseTimeoutMs: 60_000,
    retryPolicy: undefined,
    localRetryThresholdMs: undefined,
    cancellationType: "TRY_CANCEL",
    ...fields,
  };
}
