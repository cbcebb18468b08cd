import type { Duration } from "./gen/messages.js";

type DurationInput = { readonly seconds?: number; readonly nanos?: number } | undefined;

/** 100 years: longer durations mean "for ever" and are cut to this, so that sums with a clock stay exact. */
export const DURATION_MS_MAX = 100 * 365 * 24 * 3600 * 1000;
/** What protobuf allows a duration to hold: 10,000 years. */
const SECONDS_MAX = 315_576_000_000;

/** Milliseconds, fractions included, as a duration. */
export function duration(ms: number): Duration {
  const seconds = Math.trunc(ms / 1000);
  return { seconds, nanos: Math.round((ms - seconds * 1000) * 1e6) };
}

/** As `duration`; 0 and nothing stand for "not set". */
export function optionalDuration(ms: number | undefined): Duration | undefined {
  return ms === undefined || ms === 0 ? undefined : duration(ms);
}

/** Milliseconds, rounded up so that a short duration is not none at all; an absent duration is 0. */
export function durationMs(value: DurationInput): number {
  if (value === undefined) return 0;
  const ms = (value.seconds ?? 0) * 1000 + Math.ceil((value.nanos ?? 0) / 1e6);
  return Math.min(ms, DURATION_MS_MAX);
}

/** What a bad duration is called in messages of the service; undefined when it is fine. */
export function durationFaultText(value: DurationInput): string | undefined {
  const fault = durationFault(value);
  if (fault === undefined) return undefined;
  return fault === "has seconds and nanos of different sign"
    ? "duration has seconds and nanos with different signs"
    : "negative duration";
}

/** What is wrong with a duration that a client sent, or nothing: a sentence's end, such as `is negative`. */
export function durationFault(value: DurationInput): string | undefined {
  if (value === undefined) return undefined;
  const { seconds = 0, nanos = 0 } = value;
  if ((seconds < 0 && nanos > 0) || (seconds > 0 && nanos < 0)) return "has seconds and nanos of different sign";
  if (Math.abs(seconds) > SECONDS_MAX || Math.abs(nanos) > 999_999_999) return "is out of range";
  return seconds < 0 || nanos < 0 ? "is negative" : undefined;
}
