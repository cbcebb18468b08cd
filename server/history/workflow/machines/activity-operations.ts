/**
 * What operators do to a pending activity: pause, unpause, reset, change its options.
 *
 * 1. A paused activity has no time-outs. One that waits is offered to nobody; one that runs goes on, its worker learns of the
 *    pause by its heartbeat, and what follows a failure waits for the end of the pause, even beyond the last attempt.
 * 2. Whatever changes a waiting activity gives it a new stamp, so that tasks handed out before are stale.
 * 3. The types of paused activities are a search attribute of the run: paused-activities.ts.
 *
 *            pause                     unpause, reset
 *   pending ───────► pending, paused ──────────────────► pending, from its first attempt if asked for
 */
import { failedPrecondition } from "../../../../api/errors.ts";
import type { ActivityPart } from "../../gen/messages.js";
import { partKey } from "../parts.ts";
import type { Run } from "../run.ts";
import { dispatchActivity, isActivityWaiting } from "./activity.ts";
import { withOriginalOptions } from "./activity-options.ts";

const NO_BYTES = new Uint8Array(0);

export interface PauseActivity {
  readonly identity: string;
  readonly reason: string;
  readonly requestId: string;
}

export function pauseActivity(run: Run, activity: ActivityPart, { identity, reason, requestId }: PauseActivity): void {
  if (activity.pause !== undefined) throw failedPrecondition("activity is already paused");
  const isWaiting = isActivityWaiting(activity);
  run.view.setPart(partKey.activity(activity.scheduledEventId), {
    ...activity,
    pause: { identity, reason, requestId, pausedAt: run.now },
    ...(isWaiting ? { stamp: activity.stamp + 1, dispatched: false } : { startWriteAt: 0 }),
  });
}

/** How an activity begins anew. */
export interface Renewal {
  readonly resetAttempts: boolean;
  readonly resetHeartbeat: boolean;
  /** How long its next attempt may be put off, by chance. */
  readonly jitterMs: number;
}

export function unpauseActivity(run: Run, activity: ActivityPart, renewal: Renewal): void {
  if (activity.pause === undefined) return;
  const unpaused = { ...activity, pause: undefined };
  if (isActivityWaiting(activity)) {
    offerAnew(run, unpaused, renewal);
    return;
  }
  run.view.setPart(partKey.activity(activity.scheduledEventId), {
    ...unpaused,
    ...(renewal.resetHeartbeat ? WITHOUT_HEARTBEAT : undefined),
    attempt: renewal.resetAttempts ? 1 : activity.attempt,
    startWriteAt: 0,
  });
}

export interface ResetActivity extends Renewal {
  readonly keepPaused: boolean;
  readonly restoreOptions: boolean;
}

/** One that runs may still end; its worker learns of the reset by its heartbeat. */
export function resetActivity(run: Run, given: ActivityPart, reset: ResetActivity): void {
  const restored = reset.restoreOptions ? withOriginalOptions(given) : given;
  const activity: ActivityPart = { ...restored, pause: reset.keepPaused ? given.pause : undefined };
  if (isActivityWaiting(activity)) {
    offerAnew(run, activity, reset);
    return;
  }
  run.view.setPart(partKey.activity(activity.scheduledEventId), {
    ...activity,
    attempt: 1,
    reset: true,
    resetHeartbeat: reset.resetHeartbeat,
    startWriteAt: 0,
  });
}

const WITHOUT_HEARTBEAT = { rawHeartbeatDetails: NO_BYTES, heartbeatAt: 0 } as const;

/** A waiting activity is offered to workers at once, or within its jitter; not while it is paused. */
function offerAnew(run: Run, activity: ActivityPart, renewal: Renewal): void {
  const offered: ActivityPart = {
    ...activity,
    ...(renewal.resetHeartbeat ? WITHOUT_HEARTBEAT : undefined),
    attempt: renewal.resetAttempts ? 1 : activity.attempt,
    stamp: activity.stamp + 1,
    scheduledAt: run.now + jitter(run, renewal.jitterMs),
    rawLastFailure: NO_BYTES,
    retryIntervalMs: 0,
    requestId: "",
    dispatched: false,
  };
  run.view.setPart(partKey.activity(activity.scheduledEventId), offered);
  dispatchActivity(run, offered);
}

/** Chance comes in as ids do. */
function jitter(run: Run, jitterMs: number): number {
  if (jitterMs === 0) return 0;
  return Math.floor((Number.parseInt(run.tx.uuid().slice(0, 8), 16) / 2 ** 32) * jitterMs);
}
