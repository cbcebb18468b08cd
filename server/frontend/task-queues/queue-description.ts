import type { Input } from "../../../api/codec.ts";
import { duration } from "../../../api/duration.ts";
import { RateLimitSource } from "../../../api/gen/enums.js";
import type {
  DescribeTaskQueueResponse_EffectiveRateLimit,
  PollerInfo,
  TaskQueueConfig,
  TaskQueueStats,
} from "../../../api/gen/messages.js";
import { timestamp } from "../../../api/timestamp.ts";
import type { TaskQueueDescription, TaskStatistics } from "../../matching/index.ts";

/** What clients are told when nobody has set a limit: there is none here. */
const POLLER_RATE_DEFAULT = 100_000;
const QUEUE_RATE_DEFAULT = 1_000;
const PRIORITY_KEY_DEFAULT = 3;

export function pollerInfos({ pollers }: TaskQueueDescription): Input<PollerInfo>[] {
  return pollers.map(({ identity, lastAccessAt, ratePerSecond = POLLER_RATE_DEFAULT }) => ({
    identity,
    lastAccessTime: timestamp(lastAccessAt),
    ratePerSecond,
  }));
}

export function queueStats(known: TaskStatistics): Input<TaskQueueStats> {
  return {
    approximateBacklogCount: known.backlogCount,
    approximateBacklogAge: duration(known.backlogAgeMs),
    tasksAddRate: known.addedPerSecond,
    tasksDispatchRate: known.handedOutPerSecond,
    rateLimitingActive: known.isLimited,
  };
}

/** The default priority is told of even when it was never used. */
export function statsByPriority({ byPriority }: TaskQueueDescription): Record<number, Input<TaskQueueStats>> {
  const known = byPriority.map((statistics) => [statistics.priority, queueStats(statistics)]);
  return { [PRIORITY_KEY_DEFAULT]: { approximateBacklogAge: duration(0) }, ...Object.fromEntries(known) };
}

/** The operator's limit goes before that of the worker which polled last. */
export function effectiveRate(
  { workerRatePerSecond }: TaskQueueDescription,
  config: TaskQueueConfig | undefined,
): Input<DescribeTaskQueueResponse_EffectiveRateLimit> & { readonly requestsPerSecond: number } {
  const set = config?.queueRateLimit?.rateLimit;
  if (set !== undefined)
    return { requestsPerSecond: set.requestsPerSecond, rateLimitSource: RateLimitSource.RATE_LIMIT_SOURCE_API };
  if (workerRatePerSecond !== undefined)
    return { requestsPerSecond: workerRatePerSecond, rateLimitSource: RateLimitSource.RATE_LIMIT_SOURCE_WORKER };
  return { requestsPerSecond: QUEUE_RATE_DEFAULT, rateLimitSource: RateLimitSource.RATE_LIMIT_SOURCE_SYSTEM };
}
