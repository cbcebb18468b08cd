import { invalidArgument } from "../../../api/errors.ts";
import type { WorkflowExecutionOptions } from "../../../api/gen/messages.js";
import type { Frontend } from "../frontend.ts";
import { checkPriority } from "./priority.ts";
import { checkTimeSkipping } from "./time-skipping.ts";

/** Options of a run that a client wants changed; which of them, says a mask. */
export function checkExecutionOptions(frontend: Frontend, options: WorkflowExecutionOptions | undefined): void {
  checkTimeSkipping(frontend, options?.timeSkippingConfig);
  checkPriority(options?.priority);
  const override = options?.versioningOverride;
  if (override === undefined) return;
  const { pinned, autoUpgrade, oneTime } = override;
  if (pinned === undefined && autoUpgrade === undefined && oneTime === undefined)
    throw invalidArgument("override behavior is required");
  if (pinned !== undefined && pinned.version === undefined)
    throw invalidArgument("must provide version if override is pinned.");
}
