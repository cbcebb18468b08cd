/**
 * Runs the activities that polls (or answers to workflow tasks) bring.
 *
 * 1. Each task is answered once: completed, failed or cancelled; or left to somebody else by `CompleteAsyncError`.
 * 2. The slot is released when the answer has arrived, or cannot.
 */
import type { Clock, TimerHandle, Timers } from "../../../base/index.ts";
import type { PollActivityTaskQueueResponse } from "../../../api/gen/messages.js";
import type { Info } from "../../activity/index.ts";
import type { Client } from "../../client/index.ts";
import type { WorkflowServiceMethods } from "../../connection/index.ts";
import { headerFromBytes, payloadsFromBytes, payloadsToBytes } from "../../common/host/wire-payloads.ts";
import { failureToBytes } from "../../common/host/wire-failure.ts";
import { ApplicationFailure, LoggerWithComposedMetadata, SdkComponent } from "../../common/index.ts";
import type { ActivitySerializationContext, LoadedDataConverter, Logger, MetricMeter } from "../../common/index.ts";
import type { ActivityInterceptorsFactory } from "../interceptors.ts";
import { ActivityMeasure } from "../metrics/activity-measure.ts";
import type { WorkerMetrics } from "../metrics/worker-metrics.ts";
import { codeOf } from "../polling/poll-errors.ts";
import { isTooLarge, MESSAGE_TOO_LARGE } from "../../connection/message-size.ts";
import type { PayloadLimits } from "../payload-limits.ts";
import { PAYLOADS_TOO_LARGE } from "../runs/index.ts";
import type { Slot } from "../tuner/slots.ts";
import type { ActivitySlotInfo } from "../tuner/slot-supplier.ts";
import { infoOf } from "./activity-info.ts";
import type { ActivityRegistry, AnyActivity } from "./activity-registry.ts";
import type { CancelReason } from "./cancel-reason.ts";
import { ActivityValues } from "./activity-values.ts";
import { heartbeatIntervalMs, Heartbeats } from "./heartbeats.ts";
import { RunningActivity } from "./running-activity.ts";
import type { ActivityOutcome } from "./running-activity.ts";
import { NOT_FOUND } from "../../connection/status-codes.ts";

export interface ActivityWorkerOptions {
  /** The connection of the moment: it may be replaced. */
  readonly service: () => WorkflowServiceMethods;
  readonly namespace: string;
  readonly taskQueue: string;
  readonly identity: string;
  /** Added to every answer: the worker's deployment. */
  readonly stamp: object;
  readonly limits: PayloadLimits;
  readonly registry: ActivityRegistry;
  readonly dataConverter: LoadedDataConverter;
  readonly client: () => Client | undefined;
  readonly logger: Logger;
  readonly logsDebug: boolean;
  readonly metricMeter: MetricMeter;
  readonly metrics: WorkerMetrics | undefined;
  readonly interceptors: readonly ActivityInterceptorsFactory[];
  readonly maxHeartbeatThrottleIntervalMs: number;
  readonly defaultHeartbeatThrottleIntervalMs: number;
  readonly clock: Clock;
  readonly timers: Timers;
}

type AnyInfo = Omit<Info, "heartbeatDetails">;

/** The server also ends an attempt that is over its time; it goes first. */
const TIMEOUT_MARGIN_MS = 1_000;

export class ActivityWorker {
  readonly #options: ActivityWorkerOptions;
  readonly #running = new Set<RunningActivity>();
  readonly #tasks = new Set<Promise<void>>();
  #heartbeating = 0;

  constructor(options: ActivityWorkerOptions) {
    this.#options = options;
  }

  get running(): number {
    return this.#running.size;
  }

  get heartbeating(): number {
    return this.#heartbeating;
  }

  /** Takes over the slot. */
  handle(task: PollActivityTaskQueueResponse, slot: Slot<ActivitySlotInfo>, origin: "poll" | "answer" = "poll"): void {
    slot.use({ type: "activity", activityType: task.activityType?.name ?? "" });
    const done: Promise<void> = this.#handle(task, origin)
      .catch((error: unknown) =>
        this.#options.logger.error("Activity task could not be handled", { error, activityId: task.activityId }),
      )
      .finally(() => {
        this.#tasks.delete(done);
        slot.release();
      });
    this.#tasks.add(done);
  }

