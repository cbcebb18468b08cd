import type { Input } from "../../../api/codec.ts";
import { invalidArgument } from "../../../api/errors.ts";
import { DescribeTaskQueueMode, TaskQueueKind, TaskQueueType } from "../../../api/gen/enums.js";
import type {
  DescribeTaskQueueRequest,
  DescribeTaskQueueResponse,
  TaskQueueStatus,
} from "../../../api/gen/messages.js";
import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import type { TaskQueueDescription } from "../../matching/index.ts";
import type { Frontend } from "../frontend.ts";
import { effectiveRate, pollerInfos, queueStats, statsByPriority } from "../task-queues/queue-description.ts";
import { queueType } from "../task-queues/queue-type.ts";
import { requireNamespace } from "../validation/namespace.ts";
import { checkTaskQueue } from "../validation/task-queue.ts";

const UNVERSIONED = { currentVersion: "__unversioned__", updateTime: { seconds: -62_135_596_800, nanos: 0 } };

/** Types that the old mode tells of when none is asked for; Nexus has queues only where they are asked for. */
const ENHANCED_TYPES = [TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW, TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY];

export function describeTaskQueue(frontend: Frontend): WorkflowServiceHandlers["describeTaskQueue"] {
  return async (request) => {
    const namespace = requireNamespace(frontend, request.namespace);
    const { name, kind } = checkTaskQueue(frontend, request.taskQueue);
    const isSticky = kind === TaskQueueKind.TASK_QUEUE_KIND_STICKY;
    if (request.apiMode === DescribeTaskQueueMode.DESCRIBE_TASK_QUEUE_MODE_ENHANCED) {
      if (isSticky)
        throw invalidArgument(
          "Enhanced DescribeTaskQueue is not valid for a sticky queue, use api_mode=UNSPECIFIED or a normal queue.",
        );
      return describeTypes(frontend, { namespace: namespace.number, name }, request);
    }
    if (isSticky && request.reportStats)
      throw invalidArgument("DescribeTaskQueue stats are only supported for the root partition");
    const queue = { namespace: namespace.number, type: queueType(request.taskQueueType) ?? "workflow", name };
    const description = await frontend.matching.describe(queue);
    const config = frontend.queueConfigs.of(queue);
    const rateLimit = effectiveRate(description, config);
    return {
      pollers: pollerInfos(description),
      versioningInfo: isSticky ? undefined : UNVERSIONED,
      effectiveRateLimit: rateLimit,
      config: request.reportConfig ? config : undefined,
      stats: request.reportStats ? queueStats(description) : undefined,
      statsByPriorityKey: request.reportStats ? statsByPriority(description) : {},
      taskQueueStatus: request.includeTaskQueueStatus ? oldStatus(description, rateLimit.requestsPerSecond) : undefined,
    };
  };
}

/** The mode that tells of several types at once. It tells everything, whatever was asked; versions there are none. */
async function describeTypes(
  frontend: Frontend,
  { namespace, name }: { namespace: number; name: string },
  { taskQueueTypes, versions }: DescribeTaskQueueRequest,
): Promise<Input<DescribeTaskQueueResponse>> {
  const isUnversionedAsked = versions === undefined || versions.unversioned;
  if (!isUnversionedAsked) return {};
  const typesInfo: Record<number, object> = {};
  for (const asked of taskQueueTypes.length === 0 ? ENHANCED_TYPES : taskQueueTypes) {
    const type = queueType(asked);
    if (type === undefined) continue;
    const description = await frontend.matching.describe({ namespace, type, name });
    typesInfo[asked] = { pollers: pollerInfos(description), stats: queueStats(description) };
  }
  return { versionsInfo: { "": { typesInfo } } };
}

/** The old form of `stats`, which some tools still read. Tasks have no numbers of their own here. */
function oldStatus({ backlogCount }: TaskQueueDescription, rate: number): Input<TaskQueueStatus> {
  return { backlogCountHint: backlogCount, ratePerSecond: rate };
}
