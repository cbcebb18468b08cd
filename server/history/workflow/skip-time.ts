import type { ActivityPart } from "../gen/messages.js";
import { OUTBOX_PREFIX } from "../kernel/index.ts";
import { dueOfRun } from "./due.ts";
import { isActivityWaiting } from "./machines/activity.ts";
import { moveTo } from "./machines/time-skipping.ts";
import { partPrefix } from "./parts.ts";
import type { Run } from "./run.ts";

/** The end of a decision: a run that skips time, and has nothing in flight, goes on to what is due next. */
export function skipTime(run: Run): void {
  if (!run.isRunning || run.state.timeSkipping?.enabled !== true || !run.view.isTouched || isBusy(run)) return;
  const due = dueOfRun(run.view.entity).memory;
  if (due === undefined) return;
  const target = due + run.state.clockOffsetMs;
  if (target > run.view.now) moveTo(run, target);
}

function isBusy(run: Run): boolean {
  const { state, view } = run;
  if (state.workflowTask !== undefined) return true;
  for (const sort of [partPrefix.child, partPrefix.externalSignal, partPrefix.externalCancel, OUTBOX_PREFIX])
    if (view.partsOf(sort).size > 0) return true;
  for (const activity of view.partsOf<ActivityPart>(partPrefix.activity).values())
    if (!isActivityWaiting(activity) || activity.scheduledAt <= view.now) return true;
  return false;
}
