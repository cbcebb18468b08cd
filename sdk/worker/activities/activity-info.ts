/** What an activity may know of itself. */
import { durationMs } from "../../../api/duration.ts";
import type { PollActivityTaskQueueResponse } from "../../../api/gen/messages.js";
import { timestampMs } from "../../../api/timestamp.ts";
import type { Info } from "../../activity/index.ts";
import { decodePriority, decompileRetryPolicy } from "../../common/index.ts";

/** Without the details of the last heartbeat, which the codecs may have to decode first. */
export function infoOf(
  task: PollActivityTaskQueueResponse,
  worker: { readonly namespace: string; readonly taskQueue: string },
): Omit<Info, "heartbeatDetails"> {
  const execution = task.workflowExecution;
  const inWorkflow = execution !== undefined && execution.workflowId !== "";
  const heartbeatTimeoutMs = task.heartbeatTimeout === undefined ? 0 : durationMs(task.heartbeatTimeout);
  const taskToken = task.taskToken.slice();
  return {
    taskToken,
    base64TaskToken: Buffer.from(taskToken).toString("base64"),
    activityId: task.activityId,
    activityType: task.activityType?.name ?? "",
    activityNamespace: worker.namespace,
    attempt: task.attempt,
    isLocal: false,
    ...(inWorkflow && {
      workflowExecution: { workflowId: execution.workflowId, runId: execution.runId },
      workflowNamespace: task.workflowNamespace,
      workflowType: task.workflowType?.name ?? "",
    }),
    scheduledTimestampMs: timestampMs(task.scheduledTime),
    currentAttemptScheduledTimestampMs: timestampMs(task.currentAttemptScheduledTime ?? task.scheduledTime),
    scheduleToCloseTimeoutMs: task.scheduleToCloseTimeout === undefined ? 0 : durationMs(task.scheduleToCloseTimeout),
    startToCloseTimeoutMs: task.startToCloseTimeout === undefined ? 0 : durationMs(task.startToCloseTimeout),
    ...(heartbeatTimeoutMs > 0 && { heartbeatTimeoutMs }),
    taskQueue: worker.taskQueue,
    ...(task.priority !== undefined && { priority: decodePriority(task.priority) }),
    ...(task.retryPolicy !== undefined && { retryPolicy: decompileRetryPolicy(task.retryPolicy as never) }),
    namespace: worker.namespace,
    ...(task.activityRunId !== "" && { activityRunId: task.activityRunId }),
    inWorkflow,
  };
}
