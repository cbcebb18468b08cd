/** Which errors of a poll pass by themselves, and how long to wait. */

import {
  ABORTED,
  CANCELLED,
  DATA_LOSS,
  DEADLINE_EXCEEDED,
  INTERNAL,
  OUT_OF_RANGE,
  RESOURCE_EXHAUSTED,
  UNAVAILABLE,
  UNKNOWN,
} from "../../connection/status-codes.ts";

const PASSING = new Set([
  CANCELLED,
  UNKNOWN,
  DEADLINE_EXCEEDED,
  RESOURCE_EXHAUSTED,
  ABORTED,
  OUT_OF_RANGE,
  INTERNAL,
  UNAVAILABLE,
  DATA_LOSS,
]);

export function codeOf(error: unknown): number | undefined {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return typeof code === "number" ? code : undefined;
}

export function isPassing(error: unknown): boolean {
  return PASSING.has(codeOf(error) ?? Number.NaN);
}

const FIRST_MS = 100;
const MOST_MS = 5_000;
const FACTOR = 1.7;

/** The pause before the next poll after so many failed ones. */
export function pollBackoffMs(failures: number): number {
  return Math.min(MOST_MS, FIRST_MS * FACTOR ** Math.max(0, failures - 1));
}
