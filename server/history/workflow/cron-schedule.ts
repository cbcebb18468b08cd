import { amountsMs } from "../../../base/index.ts";
import { isTimeZone } from "./time-zone.ts";

export interface CronFields {
  readonly kind: "fields";
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
  readonly daysOfMonth: ReadonlySet<number>;
  /** 1 to 12. */
  readonly months: ReadonlySet<number>;
  /** 0 is Sunday. */
  readonly daysOfWeek: ReadonlySet<number>;
  /** Both day fields are restricted: a day that fits one of them is enough. */
  readonly eitherDay: boolean;
  readonly zone: string;
}

export type CronSchedule =
  | CronFields
  | { readonly kind: "every"; readonly everyMs: number }
  | { readonly kind: "fault"; readonly reason: string };

interface Bounds {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const FIELDS: readonly Bounds[] = [
  { name: "minute", min: 0, max: 59 },
  { name: "hour", min: 0, max: 23 },
  { name: "day of month", min: 1, max: 31 },
  { name: "month", min: 1, max: 12, names: MONTHS },
  { name: "day of week", min: 0, max: 6, names: DAYS },
];

const NICKNAMES: Readonly<Record<string, string>> = {
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
  "@monthly": "0 0 1 * *",
  "@weekly": "0 0 * * 0",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@hourly": "0 * * * *",
};

const EVERY = "@every ";
const ZONE = /^(?:CRON_)?TZ=(\S*)\s+/;

/** What a schedule may cost to keep: real ones are short. */
const TEXT_LENGTH_MAX = 1_000;

class CronFault extends Error {}

export function parseCron(text: string): CronSchedule {
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof CronFault) return { kind: "fault", reason: error.message };
    throw error;
  }
}

function parse(text: string): CronSchedule {
  if (text.length > TEXT_LENGTH_MAX) throw new CronFault("the schedule is too long");
  const prefix = ZONE.exec(text);
  const zone = prefix?.[1] ?? "UTC";
  if (!isTimeZone(zone)) throw new CronFault(`there is no time zone ${zone}`);
  const spec = text.slice(prefix?.[0].length ?? 0).trim();
  if (spec.startsWith(EVERY)) return { kind: "every", everyMs: everyMs(spec.slice(EVERY.length)) };
  if (spec.startsWith("@") && NICKNAMES[spec] === undefined) throw new CronFault(`${spec} is no schedule`);
  return parseFields((NICKNAMES[spec] ?? spec).split(/\s+/), zone);
}

function parseFields(fields: readonly string[], zone: string): CronFields {
  if (fields.length !== FIELDS.length || fields[0] === "")
    throw new CronFault(`a schedule has ${FIELDS.length} fields`);
  const [minutes, hours, daysOfMonth, months, daysOfWeek] = fields.map((field, at) =>
    parseField(field, FIELDS[at] as Bounds),
  ) as [Field, Field, Field, Field, Field];
  return {
    kind: "fields",
    minutes: minutes.values,
    hours: hours.values,
    daysOfMonth: daysOfMonth.values,
    months: months.values,
    daysOfWeek: daysOfWeek.values,
    eitherDay: !daysOfMonth.isStar && !daysOfWeek.isStar,
    zone,
  };
}

interface Field {
  readonly values: ReadonlySet<number>;
  /** Says "any", so that the other day field decides alone. */
  readonly isStar: boolean;
}

function parseField(text: string, bounds: Bounds): Field {
  const values = new Set<number>();
  let isStar = false;
  for (const part of text.split(",")) {
    const range = parseRange(part, bounds);
    if (range.isStar) isStar = true;
    for (let value = range.from; value <= range.to; value += range.step) values.add(value);
  }
  return { values, isStar };
}

interface Range {
  readonly from: number;
  readonly to: number;
  readonly step: number;
  readonly isStar: boolean;
}

/** `*`, `5`, `1-5`, each with `/2` behind it; `5/2` goes on to the field's end. */
function parseRange(text: string, bounds: Bounds): Range {
  const [ends = "", stepText, ...moreSteps] = text.split("/");
  const [low = "", high, ...moreEnds] = ends.split("-");
  if (moreSteps.length > 0 || moreEnds.length > 0) throw new CronFault(`${text} is no range`);
  const step = stepText === undefined ? 1 : wholeNumber(stepText);
  if (step === 0) throw new CronFault(`the step of ${text} is 0`);
  if (low === "*" || low === "?") return { from: bounds.min, to: bounds.max, step, isStar: step === 1 };
  const from = valueOf(low, bounds);
  const last = stepText === undefined ? from : bounds.max;
  const to = high === undefined ? last : valueOf(high, bounds);
  if (from < bounds.min || to > bounds.max || from > to) throw new CronFault(`${text} is no ${bounds.name}`);
  return { from, to, step, isStar: false };
}

function valueOf(text: string, bounds: Bounds): number {
  const at = bounds.names?.indexOf(text.toLowerCase()) ?? -1;
  return at >= 0 ? at + bounds.min : wholeNumber(text);
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new CronFault(`${text} is no number`);
  return Number(text);
}

/** Whole seconds, at least one. */
function everyMs(text: string): number {
  const ms = amountsMs(text);
  if (ms === undefined) throw new CronFault(`${text} is no duration`);
  return Math.max(1_000, Math.floor(ms / 1_000) * 1_000);
}
