import type { Timestamp } from "./gen/messages.js";

/** 9999-12-31T23:59:59.999Z, the last moment that a protobuf timestamp may name. */
export const TIMESTAMP_MS_MAX = 253_402_300_799_999;

/** Milliseconds since the epoch, fractions included, as a timestamp. */
export function timestamp(ms: number): Timestamp {
  const seconds = Math.floor(ms / 1000);
  const nanos = Math.round((ms - seconds * 1000) * 1e6);
  return nanos < 1e9 ? { seconds, nanos } : { seconds: seconds + 1, nanos: 0 };
}

/** As `timestamp`; 0 and nothing stand for "not set". */
export function optionalTimestamp(ms: number | undefined): Timestamp | undefined {
  return ms === undefined || ms === 0 ? undefined : timestamp(ms);
}

/** Whole milliseconds since the epoch, rounded down; an absent timestamp is 0. Far future is capped. */
export function timestampMs(value: { readonly seconds?: number; readonly nanos?: number } | undefined): number {
  if (value === undefined) return 0;
  const ms = (value.seconds ?? 0) * 1000 + Math.floor((value.nanos ?? 0) / 1e6);
  return Math.min(ms, TIMESTAMP_MS_MAX);
}
