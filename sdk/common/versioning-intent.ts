/**
 * Whether a command is to run on a worker of a compatible build id (`COMPATIBLE`) or on the task queue's default one
 * (`DEFAULT`). Deprecated in favour of worker deployments.
 */
export type VersioningIntent = "COMPATIBLE" | "DEFAULT";

const NUMBERS = { COMPATIBLE: 1, DEFAULT: 2 } as const;

/** The number of an intent; 0 is unspecified. */
export function versioningIntentToProto(intent: VersioningIntent | undefined): number {
  return intent === undefined ? 0 : NUMBERS[intent];
}
