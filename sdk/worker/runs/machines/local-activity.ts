/**
 * A local activity: this worker runs it while a workflow task is open, and history keeps nothing of it but a marker with
 * its end.
 *
 *   asked for ──▶ running ──▶ completed, failed, cancelled, or to be tried again after a timer
 *       │            │
 *       │            ▼ TRY_CANCEL and ABANDON: over at once for the code
 *       ▼
 *    replay: the marker tells the end; without one it runs (again)
 *
 * 1. Ends are told one per activation, in the order of their markers, so that a replay gives the code the same turns.
 * 2. The marker is written when the end is told, and found in a replay by `seq`, wherever it stands among the others.
 */
import { EventType } from "../../../../api/gen/enums.js";
import type { Payload, ProtoFailure } from "../../../common/payload.ts";
import type { ActivityResolution, CommandMetadata, ScheduleLocalActivity } from "../../../workflow/activation.ts";
import { isCancelled, localActivityFailure, localActivityGivenUp } from "../failures.ts";
import type { LocalActivityMarker } from "../markers.ts";
import type { Begun, RunState } from "../run-state.ts";

export interface LocalActivity extends Begun {
  readonly kind: "localActivity";
  readonly command: ScheduleLocalActivity & CommandMetadata;
  /** When the task in which it was asked for began, by the workflow's clock. */
  readonly askedAtMs: number;
  /** By the worker's clock; set when it begins to run. */
  scheduledAtMs: number | undefined;
  isRunning: boolean;
  isCancelRequested: boolean;
  end: LocalActivityEnd | undefined;
}

/** How it ended: what its marker says. */
export interface LocalActivityEnd {
  readonly attempt: number;
  readonly result?: Payload | undefined;
  readonly failure?: ProtoFailure | undefined;
  /** Until its next attempt, when that is too far away for one task. */
  readonly backoffMs?: number | undefined;
  /** undefined when it was given up before it ended. */
  readonly completeTimeMs?: number | undefined;
  readonly originalScheduleTimeMs: number | undefined;
}

export function scheduleLocalActivity(run: RunState, command: ScheduleLocalActivity & CommandMetadata): void {
  run.locals.set(command.seq, {
    kind: "localActivity",
    command,
    askedAtMs: run.nowMs,
    start: undefined,
    scheduledAtMs: undefined,
    isRunning: false,
    isCancelRequested: false,
    end: undefined,
  });
}

/** Whether it is over with that for the code; if not, the one who runs it is to be told. */
export function cancelLocalActivity(run: RunState, local: LocalActivity): void {
  const { cancellationType, attempt } = local.command;
  local.isCancelRequested = true;
  const upcoming = run.upcomingEnds.get(local.command.seq);
  // One that was cancelled before it ran ended at this very point, and its marker says so: a replay must neither let what
  // follows come first, nor end one that ran on into a later task.
  const isNeverRun =
    upcoming === undefined ? !run.isReplaying && !local.isRunning : upcoming.completeTimeMs === undefined;
  if (!isNeverRun && cancellationType === "WAIT_CANCELLATION_COMPLETED") return;
  endLocalActivity(run, local, {
    attempt,
    failure: localActivityGivenUp(),
    originalScheduleTimeMs: local.command.originalScheduleTimeMs ?? local.scheduledAtMs ?? local.askedAtMs,
  });
}

/** Tells the code, and has the marker written. */
export function endLocalActivity(run: RunState, local: LocalActivity, end: LocalActivityEnd): void {
  local.end = end;
  run.locals.delete(local.command.seq);
  run.endedLocals.set(local.command.seq, local);
  run.upcomingEnds.delete(local.command.seq);
  if (end.completeTimeMs !== undefined) run.nowMs = Math.max(run.nowMs, end.completeTimeMs);
  run.begin(EventType.EVENT_TYPE_MARKER_RECORDED, { kind: "recordLocalActivity", activity: local }, local);
  run.otherJobs.push({
    kind: "resolveActivity",
    seq: local.command.seq,
    isLocal: true,
    result: resolution(local, end),
  });
}

function resolution(local: LocalActivity, end: LocalActivityEnd): ActivityResolution {
  if (end.backoffMs !== undefined) {
    return {
      status: "backoff",
      attempt: end.attempt + 1,
      backoffMs: end.backoffMs,
      originalScheduleTimeMs: end.originalScheduleTimeMs ?? local.askedAtMs,
    };
  }
  if (end.failure === undefined) return { status: "completed", result: end.result };
  const failure = localActivityFailure(end.failure, local.command);
  return { status: isCancelled(end.failure) ? "cancelled" : "failed", failure };
}

/** The end that a marker tells. */
export function endOfMarker(marker: LocalActivityMarker): LocalActivityEnd {
  const { attempt, result, failure, backoffMs, completeTimeMs, originalScheduleTimeMs } = marker;
  return { attempt, result, failure, backoffMs, completeTimeMs, originalScheduleTimeMs };
}
