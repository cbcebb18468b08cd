/** What a worker measures about itself, under the names that dashboards for Temporal's SDKs ask for. */
import type { Clock } from "../../../base/index.ts";
import type { MetricCounter, MetricGauge, MetricHistogram, MetricMeter, MetricTags } from "../../common/index.ts";
import type { SlotInfo } from "../tuner/slot-supplier.ts";

export interface WorkerMetricsOptions {
  readonly meter: MetricMeter;
  /** Before every name; `temporal_` unless given. */
  readonly prefix?: string | undefined;
  /** On all of the worker's own metrics. */
  readonly tags?: MetricTags;
  readonly namespace: string;
  readonly taskQueue: string;
  readonly clock: Clock;
}

export type PollerKind = "workflow_task" | "sticky_workflow_task" | "activity_task";

const WORKER_TYPES: Readonly<Record<SlotInfo["type"], string>> = {
  workflow: "WorkflowWorker",
  activity: "ActivityWorker",
  "local-activity": "LocalActivityWorker",
  nexus: "NexusWorker",
};

type Counters = Readonly<Record<(typeof COUNTERS)[number], MetricCounter>>;
type Latencies = Readonly<Record<(typeof LATENCIES)[number], MetricHistogram>>;

const COUNTERS = [
  "worker_start",
  "workflow_completed",
  "workflow_failed",
  "workflow_canceled",
  "workflow_continue_as_new",
  "workflow_task_queue_poll_succeed",
  "workflow_task_queue_poll_empty",
  "workflow_task_execution_failed",
  "activity_poll_no_task",
  "activity_task_received",
  "activity_execution_failed",
  "activity_execution_cancelled",
  "local_activity_total",
  "local_activity_execution_failed",
  "local_activity_execution_cancelled",
  "sticky_cache_hit",
  "sticky_cache_miss",
  "sticky_cache_total_forced_eviction",
] as const;

const LATENCIES = [
  "workflow_endtoend_latency",
  "workflow_task_execution_latency",
  "workflow_task_replay_latency",
  "workflow_task_schedule_to_start_latency",
  "activity_execution_latency",
  "activity_schedule_to_start_latency",
  "activity_succeed_endtoend_latency",
  "local_activity_execution_latency",
  "local_activity_succeed_endtoend_latency",
] as const;

export class WorkerMetrics {
  readonly clock: Clock;
  readonly counters: Counters;
  readonly latencies: Latencies;
  /** Counters and latencies of calls: these have no task queue unless the request has one. */
  readonly requests: Readonly<Record<RequestCounter, MetricCounter> & Record<RequestLatency, MetricHistogram>>;
  readonly #pollers: MetricGauge;
  readonly #slotsUsed: MetricGauge;
  readonly #slotsAvailable: MetricGauge;
  readonly #cacheSize: MetricGauge;

  constructor(options: WorkerMetricsOptions) {
    const { meter, prefix = "temporal_", tags = {}, namespace, taskQueue, clock } = options;
    const ofWorker = meter.withTags({ ...tags, namespace, task_queue: taskQueue });
    this.clock = clock;
    this.counters = byName(COUNTERS, (name) => ofWorker.createCounter(prefix + name));
    this.latencies = byName(LATENCIES, (name) => ofWorker.createHistogram(prefix + name, "int", "ms"));
    const calls = meter.withTags({ ...tags, namespace });
    this.requests = {
      ...byName(REQUEST_COUNTERS, (name) => calls.createCounter(prefix + name)),
      ...byName(REQUEST_LATENCIES, (name) => calls.createHistogram(prefix + name, "int", "ms")),
    };
    this.#pollers = ofWorker.createGauge(`${prefix}num_pollers`);
    this.#slotsUsed = ofWorker.createGauge(`${prefix}worker_task_slots_used`);
    this.#slotsAvailable = ofWorker.createGauge(`${prefix}worker_task_slots_available`);
    this.#cacheSize = ofWorker.createGauge(`${prefix}sticky_cache_size`);
  }

  /** How many polls of a kind are open. */
  pollersChanged(kind: PollerKind, count: number): void {
    this.#pollers.set(count, { poller_type: kind });
  }

  /** `total` is undefined where nobody knows how many there may be. */
  slotsChanged(kind: SlotInfo["type"], used: number, total: number | undefined): void {
    const tags = { worker_type: WORKER_TYPES[kind] };
    this.#slotsUsed.set(used, tags);
    if (total !== undefined) this.#slotsAvailable.set(Math.max(0, total - used), tags);
  }

  cacheSizeChanged(size: number): void {
    this.#cacheSize.set(size);
  }

  /** A poll ended, with a task or without. */
  polled(kind: PollerKind, hasTask: boolean): void {
    const { counters } = this;
    if (kind === "activity_task") {
      if (!hasTask) counters.activity_poll_no_task.add(1);
    } else if (hasTask) counters.workflow_task_queue_poll_succeed.add(1);
    else counters.workflow_task_queue_poll_empty.add(1);
  }
}

const REQUEST_COUNTERS = ["request", "request_failure", "long_request", "long_request_failure"] as const;
const REQUEST_LATENCIES = ["request_latency", "long_request_latency"] as const;
type RequestCounter = (typeof REQUEST_COUNTERS)[number];
type RequestLatency = (typeof REQUEST_LATENCIES)[number];

function byName<const Name extends string, M>(names: readonly Name[], make: (name: Name) => M): Record<Name, M> {
  return Object.fromEntries(names.map((name) => [name, make(name)])) as Record<Name, M>;
}
