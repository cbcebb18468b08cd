import type { Input } from "../../../api/codec.ts";
import { duration } from "../../../api/duration.ts";
import { RateLimitSource, TaskQueueType } from "../../../api/gen/enums.js";
import type {
  DescribeTaskQueueResponse,
  DescribeTaskQueueResponse_EffectiveRateLimit,
  TaskQueueStatus,
} from "../../../api/gen/messages.js";
import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import { timestamp } from "../../../api/timestamp.ts";
import type { PollerInfo, TaskQueueDescription } from "../../matching/index.ts";
import type { Frontend } from "../frontend.ts";
import { requireNamespace } from "../validation/namespace.ts";
import { checkTaskQueue } from "../validation/task-queue.ts";

const UNVERSIONED = { currentVersion: "__unversioned__", updateTime: { seconds: -62_135_596_800, nanos: 0 } };
/** What clients are told when nobody has set a limit: there is none here. */
const POLLER_RATE_DEFAULT = 100_000;
const QUEUE_RATE_DEFAULT = 1_000;
const PRIORITY_KEY_DEFAULT = 3;

export function describeTaskQueue(frontend: Frontend): WorkflowServiceHandlers["describeTaskQueue"] {
  return async (request) => {
    const namespace = requireNamespace(frontend, request.namespace);
    const { name } = checkTaskQueue(frontend, request.taskQueue);
    const type = request.taskQueueType === TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY ? "activity" : "workflow";
    const description = await frontend.matching.describe({ namespace: namespace.number, type, name });
    const rateLimit = effectiveRate(description.pollers);
    return {
      pollers: description.pollers.map(({ identity, lastAccessAt, ratePerSecond = POLLER_RATE_DEFAULT }) => ({
        identity,
        lastAccessTime: timestamp(lastAccessAt),
        ratePerSecond,
      })),
      versioningInfo: UNVERSIONED,
      effectiveRateLimit: rateLimit,
      ...(request.reportStats ? stats(description) : undefined),
      taskQueueStatus: request.includeTaskQueueStatus
        ? oldStatus(description, rateLimit.requestsPerSecond ?? 0)
        : undefined,
    };
  };
}

function effectiveRate(pollers: readonly PollerInfo[]): Input<DescribeTaskQueueResponse_EffectiveRateLimit> {
  const rates = pollers.flatMap(({ ratePerSecond }) => ratePerSecond ?? []);
  if (rates.length === 0)
    return { requestsPerSecond: QUEUE_RATE_DEFAULT, rateLimitSource: RateLimitSource.RATE_LIMIT_SOURCE_SYSTEM };
  return { requestsPerSecond: Math.min(...rates), rateLimitSource: RateLimitSource.RATE_LIMIT_SOURCE_WORKER };
}

function stats({
  backlogCount,
  backlogAgeMs,
  byPriority,
  addedPerSecond,
  handedOutPerSecond,
}: TaskQueueDescription): Input<Pick<DescribeTaskQueueResponse, "stats" | "statsByPriorityKey">> {
  const stats = {
    approximateBacklogCount: backlogCount,
    approximateBacklogAge: duration(backlogAgeMs),
    tasksAddRate: addedPerSecond,
    tasksDispatchRate: handedOutPerSecond,
  };
  const priorities = byPriority.map(({ priority, count, ageMs }) => [
    priority,
    { approximateBacklogCount: count, approximateBacklogAge: duration(ageMs) },
  ]);
  return {
    stats,
    // The default priority is told of even when nothing waits.
    statsByPriorityKey: byPriority.length === 0 ? { [PRIORITY_KEY_DEFAULT]: stats } : Object.fromEntries(priorities),
  };
}

/** The old form of `stats`, which some tools still read. Tasks have no numbers of their own here. */
function oldStatus({ backlogCount }: TaskQueueDescription, rate: number): Input<TaskQueueStatus> {
  return { backlogCountHint: backlogCount, ratePerSecond: rate };
}
