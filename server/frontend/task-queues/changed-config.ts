import type {
  RateLimitConfig,
  TaskQueueConfig,
  UpdateTaskQueueConfigRequest,
  UpdateTaskQueueConfigRequest_RateLimitUpdate,
} from "../../../api/gen/messages.js";
import { invalidArgument } from "../../../api/errors.ts";
import { timestamp } from "../../../api/timestamp.ts";

export const WEIGHTS_MAX = 1_000;

/** What a checked request makes of a queue's configuration. */
export function changedConfig(
  config: TaskQueueConfig,
  request: UpdateTaskQueueConfigRequest,
  now: number,
): TaskQueueConfig {
  const { identity, updateQueueRateLimit: queue, updateFairnessKeyRateLimitDefault: keys } = request;
  return {
    ...config,
    queueRateLimit: queue === undefined ? config.queueRateLimit : changedLimit(queue, identity, now),
    fairnessKeysRateLimitDefault:
      keys === undefined ? config.fairnessKeysRateLimitDefault : changedLimit(keys, identity, now),
    fairnessWeightOverrides: changedWeights(config, request),
  };
}

/** A limit that is taken back leaves who did it and why. */
function changedLimit(
  { rateLimit, reason }: UpdateTaskQueueConfigRequest_RateLimitUpdate,
  updateIdentity: string,
  now: number,
): RateLimitConfig {
  const limit = rateLimit === undefined ? undefined : { requestsPerSecond: rateLimit.requestsPerSecond };
  return { rateLimit: limit, metadata: { reason, updateIdentity, updateTime: timestamp(now) } };
}

function changedWeights(
  { fairnessWeightOverrides: before }: TaskQueueConfig,
  { setFairnessWeightOverrides: set, unsetFairnessWeightOverrides: unset }: UpdateTaskQueueConfigRequest,
): Record<string, number> {
  const weights = new Map([...Object.entries(before), ...Object.entries(set)]);
  for (const key of unset) weights.delete(key);
  if (weights.size > WEIGHTS_MAX)
    throw invalidArgument("fairness weight overrides update rejected: exceeding maximum key size");
  return Object.fromEntries(weights);
}
