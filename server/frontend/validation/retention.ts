import { durationFault, durationMs } from "../../../api/duration.ts";
import { invalidArgument } from "../../../api/errors.ts";
import { namespaceSettings } from "../../dynamic-config/index.ts";
import type { Frontend } from "../frontend.ts";
import type { Duration } from "../../../api/gen/messages.js";

/** How long closed workflows are kept, in milliseconds. */
export function checkRetention({ config }: Frontend, retention: Duration | undefined): number {
  const ms = durationMs(retention);
  if (durationFault(retention) !== undefined || ms < config.get(namespaceSettings.retentionMinMs))
    throw invalidArgument("A valid retention period is not set on request.");
  return ms;
}
