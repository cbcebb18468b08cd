/**
 * A paused run: nobody works on it until somebody unpauses it.
 *
 * 1. It has no workflow task that waits: one that did is taken back, none is scheduled. A task that a worker holds goes on;
 *    until it ends, the event of the pause is buffered as any other.
 * 2. Its activities are offered to nobody; those that run go on. Timers fire, time-outs fall due, signals are recorded.
 * 3. The search attribute `TemporalPauseInfo` names the run and the reason.
 *
 *            pause               unpause
 *   running ───────► paused ─────────────► running, with a workflow task
 */
import { failedPrecondition } from "../../../../api/errors.ts";
import { EventType, WorkflowTaskFailedCause } from "../../../../api/gen/enums.js";
import type { ActivityPart } from "../../gen/messages.js";
import { partPrefix } from "../parts.ts";
import type { Run } from "../run.ts";
import { dispatchActivity, isActivityWaiting } from "./activity.ts";
import { showPausedActivities } from "./paused-activities.ts";
import { SERVER_IDENTITY } from "./server-identity.ts";
import { ensureWorkflowTask } from "./workflow-task.ts";

export interface PauseRun {
  readonly identity: string;
  readonly reason: string;
  readonly requestId: string;
}

/** The same request again changes nothing. */
export function pauseRun(run: Run, { identity, reason, requestId }: PauseRun): void {
  const { state } = run;
  if (state.pause !== undefined) {
    if (requestId !== "" && state.pause.requestId === requestId) return;
    throw failedPrecondition("workflow is already paused.");
  }
  dropWaitingTask(run);
  state.pause = { identity, reason, requestId, pausedAt: run.now };
  run.addEvent({
    eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_PAUSED,
    workerMayIgnore: true,
    workflowExecutionPausedEventAttributes: { identity, reason, requestId },
  });
  showPausedActivities(run);
  run.touchVisibility();
}

/** Only a task whose scheduling the history tells leaves an event. */
function dropWaitingTask(run: Run): void {
  const { state } = run;
  const task = state.workflowTask;
  if (task === undefined || task.startedEventId !== 0) return;
  state.workflowTask = undefined;
  run.view.touch();
  if (!task.scheduledWritten) return;
  run.addEvent({
    eventType: EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED,
    workflowTaskFailedEventAttributes: {
      scheduledEventId: task.scheduledEventId,
      cause: WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_WORKFLOW_PAUSE_REQUESTED_BEFORE_TASK_STARTED,
      identity: SERVER_IDENTITY,
    },
  });
}

export function unpauseRun(run: Run, { identity, reason, requestId }: PauseRun): void {
  const { state } = run;
  if (state.pause === undefined) throw failedPrecondition("workflow is not paused.");
  state.pause = undefined;
  run.addEvent({
    eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UNPAUSED,
    workerMayIgnore: true,
    workflowExecutionUnpausedEventAttributes: { identity, reason, requestId },
  });
  showPausedActivities(run);
  run.touchVisibility();
  ensureWorkflowTask(run);
  for (const [, activity] of run.view.partsOf<ActivityPart>(partPrefix.activity))
    if (isActivityWaiting(activity)) dispatchActivity(run, activity);
}
