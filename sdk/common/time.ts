/** `google.protobuf.Timestamp` and `Duration` as plain objects, to and from milliseconds and dates. */
import { type Duration, msToNumber } from "./duration.ts";
import type { ProtoDuration } from "./payload.ts";

export { msOptionalToNumber, msToNumber } from "./duration.ts";
export type { Duration, StringValue } from "./duration.ts";

/** Seconds and nanoseconds, as in the wire's timestamps and durations. */
export interface Timestamp {
  seconds?: number | { toNumber(): number } | null;
  nanos?: number | null;
}

/** Milliseconds of a message. Throws when it is missing. */
export function tsToMs(ts: Timestamp | null | undefined): number {
  if (ts === undefined || ts === null) throw new Error(`Expected timestamp, got ${ts}`);
  const seconds = typeof ts.seconds === "object" && ts.seconds !== null ? ts.seconds.toNumber() : (ts.seconds ?? 0);
  return seconds * 1_000 + Math.floor((ts.nanos ?? 0) / 1_000_000);
}

/** Milliseconds of a message that may be missing. */
export function optionalTsToMs(ts: Timestamp | null | undefined): number | undefined {
  return ts === undefined || ts === null ? undefined : tsToMs(ts);
}

/** @throws TypeError that names the field when it is absent. */
export function requiredTsToMs(ts: Timestamp | null | undefined, fieldName: string): number {
  if (ts === undefined || ts === null) throw new TypeError(`Expected ${fieldName} to be a timestamp, got ${ts}`);
  return tsToMs(ts);
}

/** Towards zero, so that seconds and nanos of a negative duration have one sign. */
export function msNumberToTs(millis: number): ProtoDuration {
  const seconds = Math.trunc(millis / 1_000);
  const nanos = Math.round((millis - seconds * 1_000) * 1_000_000);
  return { seconds: seconds + 0, nanos: nanos + 0 };
}

/** The message of a duration. Throws TypeError when it is none. */
export function msToTs(duration: Duration): ProtoDuration {
  return msNumberToTs(msToNumber(duration));
}

/** The message of a duration that may be missing. */
export function msOptionalToTs(duration: Duration | undefined | null): ProtoDuration | undefined {
  return duration === undefined || duration === null ? undefined : msToTs(duration);
}

/** The time of a message. */
export function tsToDate(ts: Timestamp): Date {
  return new Date(tsToMs(ts));
}

/** The time of a message that may be missing. */
export function optionalTsToDate(ts: Timestamp | null | undefined): Date | undefined {
  return ts === undefined || ts === null ? undefined : tsToDate(ts);
}

/** The time of a message. Throws TypeError with the name of the field when it is missing. */
export function requiredTsToDate(ts: Timestamp | null | undefined, fieldName: string): Date {
  return new Date(requiredTsToMs(ts, fieldName));
}

/** The message of a time that may be missing. */
export function optionalDateToTs(date: Date | null | undefined): ProtoDuration | undefined {
  if (date === undefined || date === null) return undefined;
  const millis = date.getTime();
  const seconds = Math.floor(millis / 1_000);
  return { seconds, nanos: (millis - seconds * 1_000) * 1_000_000 };
}
