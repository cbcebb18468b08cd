/** The times of a schedule, to and from the wire. */
import type { Input } from "../../../api/codec.ts";
import type {
  Range as WireRange,
  ScheduleSpec as WireSpec,
  StructuredCalendarSpec,
} from "../../../api/gen/messages.js";
import { msOptionalToTs, msToTs, optionalDateToTs, optionalTsToDate, optionalTsToMs } from "../../common/time.ts";
import {
  type CalendarSpec,
  type CalendarSpecDescription,
  DAYS_OF_WEEK,
  type LooseRange,
  MONTHS,
  type Range,
  type ScheduleSpec,
  type ScheduleSpecDescription,
} from "../schedule-types.ts";

type Unit = number | string;

interface Field {
  readonly name: Exclude<keyof CalendarSpec, "comment">;
  /** What a calendar that does not say has. */
  readonly unset: "*" | number;
  readonly all: readonly [start: number, end: number] | undefined;
  readonly names?: readonly string[];
  /** The number of the first name. */
  readonly firstName?: number;
}

const FIELDS: readonly Field[] = [
  { name: "second", unset: 0, all: [0, 59] },
  { name: "minute", unset: 0, all: [0, 59] },
  { name: "hour", unset: 0, all: [0, 23] },
  { name: "dayOfMonth", unset: "*", all: [1, 31] },
  { name: "month", unset: "*", all: [1, 12], names: MONTHS, firstName: 1 },
  // No range is every year.
  { name: "year", unset: "*", all: undefined },
  { name: "dayOfWeek", unset: "*", all: [0, 6], names: DAYS_OF_WEEK, firstName: 0 },
];

export function encodeSpec(spec: ScheduleSpec): Input<WireSpec> {
  return {
    structuredCalendar: spec.calendars?.map(encodeCalendar),
    interval: spec.intervals?.map(({ every, offset }) => ({ interval: msToTs(every), phase: msOptionalToTs(offset) })),
    cronString: spec.cronExpressions,
    excludeStructuredCalendar: spec.skip?.map(encodeCalendar),
    startTime: optionalDateToTs(spec.startAt),
    endTime: optionalDateToTs(spec.endAt),
    jitter: msOptionalToTs(spec.jitter),
    timezoneName: spec.timezone,
  };
}

export function decodeSpec(spec: WireSpec): ScheduleSpecDescription {
  return {
    calendars: spec.structuredCalendar.map(decodeCalendar),
    intervals: spec.interval.map(({ interval, phase }) => ({
      every: optionalTsToMs(interval) ?? 0,
      offset: optionalTsToMs(phase) ?? 0,
    })),
    skip: spec.excludeStructuredCalendar.map(decodeCalendar),
    startAt: optionalTsToDate(spec.startTime),
    endAt: optionalTsToDate(spec.endTime),
    jitter: optionalTsToMs(spec.jitter),
    timezone: spec.timezoneName,
  };
}

function encodeCalendar(calendar: CalendarSpec): Input<StructuredCalendarSpec> {
  const ranges = FIELDS.map((field) => {
    const given = (calendar[field.name] ?? field.unset) as LooseRange<Unit> | LooseRange<Unit>[] | "*";
    if (given === "*")
      return [field.name, field.all === undefined ? [] : [{ start: field.all[0], end: field.all[1], step: 1 }]];
    const list = Array.isArray(given) ? given : [given];
    return [field.name, list.map((range) => encodeRange(field, range))];
  });
  return { ...Object.fromEntries(ranges), comment: calendar.comment };
}

function encodeRange(field: Field, range: LooseRange<Unit>): Input<WireRange> {
  if (typeof range !== "object") {
    const value = numberOf(field, range);
    return { start: value, end: value, step: 1 };
  }
  const start = numberOf(field, range.start);
  return { start, end: range.end === undefined ? start : numberOf(field, range.end), step: range.step ?? 1 };
}

function numberOf({ name, names, firstName }: Field, value: Unit): number {
  if (typeof value === "number") return value;
  const at = names?.indexOf(value) ?? -1;
  if (at < 0) throw new TypeError(`Invalid CalendarSpec component for field ${name}: '${value}'`);
  return at + (firstName ?? 0);
}

function decodeCalendar(calendar: StructuredCalendarSpec): CalendarSpecDescription {
  const fields = FIELDS.map((field) => [field.name, calendar[field.name].map((range) => decodeRange(field, range))]);
  return { ...Object.fromEntries(fields), comment: calendar.comment } as CalendarSpecDescription;
}

function decodeRange({ names, firstName }: Field, range: WireRange): Range<Unit> {
  // A single value may come without its end, every step without its step.
  const { start, end, step } = range;
  const unit = (value: number): Unit => names?.[value - (firstName ?? 0)] ?? value;
  return { start: unit(start), end: unit(Math.max(start, end)), step: step || 1 };
}
