/** What workflow code says to the world: log lines, metrics, and calls of the user's sinks. */
import type { Logger, MetricMeter } from "../common/index.ts";
import type { SinkCallRecord } from "../workflow/activation.ts";
import type { WorkflowInfo } from "../workflow/index.ts";
import { LOG_SINK } from "../workflow/log.ts";
import { METRIC_SINK } from "../workflow/metrics.ts";
import type { RunIdentity } from "./runs/index.ts";
import type { InjectedSinks } from "./sinks.ts";

export interface SinkCallsOptions {
  readonly logger: Logger;
  readonly metricMeter: MetricMeter;
  // oxlint-disable-next-line no-explicit-any -- Sinks of any shape.
  readonly sinks: InjectedSinks<any>;
}

type Level = "trace" | "debug" | "info" | "warn" | "error";

/** Called after each activation; what a sink throws is logged, and harms nothing. */
export class SinkCalls {
  readonly #options: SinkCallsOptions;

  constructor(options: SinkCallsOptions) {
    this.#options = options;
  }

  dispatch(calls: readonly SinkCallRecord[], run: RunIdentity): void {
    for (const call of calls) {
      if (call.ifaceName === LOG_SINK) this.#log(call);
      else if (call.ifaceName === METRIC_SINK) this.#measure(call, run);
      else this.#callSink(call, run);
    }
  }

  #log({ fnName, args, isReplaying }: SinkCallRecord): void {
    if (isReplaying) return;
    const [message, attributes] = args as [string, Record<string | symbol, unknown>];
    this.#options.logger[fnName as Level](message, attributes);
  }

  #measure({ fnName, args }: SinkCallRecord, { namespace, taskQueue, workflowType }: RunIdentity): void {
    const meter = this.#options.metricMeter.withTags({ namespace, taskQueue, workflowType });
    if (fnName === "addMetricCounterValue") {
      const [name, unit, description, value, tags] = args as [string, string, string, number, Record<string, string>];
      meter.createCounter(name, unit, description).add(value, tags);
      return;
    }
    type Recorded = [string, "int" | "float", string, string, number, Record<string, string>];
    const [name, valueType, unit, description, value, tags] = args as Recorded;
    if (fnName === "recordMetricHistogramValue")
      meter.createHistogram(name, valueType, unit, description).record(value, tags);
    else if (fnName === "setMetricGaugeValue") meter.createGauge(name, valueType, unit, description).set(value, tags);
    else meter.createUpDownCounter?.(name, unit, description).add(value, tags);
  }

  #callSink({ ifaceName, fnName, args, isReplaying, nowMs }: SinkCallRecord, run: RunIdentity): void {
    const { sinks, logger } = this.#options;
    const fn = sinks[ifaceName]?.[fnName];
    if (fn === undefined) {
      logger.error("Workflow referenced an unregistered external sink", { ifaceName, fnName, ...run });
      return;
    }
    if (isReplaying && fn.callDuringReplay !== true) return;
    const unsafe = { isReplaying, now: () => nowMs };
    const info = { ...run, unsafe } as unknown as WorkflowInfo;
    const failed = (error: unknown): void =>
      void logger.error("External sink function threw an error", { ifaceName, fnName, error, ...run });
    try {
      const result: unknown = fn.fn(info, ...args);
      if (result instanceof Promise) result.catch(failed);
    } catch (error) {
      failed(error);
    }
  }
}
