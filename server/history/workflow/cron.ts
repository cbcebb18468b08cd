/** Delay from the close of a cron run to its next one. */
export interface CronRun {
  readonly startMs: number;
  readonly closeMs: number;
}

/** undefined when the schedule has no further time. */
export function cronBackoffMs(_schedule: string, _run: CronRun): number | undefined {
  return undefined;
}

/** undefined when the schedule can be read; else what is wrong with it. */
export function cronFault(_schedule: string): string | undefined {
  return undefined;
}
