/** When a run must be looked at again, derived from its state alone, and what happens then. */
import type { Entity, Due } from "../kernel/index.ts";
import type { ActivityPart, RunState, TimerPart } from "../gen/messages.js";
import { WorkflowExecutionStatus } from "../../../api/gen/enums.js";
import {
  dispatchActivity,
  dueActivity,
  fireDueActivities,
  isActivityPinned,
  isActivityWaiting,
} from "./machines/activity.ts";
import { dueCallbacks, fireDueCallbacks } from "./machines/callback.ts";
import { fireDueTimers } from "./machines/timer.ts";
import { dueFastForward, endFastForward } from "./machines/time-skipping.ts";
import { endBackoff, timeOutRun } from "./machines/run-timeouts.ts";
import {
  dispatchWorkflowTask,
  scheduleWorkflowTask,
  shortenSticky,
  timeOutStartedTask,
  timeOutStickyTask,
} from "./machines/workflow-task.ts";
import { partPrefix } from "./parts.ts";
import type { Run } from "./run.ts";
import { WORKFLOW_TASK_KIND } from "./task-kinds.ts";

const NEVER = Number.POSITIVE_INFINITY;

export function dueOfRun(entity: Entity<RunState>): Due {
  const { state } = entity;
  if (state.status !== WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING) return dueAfterClose(entity);
  let memory = state.runExpiresAt === 0 ? NEVER : state.runExpiresAt;
  let stored = NEVER;
  if (state.executionExpiresAt !== 0) memory = Math.min(memory, state.executionExpiresAt);
  if (state.backoff) memory = Math.min(memory, state.executionTime);
  const task = state.workflowTask;
  if (task !== undefined) {
    if (task.startedEventId !== 0) memory = Math.min(memory, task.startedAt + task.timeoutMs);
    else if (task.stickyName !== "") memory = Math.min(memory, task.stickyExpiresAt);
    if (task.startedEventId === 0 && task.kind !== WORKFLOW_TASK_KIND.speculative) stored = task.scheduledAt;
  }
  for (const timer of entity.parts.ofSort<TimerPart>(partPrefix.timer).values())
    memory = Math.min(memory, timer.firesAt);
  const isPaused = state.pause !== undefined;
  for (const activity of entity.parts.ofSort<ActivityPart>(partPrefix.activity).values()) {
    memory = Math.min(memory, dueActivity(activity, isPaused));
    const isOffered = isActivityWaiting(activity) && activity.pause === undefined && !isPaused;
    if (isOffered || isActivityPinned(activity)) stored = Math.min(stored, activity.scheduledAt);
  }
  if (state.timeSkipping !== undefined) memory = Math.min(memory, dueFastForward(state));
  stored = Math.min(stored, memory);
  const offset = state.clockOffsetMs;
  return {
    memory: memory === NEVER ? undefined : memory - offset,
    stored: stored === NEVER ? undefined : stored - offset,
  };
}

/** Whoever is to be told of the end. */
function dueAfterClose({ state, parts }: Entity<RunState>): Due {
  if (state.callbackCount === 0) return { memory: undefined, stored: undefined };
  const [memory, stored] = [dueCallbacks(parts, "memory"), dueCallbacks(parts, "stored")];
  return {
    memory: memory === NEVER ? undefined : memory - state.clockOffsetMs,
    stored: stored === NEVER ? undefined : stored - state.clockOffsetMs,
  };
}

/** Fires whatever of the run is due. */
export function fireDue(run: Run): void {
  if (!run.isRunning) {
    fireDueCallbacks(run);
    return;
  }
  const { state, now } = run;
  if (timeOutRun(run)) return;
  if (state.backoff && state.executionTime <= now) endBackoff(run);
  if (state.timeSkipping !== undefined) endFastForward(run);
  fireDueTask(run);
  fireDueTimers(run);
  fireDueActivities(run);
}

function fireDueTask(run: Run): void {
  const { state, now } = run;
  const task = state.workflowTask;
  if (task === undefined) return;
  if (task.startedEventId !== 0 && task.startedAt + task.timeoutMs <= now) {
    timeOutStartedTask(run);
    scheduleWorkflowTask(run);
  } else if (task.startedEventId === 0 && task.stickyName !== "" && task.stickyExpiresAt <= now) timeOutStickyTask(run);
}

/** After a restart: what the state says is waiting for a worker is handed out again. */
export function recoverRun(run: Run): void {
  if (!run.isRunning) {
    fireDueCallbacks(run);
    return;
  }
  shortenSticky(run);
  dispatchWorkflowTask(run);
  for (const [, activity] of run.view.partsOf<ActivityPart>(partPrefix.activity))
    if (isActivityWaiting(activity)) dispatchActivity(run, activity);
}
