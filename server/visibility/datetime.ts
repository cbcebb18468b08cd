const RFC_3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:[.,](\d+))?(?:Z|([+-])(\d\d):(\d\d))$/;

/** Microseconds since the epoch of an RFC 3339 time (finer digits are cut off), or undefined when it is none. */
export function parseDatetime(text: string): number | bigint | undefined {
  const found = RFC_3339.exec(text);
  if (found === null) return undefined;
  const [year, month, day, hour, minute, second] = found.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const offsetHours = Number(found[9] ?? 0);
  const offsetMinutes = Number(found[10] ?? 0);
  if (hour > 23 || minute > 59 || second > 59 || offsetHours > 24 || offsetMinutes > 59) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  // A day that the month has not got would have moved into the next one.
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  date.setUTCHours(hour, minute, second);
  const offsetMs = (offsetHours * 60 + offsetMinutes) * 60_000 * (found[8] === "-" ? -1 : 1);
  const micros = (found[7] ?? "").slice(0, 6).padEnd(6, "0");
  return compactInteger(BigInt(date.getTime() - offsetMs) * 1000n + BigInt(micros));
}

/** Microseconds of a count of nanoseconds since the epoch. */
export function microsOfNanos(nanos: bigint): number | bigint {
  const micros = nanos / 1000n;
  return compactInteger(nanos % 1000n < 0n ? micros - 1n : micros);
}

/** A number where it is exact, else a bigint. */
export function compactInteger(value: bigint): number | bigint {
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
}
