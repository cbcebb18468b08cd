/** Names of the time zone database; an offset such as `+01:00` is none. */
const NAME = /^[A-Za-z][A-Za-z0-9_+\-/]*$/;

const formats = new Map<string, Intl.DateTimeFormat>();
/** Each costs some kilobytes; schedules of a server share a handful. */
const FORMATS_MAX = 500;

export function isTimeZone(zone: string): boolean {
  if (!NAME.test(zone)) return false;
  try {
    formatOf(zone);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** What the zone's clock is ahead of UTC at a time. */
export function offsetMs(zone: string, timeMs: number): number {
  if (zone === "UTC") return 0;
  const at: Record<string, number> = {};
  for (const { type, value } of formatOf(zone).formatToParts(timeMs)) at[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = at;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(timeMs / 1000) * 1000;
}

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (format === undefined) {
    const two = "2-digit";
    format = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      calendar: "gregory",
      numberingSystem: "latn",
      hourCycle: "h23",
      year: "numeric",
      month: two,
      day: two,
      hour: two,
      minute: two,
      second: two,
    });
    if (formats.size >= FORMATS_MAX) formats.clear();
    formats.set(zone, format);
  }
  return format;
}
