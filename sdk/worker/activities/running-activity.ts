/**
 * One execution of an activity function, remote or local.
 *
 * 1. It is cancelled at most once; the first reason stays.
 * 2. Its outcome is a value, never a rejection.
 */
import type { Clock, Timers } from "../../../base/index.ts";
import { asyncLocalStorage, Context } from "../../activity/index.ts";
import type { Info } from "../../activity/index.ts";
import type { Client } from "../../client/index.ts";
import {
  ApplicationFailure,
  CancelledFailure,
  CompleteAsyncError,
  LoggerWithComposedMetadata,
  MetricMeterWithComposedTags,
} from "../../common/index.ts";
import type {
  ActivityCancellationDetailsHolder,
  Headers,
  Logger,
  MetricMeter,
  TemporalFailure,
} from "../../common/index.ts";
import { composed } from "../interceptors.ts";
import type { ActivityExecuteInput, ActivityInterceptorsFactory } from "../interceptors.ts";
import type { AnyActivity } from "./activity-registry.ts";
import { detailsOf } from "./cancel-reason.ts";
import type { CancelReason } from "./cancel-reason.ts";

export interface RunningActivityOptions {
  readonly info: Info;
  readonly fn: AnyActivity;
  readonly client: Client | undefined;
  readonly logger: Logger;
  /** False when lines of level DEBUG are not written anywhere. */
  readonly logsDebug?: boolean;
  readonly metricMeter: MetricMeter;
  readonly interceptors: readonly ActivityInterceptorsFactory[];
  readonly onHeartbeat: (details: unknown) => void;
  readonly clock: Clock;
  readonly timers: Timers;
}

export type ActivityOutcome =
  | { readonly status: "completed"; readonly result: unknown }
  | { readonly status: "failed"; readonly error: unknown }
  | { readonly status: "cancelled"; readonly error: unknown }
  /** Somebody else will report the result. */
  | { readonly status: "async" };

export class RunningActivity {
  readonly context: Context;
  readonly #options: RunningActivityOptions;
  readonly #abort = new AbortController();
  readonly #holder: ActivityCancellationDetailsHolder = {};
  readonly #cancelled: Promise<never>;
  #reject: (error: Error) => void = () => {};
  #reason: CancelReason | undefined;
  #conversionError: unknown;

  constructor(options: RunningActivityOptions) {
    this.#options = options;
    this.#cancelled = new Promise<never>((_, reject) => (this.#reject = reject));
    this.#cancelled.catch(() => {});
    this.context = new Context(
      options.info,
      this.#cancelled,
      this.#abort.signal,
      options.onHeartbeat,
      options.client,
      options.logger,
      options.metricMeter,
      this.#holder,
    );
  }

  cancel(reason: CancelReason, conversionError?: unknown): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    this.#conversionError = conversionError;
    this.#holder.details = detailsOf(reason);
    const error = new CancelledFailure(reason);
    this.#reject(error);
    this.#abort.abort(error);
  }

  async run(args: unknown[], headers: Headers): Promise<ActivityOutcome> {
    const { clock, info, logger } = this.#options;
    const startedAt = clock.now();
    const outcome = await asyncLocalStorage.run(this.context, () => this.#execute({ args, headers }));
    const durationMs = clock.now() - startedAt;
    if (outcome.status === "failed") logger.warn("Activity failed", { error: outcome.error, durationMs });
    else if (this.#options.logsDebug !== false)
      logger.debug(`Activity ${outcome.status}`, { durationMs, attempt: info.attempt });
    return outcome;
  }

  async #execute(input: ActivityExecuteInput): Promise<ActivityOutcome> {
    try {
      const { fn, interceptors } = this.#options;
      if (interceptors.length === 0) return { status: "completed", result: await fn(...input.args) };
      const made = interceptors.map((factory) => factory(this.context));
      this.#wrapLogAndMetrics(made.flatMap(({ outbound }) => (outbound === undefined ? [] : [outbound])));
      const chain = made.flatMap(({ inbound }) =>
        inbound?.execute === undefined ? [] : [inbound.execute.bind(inbound) as never],
      );
      const execute = composed<ActivityExecuteInput, Promise<unknown>>(chain, async ({ args }) => fn(...args));
      return { status: "completed", result: await execute(input) };
    } catch (error) {
      return this.#outcomeOf(error);
    }
  }

  #wrapLogAndMetrics(outbound: readonly NonNullable<ReturnType<ActivityInterceptorsFactory>["outbound"]>[]): void {
    const tags = outbound.flatMap((one) =>
      one.getMetricTags === undefined ? [] : [one.getMetricTags.bind(one) as never],
    );
    if (tags.length > 0) {
      const { metricMeter } = this.#options;
      const of = composed<Record<string, string | number | boolean>, Record<string, string | number | boolean>>(
        tags,
        (t) => t,
      );
      Object.assign(this.context, { metricMeter: MetricMeterWithComposedTags.compose(metricMeter, () => of({})) });
    }
    const attributes = outbound.flatMap((one) =>
      one.getLogAttributes === undefined ? [] : [one.getLogAttributes.bind(one) as never],
    );
    if (attributes.length === 0) return;
    const of = composed<Record<string, unknown>, Record<string, unknown>>(attributes, (a) => a);
    this.context.log = LoggerWithComposedMetadata.compose(this.#options.logger, () => of({}));
  }

  #outcomeOf(error: unknown): ActivityOutcome {
    if (error instanceof CompleteAsyncError) return { status: "async" };
    const reason = this.#reason;
    if (reason === undefined || !isCancellation(error)) {
      const isForeignCancel = error instanceof CancelledFailure && reason === undefined;
      return { status: "failed", error: isForeignCancel ? wrapped(error) : error };
    }
    switch (reason) {
      case "HEARTBEAT_DETAILS_CONVERSION_FAILED":
        return { status: "failed", error: this.#conversionError };
      case "PAUSED":
        return { status: "failed", error: retryable("Activity paused", "ActivityPause") };
      case "RESET":
        return { status: "failed", error: retryable("Activity reset", "ActivityReset") };
      case "WORKER_SHUTDOWN":
        return {
          status: "failed",
          error: retryable("Worker is shutting down and this activity did not complete in time", "WorkerShutdown"),
        };
      default:
        return { status: "cancelled", error };
    }
  }
}

function isCancellation(error: unknown): boolean {
  return error instanceof CancelledFailure || (error instanceof Error && error.name === "AbortError");
}

/** A cancellation that nobody asked for is a failure like any other. */
function wrapped(error: TemporalFailure): Error {
  return ApplicationFailure.create({
    message: "Activity threw a CancelledFailure without having been cancelled",
    type: "CancelledFailure",
    cause: error,
  });
}

function retryable(message: string, type: string): Error {
  return ApplicationFailure.create({ message, type, nonRetryable: false });
}
