import { ValueType } from "@opentelemetry/api";
import type { Meter } from "@opentelemetry/api";
import { MetricMeterWithComposedTags, noopMetricMeter } from "../common/index.ts";
import type { MetricMeter, MetricTags, NumericMetricValueType } from "../common/index.ts";

/**
 * Records the SDK's metrics, and those of workflows and activities, with a meter of OpenTelemetry:
 * `Runtime.install({ metricMeter: new OpenTelemetryMetricMeter(metrics.getMeter("worker")) })`.
 */
export class OpenTelemetryMetricMeter implements MetricMeter {
  readonly #meter: Meter;

  constructor(meter: Meter) {
    this.#meter = meter;
  }

  createCounter(name: string, unit?: string, description?: string) {
    const counter = this.#meter.createCounter(name, options("int", unit, description));
    const add = (value: number, tags?: MetricTags): void => counter.add(value, tags);
    return { ...noopMetricMeter.createCounter(name, unit, description), add };
  }

  createHistogram(name: string, valueType: NumericMetricValueType = "int", unit?: string, description?: string) {
    const histogram = this.#meter.createHistogram(name, options(valueType, unit, description));
    const record = (value: number, tags?: MetricTags): void => histogram.record(value, tags);
    return { ...noopMetricMeter.createHistogram(name, valueType, unit, description), record };
  }

  createGauge(name: string, valueType: NumericMetricValueType = "int", unit?: string, description?: string) {
    const gauge = this.#meter.createGauge(name, options(valueType, unit, description));
    const set = (value: number, tags?: MetricTags): void => gauge.record(value, tags);
    return { ...noopMetricMeter.createGauge(name, valueType, unit, description), set };
  }

  createUpDownCounter(name: string, unit?: string, description?: string) {
    const counter = this.#meter.createUpDownCounter(name, options("int", unit, description));
    const add = (value: number, tags?: MetricTags): void => counter.add(value, tags);
    return { ...noopMetricMeter.createUpDownCounter(name, unit, description), add };
  }

  withTags(tags: MetricTags): MetricMeter {
    return MetricMeterWithComposedTags.compose(this, tags);
  }
}

function options(valueType: NumericMetricValueType, unit: string | undefined, description: string | undefined) {
  return {
    valueType: valueType === "int" ? ValueType.INT : ValueType.DOUBLE,
    ...(unit !== undefined && { unit }),
    ...(description !== undefined && { description }),
  };
}
