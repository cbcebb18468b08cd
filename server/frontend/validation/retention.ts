import { durationFault, durationMs } from "../../../api/duration.ts";
import { invalidArgument } from "../../../api/errors.ts";
import type { Duration } from "../../../api/gen/messages.js";

/** `system.namespaceMinRetentionLocal` */
const RETENTION_MS_MIN = 3600 * 1000;

/** How long closed workflows are kept, in milliseconds. */
export function checkRetention(retention: Duration | undefined): number {
  const ms = durationMs(retention);
  if (durationFault(retention) !== undefined || ms < RETENTION_MS_MIN)
    throw invalidArgument("A valid retention period is not set on request.");
  return ms;
}
