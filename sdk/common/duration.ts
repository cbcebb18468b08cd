/** Durations as users write them: milliseconds, or text in the grammar of the `ms` package. */

type Unit =
  | "Years"
  | "Year"
  | "Yrs"
  | "Yr"
  | "Y"
  | "Weeks"
  | "Week"
  | "W"
  | "Days"
  | "Day"
  | "D"
  | "Hours"
  | "Hour"
  | "Hrs"
  | "Hr"
  | "H"
  | "Minutes"
  | "Minute"
  | "Mins"
  | "Min"
  | "M"
  | "Seconds"
  | "Second"
  | "Secs"
  | "Sec"
  | "s"
  | "Milliseconds"
  | "Millisecond"
  | "Msecs"
  | "Msec"
  | "Ms";
type UnitAnyCase = Unit | Uppercase<Unit> | Lowercase<Unit>;

/** Text such as `'30 days'`, `'1.5h'`, `'10s'`. A bare number is milliseconds. */
export type StringValue = `${number}` | `${number}${UnitAnyCase}` | `${number} ${UnitAnyCase}`;

/** A number of milliseconds, or text such as `'30 days'`. */
export type Duration = StringValue | number;

const SECOND = 1_000;
const DAY = 86_400 * SECOND;
const UNITS: readonly (readonly [names: string, ms: number])[] = [
  ["years year yrs yr y", 365.25 * DAY],
  ["weeks week w", 7 * DAY],
  ["days day d", DAY],
  ["hours hour hrs hr h", 3_600 * SECOND],
  ["minutes minute mins min m", 60 * SECOND],
  ["seconds second secs sec s", SECOND],
  ["milliseconds millisecond msecs msec ms", 1],
];
const MS_OF_UNIT = new Map(UNITS.flatMap(([names, ms]) => names.split(" ").map((name) => [name, ms] as const)));

const FORM = /^(-?(?:\d+)?\.?\d+) *([a-z]+)?$/i;

/**
 * Milliseconds of a duration.
 *
 * @throws TypeError when it is text of another form.
 */
export function msToNumber(duration: Duration): number {
  if (typeof duration === "number") return duration;
  if (typeof duration === "string" && duration.length <= 100) {
    const match = FORM.exec(duration);
    const unit = MS_OF_UNIT.get((match?.[2] ?? "ms").toLowerCase());
    if (match !== null && unit !== undefined) return Number(match[1]) * unit;
  }
  throw new TypeError(`Invalid duration string: '${String(duration)}'`);
}

/** Milliseconds of a duration that may be missing. Throws TypeError when it is none. */
export function msOptionalToNumber(duration: Duration | undefined | null): number | undefined {
  return duration === undefined || duration === null ? undefined : msToNumber(duration);
}
