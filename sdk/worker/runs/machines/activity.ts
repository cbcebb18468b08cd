/**
 * An activity that a worker somewhere runs.
 *
 *   asked for ──▶ scheduled ──▶ completed, failed, timed out, cancelled
 *       │             │
 *       ▼             ▼ cancellation is asked for
 *     (never)     TRY_CANCEL and ABANDON: over at once for the code; what history says later is not told
 */
import { EventType } from "../../../../api/gen/enums.js";
import {
  ActivityTaskCanceledEventAttributes,
  ActivityTaskCompletedEventAttributes,
  ActivityTaskFailedEventAttributes,
  ActivityTaskTimedOutEventAttributes,
} from "../../../../api/gen/messages.js";
import type { ActivityResolution, ScheduleActivity, WorkflowCommand } from "../../../workflow/activation.ts";
import { activityCancelled, activityFailed, activityTimedOut } from "../failures.ts";
import type { HistoryEvent } from "../history-event.ts";
import { takeBack } from "../run-state.ts";
import type { Begun, RunState } from "../run-state.ts";
import { optionalFailureFromBytes } from "../../../common/host/wire-failure.ts";
import { detailsOf, onlyPayload } from "../wire.ts";

export interface Activity extends Begun {
  readonly kind: "activity";
  readonly command: ScheduleActivity;
  scheduledEventId: number;
}

export function scheduleActivity(run: RunState, command: ScheduleActivity): void {
  const activity: Activity = { kind: "activity", command, start: undefined, scheduledEventId: 0 };
  run.begin(EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED, command, activity);
  run.activities.set(command.seq, activity);
}

export function requestCancelActivity(
  run: RunState,
  command: Extract<WorkflowCommand, { kind: "requestCancelActivity" }>,
): void {
  const activity = run.activities.get(command.seq);
  if (activity === undefined) return;
  const { cancellationType } = activity.command;
  const isNeverSent = takeBack(activity);
  if (!isNeverSent && cancellationType !== "ABANDON") {
    run.push(EventType.EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED, command, activity);
  }
  if (!isNeverSent && cancellationType === "WAIT_CANCELLATION_COMPLETED") return;
  const { activityId, activityType } = activity.command;
  const place = { scheduledEventId: activity.scheduledEventId };
  end(run, activity, {
    status: "cancelled",
    failure: activityCancelled(undefined, { activityId, activityType }, place),
  });
}

export function activityScheduled(run: RunState, activity: Activity, event: HistoryEvent): void {
  activity.scheduledEventId = event.id;
  if (run.activities.has(activity.command.seq)) run.byEventId.set(event.id, activity);
}

export function activityCompleted(run: RunState, event: HistoryEvent): void {
  const { scheduledEventId, result } = event.attributes(ActivityTaskCompletedEventAttributes);
  const activity = find(run, scheduledEventId);
  if (activity !== undefined) end(run, activity, { status: "completed", result: onlyPayload(result) });
}

export function activityTaskFailed(run: RunState, event: HistoryEvent): void {
  const attributes = event.attributes(ActivityTaskFailedEventAttributes);
  const activity = find(run, attributes.scheduledEventId);
  if (activity === undefined) return;
  const cause = optionalFailureFromBytes(attributes.failure);
  end(run, activity, { status: "failed", failure: activityFailed(cause, activity.command, attributes) });
}

export function activityTaskTimedOut(run: RunState, event: HistoryEvent): void {
  const attributes = event.attributes(ActivityTaskTimedOutEventAttributes);
  const activity = find(run, attributes.scheduledEventId);
  if (activity === undefined) return;
  const cause = optionalFailureFromBytes(attributes.failure);
  end(run, activity, { status: "failed", failure: activityTimedOut(cause, activity.command, attributes) });
}

export function activityTaskCanceled(run: RunState, event: HistoryEvent): void {
  const attributes = event.attributes(ActivityTaskCanceledEventAttributes);
  const activity = find(run, attributes.scheduledEventId);
  if (activity === undefined) return;
  const details = detailsOf(attributes.details);
  end(run, activity, { status: "cancelled", failure: activityCancelled(details, activity.command, attributes) });
}

function find(run: RunState, scheduledEventId: number): Activity | undefined {
  const activity = run.byEventId.get(scheduledEventId);
  return activity?.kind === "activity" ? activity : undefined;
}

function end(run: RunState, activity: Activity, result: ActivityResolution): void {
  const { seq } = activity.command;
  run.activities.delete(seq);
  run.byEventId.delete(activity.scheduledEventId);
  run.otherJobs.push({ kind: "resolveActivity", seq, isLocal: false, result });
}