  cancelAll(reason: CancelReason): void {
    for (const activity of this.#running) activity.cancel(reason);
  }

  /** Resolves when all tasks in hand are answered. */
  async settled(): Promise<void> {
    while (this.#tasks.size > 0) await Promise.all(this.#tasks);
  }

  async #handle(task: PollActivityTaskQueueResponse, origin: "poll" | "answer"): Promise<void> {
    const { registry, dataConverter } = this.#options;
    const partial = infoOf(task, this.#options);
    const context: ActivitySerializationContext = {
      type: "activity",
      namespace: partial.namespace,
      activityId: partial.activityId,
      ...(partial.workflowExecution !== undefined && { workflowId: partial.workflowExecution.workflowId }),
      isLocal: false,
    };
    const values = new ActivityValues(dataConverter, context);
    const fn = registry.find(partial.activityType);
    if (fn === undefined)
      return this.#answer(partial, values, { status: "failed", error: notRegistered(partial.activityType, registry) });
    const { metrics } = this.#options;
    const measure = metrics && ActivityMeasure.ofTask(metrics, task, origin === "answer");
    let heartbeats: Heartbeats | undefined;
    let outcome: ActivityOutcome;
    try {
      const details = await values.fromPayloads(payloadsFromBytes(task.heartbeatDetails));
      const info: Info = { ...partial, heartbeatDetails: details[0] };
      const args = await values.fromPayloads(payloadsFromBytes(task.input));
      const activity = this.#start(info, fn, (value) =>
        (heartbeats ??= this.#heartbeats(activity, info, values)).beat(value),
      );
      outcome = await this.#supervise(activity, info, () => activity.run(args, headerFromBytes(task.header)));
    } catch (error) {
      outcome = { status: "failed", error };
    }
    measure?.ended(outcome.status);
    heartbeats?.close();
    if (heartbeats !== undefined) this.#heartbeating--;
    await this.#answer(partial, values, outcome, heartbeats?.latest);
  }

  #start(info: Info, fn: AnyActivity, onHeartbeat: (details: unknown) => void): RunningActivity {
    const { client, logger, metricMeter, interceptors, clock, timers } = this.#options;
    return new RunningActivity({
      info,
      fn,
      client: client(),
      logger: LoggerWithComposedMetadata.compose(logger, () => activityLogAttributes(info)),
      logsDebug: this.#options.logsDebug,
      metricMeter: metricMeter.withTags({
        namespace: info.namespace,
        taskQueue: info.taskQueue,
        activityType: info.activityType,
      }),
      interceptors,
      onHeartbeat,
      clock,
      timers,
    });
  }

  async #supervise(
    activity: RunningActivity,
    info: Info,
    run: () => Promise<ActivityOutcome>,
  ): Promise<ActivityOutcome> {
    const { timers } = this.#options;
    let timeout: TimerHandle | undefined;
    if (info.startToCloseTimeoutMs > 0)
      timeout = timers.set(info.startToCloseTimeoutMs + TIMEOUT_MARGIN_MS, () => activity.cancel("TIMED_OUT"));
    this.#running.add(activity);
    try {
      return await run();
    } finally {
      this.#running.delete(activity);
      if (timeout !== undefined) timers.clear(timeout);
    }
  }

