/** Metrics of workflow code: recorded by the worker, unless they are a replay's. */
import {
  type MetricCounter,
  type MetricGauge,
  type MetricHistogram,
  type MetricMeter,
  MetricMeterWithComposedTags,
  type MetricTags,
  type NumericMetricValueType,
} from "../common/index.ts";
import { requireRun } from "./current-run.ts";
import { outbound } from "./interceptor-chain.ts";
import { isReplayed, recordCall } from "./sinks.ts";

/** The sink that takes metrics. */
export const METRIC_SINK = "__temporal_metrics";

interface Instrument {
  readonly name: string;
  readonly unit: string | undefined;
  readonly description: string | undefined;
}

function record(fnName: string, values: readonly unknown[]): void {
  const run = requireRun("A metric of workflow code");
  if (isReplayed(run)) return;
  recordCall(run, { ifaceName: METRIC_SINK, fnName, args: values });
}

function requireNonNegative(value: number, what: string): void {
  if (value < 0) throw new Error(`${what} must not be negative, but is ${value}`);
}

function counter({ name, unit, description }: Instrument): MetricCounter {
  return {
    name,
    unit,
    description,
    kind: "counter",
    valueType: "int",
    add(value, tags = {}) {
      requireNonNegative(value, "The value added to a counter");
      record("addMetricCounterValue", [name, unit, description, value, tags]);
    },
    withTags: untagged,
  } as MetricCounter;
}

function histogram({ name, unit, description }: Instrument, valueType: NumericMetricValueType): MetricHistogram {
  return {
    name,
    unit,
    description,
    kind: "histogram",
    valueType,
    record(value: number, tags: MetricTags = {}) {
      requireNonNegative(value, "The value of a histogram");
      record("recordMetricHistogramValue", [name, valueType, unit, description, value, tags]);
    },
    withTags: untagged,
  } as MetricHistogram;
}

function gauge({ name, unit, description }: Instrument, valueType: NumericMetricValueType): MetricGauge {
  return {
    name,
    unit,
    description,
    kind: "gauge",
    valueType,
    set(value: number, tags: MetricTags = {}) {
      requireNonNegative(value, "The value of a gauge");
      record("setMetricGaugeValue", [name, valueType, unit, description, value, tags]);
    },
    withTags: untagged,
  } as MetricGauge;
}

/** Tags are the business of `MetricMeterWithComposedTags`, which wraps all of these. */
function untagged(): never {
  throw new Error("Tags are added to the meter's wrapper");
}

const bareMeter: MetricMeter = {
  createCounter: (name, unit, description) => counter({ name, unit, description }),
  createHistogram: (name, valueType = "int", unit, description) => histogram({ name, unit, description }, valueType),
  createGauge: (name, valueType = "int", unit, description) => gauge({ name, unit, description }, valueType),
  withTags: untagged,
};

/**
 * The meter of workflow code. Values are tagged with the namespace, the task queue and the type of the workflow.
 *
 * @experimental
 */
export const metricMeter: MetricMeter = MetricMeterWithComposedTags.compose(
  bareMeter,
  () => {
    const run = requireRun("metricMeter");
    const { namespace, taskQueue, workflowType } = run.initialize;
    return outbound(run, "getMetricTags", (tags) => tags)({ namespace, taskQueue, workflowType });
  },
  true,
);
