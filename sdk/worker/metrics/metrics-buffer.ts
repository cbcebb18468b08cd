/** Measurements that a program fetches itself, to hand them to whatever it exports metrics with. */
import { MetricMeterWithComposedTags, noopMetricMeter } from "../../common/index.ts";
import type { Metric, MetricMeter, MetricTags } from "../../common/index.ts";

/** Options of a `MetricsBuffer`. */
export interface MetricsBufferOptions {
  /** More updates are dropped until these are fetched; 10,000 unless given. */
  maxBufferSize?: number;
  /** Durations in seconds instead of milliseconds. */
  useSecondsForDurations?: boolean;
}

/** A value of a metric, as a `MetricsBuffer` hands it out. */
export interface BufferedMetricUpdate {
  /** The same object for all updates of one metric. */
  metric: Metric;
  /** For counters the difference, else the value. */
  value: number;
  attributes: MetricTags;
}

const SIZE_DEFAULT = 10_000;

/**
 * Collects updates until `retrieveUpdates` takes them: call it at least every few seconds.
 *
 * @example
 * ```ts
 * const buffer = new MetricsBuffer();
 * Runtime.install({ telemetryOptions: { metrics: { buffer } } });
 * for (const { metric, value } of buffer.retrieveUpdates()) console.log(metric.name, value);
 * ```
 */
export class MetricsBuffer {
  readonly maxBufferSize: number;
  readonly useSecondsForDurations: boolean;
  #updates: BufferedMetricUpdate[] = [];

  constructor(options: MetricsBufferOptions = {}) {
    this.maxBufferSize = options.maxBufferSize ?? SIZE_DEFAULT;
    this.useSecondsForDurations = options.useSecondsForDurations ?? false;
  }

  /** What was measured since the last call. */
  retrieveUpdates(): ArrayIterator<BufferedMetricUpdate> {
    const updates = this.#updates;
    this.#updates = [];
    return updates.values();
  }

  /** @internal */
  push(update: BufferedMetricUpdate): void {
    if (this.#updates.length < this.maxBufferSize) this.#updates.push(update);
  }
}

/** Puts everything into a buffer. */
export class BufferedMeter implements MetricMeter {
  readonly #buffer: MetricsBuffer;
  readonly #metrics = new Map<string, Metric>();

  constructor(buffer: MetricsBuffer) {
    this.#buffer = buffer;
  }

  createCounter(name: string, unit?: string, description?: string) {
    const made = noopMetricMeter.createCounter(name, unit, description);
    return { ...made, add: this.#recorder(this.#metric(made)) };
  }

  createHistogram(name: string, valueType: "int" | "float" = "int", unit?: string, description?: string) {
    const inSeconds = this.#buffer.useSecondsForDurations && unit === "ms";
    const made = noopMetricMeter.createHistogram(
      name,
      inSeconds ? "float" : valueType,
      inSeconds ? "s" : unit,
      description,
    );
    return { ...made, record: this.#recorder(this.#metric(made), inSeconds ? 1 / 1_000 : 1) };
  }

  createGauge(name: string, valueType: "int" | "float" = "int", unit?: string, description?: string) {
    const made = noopMetricMeter.createGauge(name, valueType, unit, description);
    return { ...made, set: this.#recorder(this.#metric(made)) };
  }

  createUpDownCounter(name: string, unit?: string, description?: string) {
    const made = noopMetricMeter.createUpDownCounter(name, unit, description);
    return { ...made, add: this.#recorder(this.#metric(made)) };
  }

  withTags(tags: MetricTags): MetricMeter {
    return MetricMeterWithComposedTags.compose(this, tags);
  }

  #metric({ name, unit, description, kind, valueType }: Metric): Metric {
    const key = `${kind} ${name}`;
    let metric = this.#metrics.get(key);
    if (metric === undefined) {
      metric = {
        name,
        kind,
        valueType,
        ...(unit !== undefined && { unit }),
        ...(description !== undefined && { description }),
      };
      this.#metrics.set(key, metric);
    }
    return metric;
  }

  #recorder(metric: Metric, scale = 1): (value: number, tags?: MetricTags) => void {
    return (value, tags) => this.#buffer.push({ metric, value: value * scale, attributes: tags ?? {} });
  }
}