  #heartbeats(activity: RunningActivity, info: Info, values: ActivityValues): Heartbeats {
    const { timers } = this.#options;
    this.#heartbeating++;
    return new Heartbeats({
      timers,
      intervalMs: heartbeatIntervalMs(info.heartbeatTimeoutMs, {
        mostMs: this.#options.maxHeartbeatThrottleIntervalMs,
        withoutTimeoutMs: this.#options.defaultHeartbeatThrottleIntervalMs,
      }),
      send: (details) => this.#sendBeat(details, { activity, info, values }),
    });
  }

  async #sendBeat(
    given: unknown,
    { activity, info, values }: { activity: RunningActivity; info: Info; values: ActivityValues },
  ): Promise<void> {
    const { identity, namespace, stamp, logger } = this.#options;
    const { taskToken } = info;
    let details: Uint8Array | undefined;
    try {
      details = given === undefined ? undefined : payloadsToBytes(await values.toPayloads([given]));
    } catch (error) {
      activity.cancel("HEARTBEAT_DETAILS_CONVERSION_FAILED", error);
      return;
    }
    const service = this.#options.service();
    try {
      const refusal = this.#refusal("details of a heartbeat", details, info);
      if (refusal !== undefined) {
        activity.cancel("HEARTBEAT_DETAILS_CONVERSION_FAILED", refusal);
        // At once: the activity may not notice for long that it goes on in vain.
        const failure = failureToBytes(await values.toFailure(refusal));
        await service.respondActivityTaskFailed({ taskToken, failure, identity, namespace, ...stamp });
        return;
      }
      const reply = await service.recordActivityTaskHeartbeat({ taskToken, details, identity, namespace });
      if (reply.cancelRequested) activity.cancel("CANCELLED");
      else if (reply.activityReset) activity.cancel("RESET");
      else if (reply.activityPaused) activity.cancel("PAUSED");
    } catch (error) {
      if (codeOf(error) === NOT_FOUND) activity.cancel("NOT_FOUND");
      else logger.warn("Heartbeat could not be sent", { error, activityId: info.activityId });
    }
  }

  async #answer(
    info: AnyInfo,
    values: ActivityValues,
    outcome: ActivityOutcome,
    lastBeat?: { readonly details: unknown },
  ): Promise<void> {
    const { identity, namespace, stamp } = this.#options;
    const common = { taskToken: info.taskToken, identity, namespace, ...stamp };
    try {
      await this.#send({ common, info }, values, outcome, lastBeat);
    } catch (error) {
      if (codeOf(error) === NOT_FOUND) {
        this.#options.logger.warn("Activity is not known to the server any more: its result is dropped", {
          ...activityLogAttributes(info),
          error,
        });
        return;
      }
      if (codeOf(error) !== undefined && !isTooLarge(error)) throw error;
      // The result cannot be converted, or not be sent: that is what the workflow should hear of.
      const failure = isTooLarge(error)
        ? ApplicationFailure.create({
            message: (error as Error).message,
            type: MESSAGE_TOO_LARGE,
            nonRetryable: true,
          })
        : error;
      await this.#send({ common, info }, values, { status: "failed", error: failure });
    }
  }

  /** For what is too large to be sent; undefined when it is not. */
  #refusal(path: string, bytes: Uint8Array | undefined, info: AnyInfo): Error | undefined {
    const field = { path, bytes: bytes?.length ?? 0 };
    const message = this.#options.limits.refusal(field, activityLogAttributes(info));
    return message === undefined
      ? undefined
      : ApplicationFailure.create({ message, type: PAYLOADS_TOO_LARGE, nonRetryable: false });
  }

  async #send(
    { common, info }: { readonly common: object; readonly info: AnyInfo },
    values: ActivityValues,
    outcome: ActivityOutcome,
    lastBeat?: { readonly details: unknown },
  ): Promise<void> {
    if (outcome.status === "async") return;
    const service = this.#options.service();
    if (outcome.status === "completed") {
      const result = payloadsToBytes(await values.toPayloads([outcome.result]));
      const refusal = this.#refusal("the result", result, info);
      if (refusal !== undefined) throw refusal;
      await service.respondActivityTaskCompleted({ ...common, result });
    } else if (outcome.status === "cancelled") {
      const details = await values.cancellationDetails(outcome.error);
      await service.respondActivityTaskCanceled({ ...common, details: payloadsToBytes(details) });
    } else {
      const failure = failureToBytes(await values.toFailure(outcome.error));
      const details = lastBeat === undefined ? undefined : payloadsToBytes(await values.toPayloads([lastBeat.details]));
      this.#options.limits.warn({ path: "the failure", bytes: failure.length }, activityLogAttributes(info));
      await service.respondActivityTaskFailed({ ...common, failure, lastHeartbeatDetails: details });
    }
  }
}

function notRegistered(activityType: string, registry: ActivityRegistry): Error {
  return ApplicationFailure.create({
    type: "NotFoundError",
    message: registry.missingText(activityType),
    nonRetryable: false,
  });
}

/** What every log line of an activity carries. */
export function activityLogAttributes(info: AnyInfo): Record<string, unknown> {
  return {
    sdkComponent: SdkComponent.activity,
    namespace: info.namespace,
    taskQueue: info.taskQueue,
    attempt: info.attempt,
    isLocal: info.isLocal,
    activityId: info.activityId,
    activityType: info.activityType,
    workflowId: info.workflowExecution?.workflowId,
    workflowRunId: info.workflowExecution?.runId,
    workflowType: info.workflowType,
  };
}
