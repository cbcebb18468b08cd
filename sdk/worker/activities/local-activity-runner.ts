/**
 * Starts attempts of local activities, which run beside the workflow task that asked for them. An attempt waits for a slot
 * of its own kind.
 */
import type { Clock, Timers } from "../../../base/index.ts";
import type { Info } from "../../activity/index.ts";
import type { Client } from "../../client/index.ts";
import { ApplicationFailure, CancelledFailure, LoggerWithComposedMetadata } from "../../common/index.ts";
import type { ActivitySerializationContext, LoadedDataConverter, Logger, MetricMeter } from "../../common/index.ts";
import type { ActivityInterceptorsFactory } from "../interceptors.ts";
import type { LocalActivityAttempt, LocalActivityResult, LocalActivityRunner, RunningAttempt } from "../runs/index.ts";
import { ActivityMeasure } from "../metrics/activity-measure.ts";
import type { WorkerMetrics } from "../metrics/worker-metrics.ts";
import type { Slots } from "../tuner/slots.ts";
import type { LocalActivitySlotInfo } from "../tuner/slot-supplier.ts";
import type { ActivityRegistry, AnyActivity } from "./activity-registry.ts";
import { activityLogAttributes } from "./activity-worker.ts";
import { LocalValues } from "./activity-values.ts";
import { RunningActivity } from "./running-activity.ts";

export interface LocalActivitiesOptions {
  readonly registry: ActivityRegistry;
  /** What workflow code in a sandbox calls by name. */
  readonly steps: ActivityRegistry;
  readonly dataConverter: LoadedDataConverter;
  readonly client: () => Client | undefined;
  readonly logger: Logger;
  readonly metricMeter: MetricMeter;
  readonly metrics: WorkerMetrics | undefined;
  readonly interceptors: readonly ActivityInterceptorsFactory[];
  readonly slots: Slots<LocalActivitySlotInfo>;
  readonly clock: Clock;
  readonly timers: Timers;
}

type CancelKind = "CANCELLED" | "TIMED_OUT" | "WORKER_SHUTDOWN";

export class LocalActivities implements LocalActivityRunner {
  readonly #options: LocalActivitiesOptions;
  readonly #running = new Set<RunningActivity>();
  readonly #shutdown = new AbortController();

  constructor(options: LocalActivitiesOptions) {
    this.#options = options;
  }

  get running(): number {
    return this.#running.size;
  }

  start(attempt: LocalActivityAttempt): RunningAttempt {
    let activity: RunningActivity | undefined;
    let early: CancelKind | undefined;
    const result = this.#run(attempt, (started) => {
      activity = started;
      if (early !== undefined) started.cancel(early);
    });
    return {
      result,
      cancel(reason) {
        early = reason;
        activity?.cancel(reason);
      },
    };
  }

  cancelAll(): void {
    this.#shutdown.abort(new CancelledFailure("WORKER_SHUTDOWN"));
    for (const activity of this.#running) activity.cancel("WORKER_SHUTDOWN");
  }

  async #run(
    attempt: LocalActivityAttempt,
    onStart: (activity: RunningActivity) => void,
  ): Promise<LocalActivityResult> {
    const { dataConverter, slots } = this.#options;
    const { command, run } = attempt;
    const context: ActivitySerializationContext = {
      type: "activity",
      namespace: run.namespace,
      activityId: command.activityId,
      workflowId: run.workflowId,
      isLocal: true,
    };
    const values = new LocalValues(dataConverter, context);
    const slot = slots.tryReserve() ?? (await slots.reserve(this.#shutdown.signal));
    if (slot === undefined)
      return { status: "failed", failure: values.toFailure(new CancelledFailure("WORKER_SHUTDOWN")) };
    slot.use({ type: "local-activity", activityType: command.activityType });
    let activity: RunningActivity | undefined;
    try {
      const fn = this.#functionOf(command);
      const info = infoOf(attempt);
      activity = new RunningActivity({
        ...this.#options,
        info,
        fn,
        client: this.#options.client(),
        logger: LoggerWithComposedMetadata.compose(this.#options.logger, () => activityLogAttributes(info)),
        onHeartbeat: () => {},
      });
      this.#running.add(activity);
      onStart(activity);
      const { metrics } = this.#options;
      const measure = metrics && ActivityMeasure.ofLocal(metrics, attempt);
      const outcome = await activity.run(values.fromPayloads(command.arguments), command.headers);
      measure?.ended(outcome.status);
      if (outcome.status === "completed") return { status: "completed", result: values.toPayload(outcome.result) };
      if (outcome.status === "async")
        throw new Error("A local activity cannot be completed asynchronously: throw no CompleteAsyncError in it");
      return { status: outcome.status, failure: values.toFailure(outcome.error) };
    } catch (error) {
      return { status: "failed", failure: values.toFailure(error) };
    } finally {
      if (activity !== undefined) this.#running.delete(activity);
      slot.release();
    }
  }

  #functionOf({ activityType, implementation }: LocalActivityAttempt["command"]): AnyActivity {
    const { registry, steps } = this.#options;
    if (typeof implementation === "function") return implementation as AnyActivity;
    const fn = implementation === undefined ? registry.find(activityType) : steps.find(implementation);
    if (fn !== undefined) return fn;
    const message =
      implementation === undefined
        ? registry.missingText(activityType)
        : `Step ${JSON.stringify(activityType)} calls ${implementation}, which this worker does not have: add it to the worker's option steps, which has ${JSON.stringify([...steps.names])}`;
    throw ApplicationFailure.create({ type: "NotFoundError", message });
  }
}

function infoOf({ run, command, attempt, scheduledTimeMs, currentAttemptScheduledTimeMs }: LocalActivityAttempt): Info {
  return {
    taskToken: new Uint8Array(0),
    base64TaskToken: "",
    activityId: command.activityId,
    activityType: command.activityType,
    activityNamespace: run.namespace,
    attempt,
    isLocal: true,
    workflowExecution: { workflowId: run.workflowId, runId: run.runId },
    workflowNamespace: run.namespace,
    workflowType: run.workflowType,
    scheduledTimestampMs: scheduledTimeMs,
    scheduleToCloseTimeoutMs: command.scheduleToCloseTimeoutMs ?? 0,
    startToCloseTimeoutMs: command.startToCloseTimeoutMs ?? 0,
    currentAttemptScheduledTimestampMs: currentAttemptScheduledTimeMs,
    heartbeatDetails: undefined,
    taskQueue: run.taskQueue,
    namespace: run.namespace,
    inWorkflow: true,
  };
}
