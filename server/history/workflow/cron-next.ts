import type { CronFields } from "./cron-schedule.ts";
import { offsetMs } from "./time-zone.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** A schedule without a time in the next five years has none, as everywhere where this dialect is spoken. */
const SEARCH_DAYS_MAX = 5 * 366;

/**
 * The first time after `afterMs` that the fields name. Days are counted by the zone's calendar. An hour that the clock
 * skips has no times; one that it repeats has each of its times twice.
 */
export function nextFieldTime(fields: CronFields, afterMs: number): number | undefined {
  const { zone } = fields;
  let day = Math.floor((afterMs + offsetMs(zone, afterMs)) / DAY_MS);
  for (const last = day + SEARCH_DAYS_MAX; day <= last; day++) {
    if (!fitsDay(fields, day)) continue;
    const found = firstOfDay(fields, day * DAY_MS, afterMs);
    if (found !== undefined) return found;
  }
  return undefined;
}

function fitsDay(fields: CronFields, day: number): boolean {
  const date = new Date(day * DAY_MS);
  if (!fields.months.has(date.getUTCMonth() + 1)) return false;
  const fitsMonthDay = fields.daysOfMonth.has(date.getUTCDate());
  const fitsWeekDay = fields.daysOfWeek.has(date.getUTCDay());
  return fields.eitherDay ? fitsMonthDay || fitsWeekDay : fitsMonthDay && fitsWeekDay;
}

/** `midnight` is the day's beginning on the zone's clock, written as if that were UTC. */
function firstOfDay(fields: CronFields, midnight: number, afterMs: number): number | undefined {
  const { zone } = fields;
  // The zone's offsets on that day, give or take one: two of them when the clock is put forward or back.
  const offsets = new Set([offsetMs(zone, midnight - DAY_MS), offsetMs(zone, midnight + 2 * DAY_MS)]);
  let first: number | undefined;
  for (const offset of offsets) {
    for (const local of localTimes(fields, midnight)) {
      const time = local - offset;
      if (time <= afterMs || (first !== undefined && time >= first)) continue;
      if (offsets.size > 1 && offsetMs(zone, time) !== offset) continue;
      first = time;
      if (offsets.size === 1) return first;
    }
  }
  return first;
}

function* localTimes(fields: CronFields, midnight: number): Generator<number> {
  for (let hour = 0; hour < 24; hour++) {
    if (!fields.hours.has(hour)) continue;
    for (let minute = 0; minute < 60; minute++)
      if (fields.minutes.has(minute)) yield midnight + (hour * 60 + minute) * MINUTE_MS;
  }
}
