import { invalidArgument } from "../../../api/errors.ts";
import type { RetryPolicy } from "../../../api/gen/messages.js";
import { retryPolicyFault, withRetryDefaults } from "../../history/index.ts";

/** The policy with the server's defaults where it says nothing. */
export function checkRetryPolicy(policy: RetryPolicy | undefined): RetryPolicy | undefined {
  if (policy === undefined) return undefined;
  const fault = retryPolicyFault(policy);
  if (fault !== undefined) throw invalidArgument(fault);
  return withRetryDefaults(policy);
}
