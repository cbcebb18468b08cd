/** Short forms of the members of `Context.current()`. */
import type { Client } from "../client/index.ts";
import type {
  ActivityCancellationDetails,
  ActivityDefinitionOptions,
  ActivityFunction,
  Duration,
  Logger,
  MetricMeter,
} from "../common/index.ts";
import { Context } from "./context.ts";
import type { Info } from "./info.ts";

/** The current execution of an activity. */
export function activityInfo(): Info {
  return Context.current().info;
}

/** The logger of the current activity. */
export const log: Logger = {
  log: (level, message, meta) => Context.current().log.log(level, message, meta),
  trace: (message, meta) => Context.current().log.trace(message, meta),
  debug: (message, meta) => Context.current().log.debug(message, meta),
  info: (message, meta) => Context.current().log.info(message, meta),
  warn: (message, meta) => Context.current().log.warn(message, meta),
  error: (message, meta) => Context.current().log.error(message, meta),
};

/**
 * Waits; not to be confused with the `sleep` of workflow code, which outlives the process.
 *
 * @throws CancelledFailure when the activity is cancelled meanwhile
 */
export function sleep(ms: Duration): Promise<void> {
  return Context.current().sleep(ms);
}

/** Says that the activity is alive and how far it is: see `Context.heartbeat`. */
export function heartbeat(details?: unknown): void {
  Context.current().heartbeat(details);
}

/** Rejects with a `CancelledFailure` when the activity is cancelled: see `Context.cancelled`. */
export function cancelled(): Promise<never> {
  return Context.current().cancelled;
}

/** Why the activity was cancelled; undefined while it was not. */
export function cancellationDetails(): ActivityCancellationDetails | undefined {
  return Context.current().cancellationDetails;
}

/** Aborts when the activity is cancelled: see `Context.cancellationSignal`. */
export function cancellationSignal(): AbortSignal {
  return Context.current().cancellationSignal;
}

/** A client of the worker's namespace: see `Context.client`. */
export function getClient(): Client {
  return Context.current().client;
}

/** The meter of the current activity. */
export const metricMeter: MetricMeter = {
  createCounter: (...args) => Context.current().metricMeter.createCounter(...args),
  createHistogram: (...args) => Context.current().metricMeter.createHistogram(...args),
  createGauge: (...args) => Context.current().metricMeter.createGauge(...args),
  withTags: (tags) => Context.current().metricMeter.withTags(tags),
};

/**
 * Attaches to an activity function how its arguments and result are converted.
 *
 * @experimental
 */
export function setActivityOptions<Args extends any[], ReturnType>(
  options: ActivityDefinitionOptions,
  fn: ActivityFunction<Args, ReturnType>,
): void {
  Object.assign(fn, { activityDefinitionOptions: options });
}
