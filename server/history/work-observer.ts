/**
 * What the executions of a server are busy with, told to whoever skips idle time.
 *
 * 1. Work is everything that goes on without waiting for a time: tasks that workers hold or may get, messages on their
 *    way between executions. A retry that waits, a timer and a time-out are no work: they fall due.
 * 2. What is due but not handled yet is reported by the kernel (`onFiring`); so at every moment each thing that will
 *    happen is due, or being handled, or work.
 */
import type { Clock } from "../../base/index.ts";
import { WorkflowExecutionStatus } from "../../api/gen/enums.js";
import type { TaskQueueId } from "../matching/matching.ts";
import type { ActivityPart, RunState } from "./gen/messages.js";
import { OUTBOX_PREFIX } from "./kernel/index.ts";
import type { Entity, KernelObserver } from "./kernel/index.ts";
import { isActivityWaiting } from "./workflow/machines/activity.ts";
import { partPrefix } from "./workflow/parts.ts";
import { WORKFLOW_KIND_ID } from "./workflow/workflow-kind.ts";

export interface RunWork {
  /** Workflow tasks that workers hold, and messages on their way. */
  readonly tasks: number;
  /** Activities that workers hold. */
  readonly activities: number;
  /** The queues in which tasks of the run wait for a worker, once for each task. */
  readonly waiting: readonly TaskQueueId[];
  readonly isRunning: boolean;
  /** It has ended, no run goes on in its place, and no parent waits for it. */
  readonly isLast: boolean;
}

/** The time of executions in a server that skips what is idle. */
export interface ExecutionTime {
  readonly clock: Clock;
  /** `key` names the run in this process; undefined: the run is deleted. */
  onWork(key: number, work: RunWork | undefined): void;
  onFiring(): void;
  onFired(): void;
  /** Everything that was decided is committed. */
  onSettled(): void;
}

export function workObserver(time: ExecutionTime): KernelObserver {
  return {
    onChange(entity) {
      if (entity.kind.id === WORKFLOW_KIND_ID)
        time.onWork(keyOf(entity), workOf(entity as unknown as Entity<RunState>));
    },
    onDelete: (entity) => time.onWork(keyOf(entity), undefined),
    onFiring: () => time.onFiring(),
    onFired: () => time.onFired(),
    onSettled: () => time.onSettled(),
  };
}

/** Ids are given by a lane, of which a server that skips time has one. */
function keyOf({ identity }: Entity): number {
  return identity.id;
}

export function workOf(entity: Entity<RunState>): RunWork {
  const { state, identity, parts } = entity;
  const isRunning = state.status === WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING;
  const waiting: TaskQueueId[] = [];
  let tasks = parts.ofSort(OUTBOX_PREFIX).size;
  let activities = 0;
  const { namespace } = identity;
  const task = state.workflowTask;
  if (isRunning && task !== undefined) {
    if (task.startedEventId !== 0) tasks++;
    else waiting.push({ namespace, type: "workflow", name: task.stickyName || state.taskQueue });
  }
  if (isRunning) {
    for (const activity of parts.ofSort<ActivityPart>(partPrefix.activity).values()) {
      if (!isActivityWaiting(activity)) activities++;
      else if (activity.dispatched) waiting.push({ namespace, type: "activity", name: activity.taskQueue });
    }
  }
  const isLast = !isRunning && state.newRunId === "" && state.parent === undefined;
  return { tasks, activities, waiting, isRunning, isLast };
}
