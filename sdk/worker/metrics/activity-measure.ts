/** The times of one activity execution, and what came of it. */
import type { PollActivityTaskQueueResponse } from "../../../api/gen/messages.js";
import { timestampMs } from "../../../api/timestamp.ts";
import type { MetricTags } from "../../common/index.ts";
import type { LocalActivityAttempt } from "../runs/index.ts";
import type { WorkerMetrics } from "./worker-metrics.ts";

type Status = "completed" | "failed" | "cancelled" | "async";

export class ActivityMeasure {
  readonly #metrics: WorkerMetrics;
  readonly #tags: MetricTags;
  readonly #startedAt: number;
  readonly #scheduledAt: number;
  readonly #names: (typeof NAMES)[keyof typeof NAMES];

  /** Of an activity that a poll or an answer brought. */
  static ofTask(metrics: WorkerMetrics, task: PollActivityTaskQueueResponse, isEager: boolean): ActivityMeasure {
    const tags = { activity_type: task.activityType?.name ?? "", workflow_type: task.workflowType?.name ?? "" };
    metrics.counters.activity_task_received.add(1, { ...tags, eager: isEager });
    const scheduled = task.currentAttemptScheduledTime ?? task.scheduledTime;
    if (scheduled !== undefined && task.startedTime !== undefined)
      metrics.latencies.activity_schedule_to_start_latency.record(
        Math.max(0, timestampMs(task.startedTime) - timestampMs(scheduled)),
      );
    return new ActivityMeasure(metrics, { tags, scheduledAt: timestampMs(task.scheduledTime), kind: "remote" });
  }

  static ofLocal(metrics: WorkerMetrics, { command, run, scheduledTimeMs }: LocalActivityAttempt) {
    const tags = { activity_type: command.activityType, workflow_type: run.workflowType };
    metrics.counters.local_activity_total.add(1, tags);
    return new ActivityMeasure(metrics, { tags, scheduledAt: scheduledTimeMs, kind: "local" });
  }

  private constructor(
    metrics: WorkerMetrics,
    { tags, scheduledAt, kind }: { tags: MetricTags; scheduledAt: number; kind: keyof typeof NAMES },
  ) {
    this.#metrics = metrics;
    this.#tags = tags;
    this.#startedAt = metrics.clock.now();
    this.#scheduledAt = scheduledAt;
    this.#names = NAMES[kind];
  }

  ended(status: Status): void {
    const { counters, latencies, clock } = this.#metrics;
    const now = clock.now();
    latencies[this.#names.latency].record(now - this.#startedAt, this.#tags);
    if (status === "completed")
      latencies[this.#names.endToEnd].record(Math.max(0, now - this.#scheduledAt), this.#tags);
    else if (status === "cancelled") counters[this.#names.cancelled].add(1, this.#tags);
    else if (status === "failed")
      counters[this.#names.failed].add(1, { ...this.#tags, failure_reason: "ActivityError" });
  }
}

const NAMES = {
  remote: {
    latency: "activity_execution_latency",
    endToEnd: "activity_succeed_endtoend_latency",
    failed: "activity_execution_failed",
    cancelled: "activity_execution_cancelled",
  },
  local: {
    latency: "local_activity_execution_latency",
    endToEnd: "local_activity_succeed_endtoend_latency",
    failed: "local_activity_execution_failed",
    cancelled: "local_activity_execution_cancelled",
  },
} as const;
