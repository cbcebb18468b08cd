import { Code, invalidArgument, ServiceError } from "../../../api/errors.ts";
import { durationMs } from "../../../api/duration.ts";
import type { TimeSkippingConfig } from "../../../api/gen/messages.js";
import type { Frontend } from "../frontend.ts";

export function requireTimeSkipping(frontend: Frontend): void {
  if (!frontend.allowsTimeSkipping)
    throw new ServiceError(Code.UNIMPLEMENTED, "The Time-Skipping feature is not enabled for namespace.");
}

export function checkTimeSkipping(frontend: Frontend, config: TimeSkippingConfig | undefined): void {
  if (config === undefined) return;
  requireTimeSkipping(frontend);
  const { enabled, fastForwardConfig } = config;
  if (fastForwardConfig === undefined) return;
  if (!enabled) throw invalidArgument("time_skipping_config: cannot set fast_forward when enabled is false");
  checkFastForwardId(fastForwardConfig.id);
  if (durationMs(fastForwardConfig.duration) <= 0)
    throw invalidArgument("Time skipping config invalid: fast_forward duration must be positive");
}

export function checkFastForwardId(id: string): void {
  if (id === "") throw invalidArgument("Time skipping config invalid: fast_forward_id must be set");
}
