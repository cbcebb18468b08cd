import type { ActivityPart } from "../../gen/messages.js";
import type { Run } from "../run.ts";

/** Earliest time at which something happens to the activity by itself: retry, time-out, writing down of a lazy start. */
export function dueActivity(_activity: ActivityPart): number {
  return Number.POSITIVE_INFINITY;
}

/** Offered to workers and not taken yet. */
export function isActivityWaiting(activity: ActivityPart): boolean {
  return activity.startedAt === 0;
}

/** Hands the activity's task to matching once it is durable. */
export function dispatchActivity(_run: Run, _activity: ActivityPart): void {}

/** Time-outs, retries and lazy starts that are due. */
export function fireDueActivities(_run: Run): void {}
