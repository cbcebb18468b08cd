import { durationFault } from "../../../api/duration.ts";
import type { Duration } from "../../../api/gen/messages.js";

/** What a bad duration is called in messages; undefined when the duration is fine. */
export function durationText(value: Duration | undefined): string | undefined {
  const fault = durationFault(value);
  if (fault === undefined) return undefined;
  return fault === "has seconds and nanos of different sign"
    ? "duration has seconds and nanos with different signs"
    : "negative duration";
}
