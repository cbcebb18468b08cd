/**
 * Cron schedules of workflows, in the dialect that Temporal's users know: five fields, `@hourly` and its like,
 * `@every 90s`, and a zone by `CRON_TZ=Europe/Vienna` before them.
 */
import { nextFieldTime } from "./cron-next.ts";
import { parseCron } from "./cron-schedule.ts";
import type { CronSchedule } from "./cron-schedule.ts";

/** Delay from the close of a cron run to its next one. */
export interface CronRun {
  /** When its first task could begin: after the backoff, for beats are counted from the one that the run came at. */
  readonly startMs: number;
  readonly closeMs: number;
}

/** undefined when the schedule has no further time. Whole seconds, rounded up: a run never starts before its time. */
export function cronBackoffMs(schedule: string, run: CronRun): number | undefined {
  const parsed = parseCron(schedule);
  if (parsed.kind === "fault") return undefined;
  const next = nextTime(parsed, run);
  return next === undefined ? undefined : Math.ceil((next - run.closeMs) / 1000) * 1000;
}

/** undefined when the schedule can be read; else the words in which Temporal refuses it. */
export function cronFault(schedule: string): string | undefined {
  return parseCron(schedule).kind === "fault" ? "invalid CronSchedule." : undefined;
}

function nextTime(
  schedule: Exclude<CronSchedule, { kind: "fault" }>,
  { startMs, closeMs }: CronRun,
): number | undefined {
  if (schedule.kind === "fields") return nextFieldTime(schedule, Math.max(startMs, closeMs));
  // Counted from the run's start, so that a long run misses beats but does not shift them.
  const base = Math.floor(startMs / 1000) * 1000;
  const beats = Math.max(1, Math.floor((closeMs - base) / schedule.everyMs) + 1);
  return base + beats * schedule.everyMs;
}
