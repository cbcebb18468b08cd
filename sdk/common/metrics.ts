import { appendContributor } from "./logger.ts";

/** Makes metrics. */
export interface MetricMeter {
  createCounter(name: string, unit?: string, description?: string): MetricCounter;
  /** Values are integers unless `valueType` says otherwise. */
  createHistogram(
    name: string,
    valueType?: NumericMetricValueType,
    unit?: string,
    description?: string,
  ): MetricHistogram;
  /** Values are integers unless `valueType` says otherwise. */
  createGauge(name: string, valueType?: NumericMetricValueType, unit?: string, description?: string): MetricGauge;
  createUpDownCounter?(name: string, unit?: string, description?: string): MetricUpDownCounter;
  /** A meter all of whose metrics have these tags too. */
  withTags(tags: MetricTags): MetricMeter;
}

/** What all metrics have: a name, a kind, and perhaps a unit and a description. */
export interface Metric {
  name: string;
  unit?: string;
  description?: string;
  kind: MetricKind;
  valueType: NumericMetricValueType;
}

/** Dimensions of a metric, by name. */
export type MetricTags = Record<string, string | number | boolean>;
/** Whether the values of a metric are whole numbers. */
export type NumericMetricValueType = "int" | "float";
/** How the values of a metric are put together. */
export type MetricKind = "counter" | "histogram" | "gauge" | "up-down-counter";

/** Counts what happened: only grows. */
export interface MetricCounter extends Metric {
  add(value: number, extraTags?: MetricTags): void;
  withTags(tags: MetricTags): MetricCounter;
  kind: "counter";
  valueType: "int";
}

/** Takes values whose distribution matters, such as durations. */
export interface MetricHistogram extends Metric {
  /** @param value is not negative. */
  record(value: number, extraTags?: MetricTags): void;
  withTags(tags: MetricTags): MetricHistogram;
  kind: "histogram";
}

/** Holds the latest of values that go up and down. */
export interface MetricGauge extends Metric {
  set(value: number, extraTags?: MetricTags): void;
  withTags(tags: MetricTags): MetricGauge;
  kind: "gauge";
}

/** A counter that may also go down, such as the number of those at work. */
export interface MetricUpDownCounter extends Metric {
  /** @param value may be negative. */
  add(value: number, extraTags?: MetricTags): void;
  withTags(tags: MetricTags): MetricUpDownCounter;
  kind: "up-down-counter";
  valueType: "int";
}

/** Tags, or a function that makes them when a value is recorded. */
export type MetricTagsOrFunc = MetricTags | (() => MetricTags);

type AnyMetric = MetricCounter | MetricHistogram | MetricGauge | MetricUpDownCounter;
type Record1 = (value: number, tags: MetricTags | undefined) => void;

interface Shape {
  readonly name: string;
  readonly unit: string | undefined;
  readonly description: string | undefined;
  readonly valueType: NumericMetricValueType;
}

/** A metric of any kind over one function; tags of its own are resolved when a value is recorded. */
function metric<M extends AnyMetric>(
  kind: M["kind"],
  shape: Shape,
  report: Record1,
  contributors: readonly MetricTagsOrFunc[] = [],
): M {
  const record = (value: number, extraTags?: MetricTags): void => report(value, resolve(contributors, extraTags));
  const verb = kind === "gauge" ? "set" : kind === "histogram" ? "record" : "add";
  return {
    kind,
    ...shape,
    [verb]: record,
    withTags: (tags: MetricTags) => metric(kind, shape, report, appendContributor(contributors, tags)),
  } as unknown as M;
}

function resolve(contributors: readonly MetricTagsOrFunc[], extra: MetricTags | undefined): MetricTags | undefined {
  if (contributors.length === 0) return extra;
  const tags: MetricTags = {};
  for (const contributor of contributors) {
    Object.assign(tags, typeof contributor === "function" ? contributor() : contributor);
  }
  return extra === undefined ? tags : Object.assign(tags, extra);
}

const ignore: Record1 = () => {};

class NoopMetricMeter implements MetricMeter {
  createCounter(name: string, unit?: string, description?: string): MetricCounter {
    return metric("counter", { name, unit, description, valueType: "int" }, ignore);
  }

  createHistogram(
    name: string,
    valueType: NumericMetricValueType = "int",
    unit?: string,
    description?: string,
  ): MetricHistogram {
    return metric("histogram", { name, unit, description, valueType }, ignore);
  }

  createGauge(
    name: string,
    valueType: NumericMetricValueType = "int",
    unit?: string,
    description?: string,
  ): MetricGauge {
    return metric("gauge", { name, unit, description, valueType }, ignore);
  }

  createUpDownCounter(name: string, unit?: string, description?: string): MetricUpDownCounter {
    return metric("up-down-counter", { name, unit, description, valueType: "int" }, ignore);
  }

  withTags(_extraTags: MetricTags): MetricMeter {
    return this;
  }
}

/** Forgets everything. */
export const noopMetricMeter = new NoopMetricMeter();

/** A meter that adds tags, fixed or computed per value, and passes on. */
export class MetricMeterWithComposedTags implements MetricMeter {
  readonly #parent: MetricMeter;
  readonly #contributors: readonly MetricTagsOrFunc[];

  /** The same meter when there is nothing to add, unless `force`. */
  static compose(meter: MetricMeter, tagsOrFunc: MetricTagsOrFunc, force = false): MetricMeter {
    const isEmpty = typeof tagsOrFunc === "object" && Object.keys(tagsOrFunc).length === 0;
    if (meter instanceof MetricMeterWithComposedTags) {
      if (isEmpty) return meter;
      return new MetricMeterWithComposedTags(meter.#parent, appendContributor(meter.#contributors, tagsOrFunc));
    }
    if (isEmpty && !force) return meter;
    return new MetricMeterWithComposedTags(meter, [tagsOrFunc]);
  }

  private constructor(parent: MetricMeter, contributors: readonly MetricTagsOrFunc[]) {
    this.#parent = parent;
    this.#contributors = contributors;
  }

  createCounter(name: string, unit?: string, description?: string): MetricCounter {
    const parent = this.#parent.createCounter(name, unit, description);
    const shape: Shape = { name, unit, description, valueType: "int" };
    return metric("counter", shape, (value, tags) => parent.add(value, tags), this.#contributors);
  }

  createHistogram(
    name: string,
    valueType: NumericMetricValueType = "int",
    unit?: string,
    description?: string,
  ): MetricHistogram {
    const parent = this.#parent.createHistogram(name, valueType, unit, description);
    const shape: Shape = { name, unit, description, valueType };
    return metric("histogram", shape, (value, tags) => parent.record(value, tags), this.#contributors);
  }

  createGauge(
    name: string,
    valueType: NumericMetricValueType = "int",
    unit?: string,
    description?: string,
  ): MetricGauge {
    const parent = this.#parent.createGauge(name, valueType, unit, description);
    const shape: Shape = { name, unit, description, valueType };
    return metric("gauge", shape, (value, tags) => parent.set(value, tags), this.#contributors);
  }

  createUpDownCounter(name: string, unit?: string, description?: string): MetricUpDownCounter {
    const parent = (this.#parent.createUpDownCounter ?? noopMetricMeter.createUpDownCounter).call(
      this.#parent,
      name,
      unit,
      description,
    );
    const shape: Shape = { name, unit, description, valueType: "int" };
    return metric("up-down-counter", shape, (value, tags) => parent.add(value, tags), this.#contributors);
  }

  withTags(tags: MetricTags): MetricMeter {
    return MetricMeterWithComposedTags.compose(this, tags);
  }
}
