/** A workflow task, with its times and what came of it. */
import type { PollWorkflowTaskQueueResponse } from "../../../api/gen/messages.js";
import { WorkflowTaskFailedCause } from "../../../api/gen/enums.js";
import { timestampMs } from "../../../api/timestamp.ts";
import { handleWorkflowTask } from "../runs/index.ts";
import type { TaskDependencies, TaskOutcome } from "../runs/index.ts";
import type { MeteredCode } from "./metered-code.ts";
import type { WorkerMetrics } from "./worker-metrics.ts";

const NON_DETERMINISTIC = WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR;

export interface TaskMeasure {
  readonly metrics: WorkerMetrics;
  readonly code: MeteredCode;
}

export async function handleMeasured(
  task: PollWorkflowTaskQueueResponse,
  dependencies: TaskDependencies,
  { metrics, code }: TaskMeasure,
): Promise<TaskOutcome> {
  const { counters, latencies, clock } = metrics;
  const runId = task.workflowExecution?.runId ?? "";
  const workflowType = task.workflowType?.name ?? "";
  const tags = { workflow_type: workflowType };
  const startedAt = clock.now();
  const { scheduledTime, startedTime } = task;
  if (scheduledTime !== undefined && startedTime !== undefined)
    latencies.workflow_task_schedule_to_start_latency.record(
      Math.max(0, timestampMs(startedTime) - timestampMs(scheduledTime)),
    );
  code.begin(runId);
  const outcome = await handleWorkflowTask(task, dependencies);
  code.end(runId, workflowType, Number(task.previousStartedEventId) === 0);
  latencies.workflow_task_execution_latency.record(clock.now() - startedAt, tags);
  if (outcome.kind === "failed") {
    const isDivergent = outcome.request.cause === NON_DETERMINISTIC;
    const reason = isDivergent ? "NonDeterminismError" : "WorkflowError";
    counters.workflow_task_execution_failed.add(1, { ...tags, failure_reason: reason });
    code.evicted(runId);
  }
  metrics.cacheSizeChanged(dependencies.cache.size);
  return outcome;
}
