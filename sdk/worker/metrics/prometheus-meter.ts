/**
 * A meter that keeps sums, and writes them in Prometheus's text format when asked.
 *
 * A metric is known by its name and a series by its tags; both are made by the first value. A name that was first used for
 * one kind of metric stays that kind.
 */
import { MetricMeterWithComposedTags, noopMetricMeter } from "../../common/index.ts";
import type { MetricKind, MetricMeter, MetricTags } from "../../common/index.ts";

export interface PrometheusMeterOptions {
  /** Names of counters end with `_total`. */
  readonly countersTotalSuffix?: boolean | undefined;
  /** Names of histograms end with their unit. */
  readonly unitSuffix?: boolean | undefined;
  /** Durations in seconds instead of milliseconds. */
  readonly useSecondsForDurations?: boolean | undefined;
  /** Boundaries by the name of the histogram, with or without its prefix. */
  readonly histogramBucketOverrides?: Readonly<Record<string, readonly number[]>> | undefined;
}

interface Series {
  value: number;
  /** Of histograms: how many values were at most each boundary, and no lower one. */
  readonly buckets: number[];
  count: number;
}

interface Family {
  readonly name: string;
  readonly kind: MetricKind;
  readonly help: string;
  readonly boundaries: readonly number[];
  readonly scale: number;
  readonly series: Map<string, Series>;
}

/** In milliseconds. What the words before the colon end, takes the boundaries behind it. */
const BOUNDARIES: readonly (readonly [ending: string, boundaries: readonly number[]])[] = [
  [
    "workflow_endtoend_latency",
    [
      ...[100, 500, 1_000, 1_500, 2_000, 5_000, 10_000, 30_000, 60_000, 120_000, 300_000, 600_000],
      ...[1_800_000, 3_600_000, 30_600_000, 86_400_000],
    ],
  ],
  ["workflow_task_execution_latency", [1, 10, 20, 50, 100, 200, 500, 1_000]],
  ["workflow_task_replay_latency", [1, 10, 20, 50, 100, 200, 500, 1_000]],
  ["local_activity_execution_latency", [50, 100, 500, 1_000, 2_500, 10_000]],
  ["activity_execution_latency", [50, 100, 500, 1_000, 5_000, 10_000, 60_000]],
  ["schedule_to_start_latency", [100, 500, 1_000, 5_000, 10_000, 100_000, 1_000_000]],
];
const BOUNDARIES_OTHERWISE: readonly number[] = [50, 100, 500, 1_000, 2_500, 10_000];

export class PrometheusMeter implements MetricMeter {
  readonly #options: PrometheusMeterOptions;
  readonly #families = new Map<string, Family>();

  constructor(options: PrometheusMeterOptions = {}) {
    this.#options = options;
  }

  createCounter(name: string, unit?: string, description?: string) {
    const suffix = this.#options.countersTotalSuffix === true ? "_total" : "";
    const family = this.#family({ name: name + suffix, kind: "counter", unit, description });
    const counter = noopMetricMeter.createCounter(name, unit, description);
    return { ...counter, add: (value: number, tags?: MetricTags) => void (seriesOf(family, tags).value += value) };
  }

  createHistogram(name: string, valueType: "int" | "float" = "int", unit?: string, description?: string) {
    const family = this.#family({ name, kind: "histogram", unit, description });
    const histogram = noopMetricMeter.createHistogram(name, valueType, unit, description);
    return {
      ...histogram,
      record(value: number, tags?: MetricTags): void {
        const series = seriesOf(family, tags);
        const scaled = value * family.scale;
        const place = family.boundaries.findIndex((boundary) => scaled <= boundary);
        if (place >= 0) series.buckets[place] = (series.buckets[place] ?? 0) + 1;
        series.value += scaled;
        series.count++;
      },
    };
  }

  createGauge(name: string, valueType: "int" | "float" = "int", unit?: string, description?: string) {
    const family = this.#family({ name, kind: "gauge", unit, description });
    const gauge = noopMetricMeter.createGauge(name, valueType, unit, description);
    return { ...gauge, set: (value: number, tags?: MetricTags) => void (seriesOf(family, tags).value = value) };
  }

  createUpDownCounter(name: string, unit?: string, description?: string) {
    const family = this.#family({ name, kind: "up-down-counter", unit, description });
    const counter = noopMetricMeter.createUpDownCounter(name, unit, description);
    return { ...counter, add: (value: number, tags?: MetricTags) => void (seriesOf(family, tags).value += value) };
  }

  withTags(tags: MetricTags): MetricMeter {
    return MetricMeterWithComposedTags.compose(this, tags);
  }

  /** All values, in the text format. */
  text(): string {
    return [...this.#families.values()]
      .filter(({ series }) => series.size > 0)
      .map((family) => familyText(family))
      .join("");
  }

  #family(given: { name: string; kind: MetricKind; unit?: string | undefined; description?: string | undefined }) {
    const { kind, unit } = given;
    const isDuration = kind === "histogram" && (unit === "ms" || unit === "milliseconds");
    const inSeconds = isDuration && this.#options.useSecondsForDurations === true;
    const unitName = isDuration ? (inSeconds ? "seconds" : "milliseconds") : unit;
    const hasSuffix = kind === "histogram" && this.#options.unitSuffix === true && unitName !== undefined;
    const name = (hasSuffix ? `${given.name}_${unitName}` : given.name).replaceAll(/[^A-Za-z0-9_:]/g, "_");
    let family = this.#families.get(name);
    if (family === undefined) {
      const scale = inSeconds ? 1 / 1_000 : 1;
      const boundaries = kind === "histogram" ? this.#boundaries(given.name, scale) : [];
      family = { name, kind, help: given.description || given.name, boundaries, scale, series: new Map() };
      this.#families.set(name, family);
    }
    return family;
  }

  #boundaries(name: string, scale: number): readonly number[] {
    for (const [key, boundaries] of Object.entries(this.#options.histogramBucketOverrides ?? {}))
      if (name === key || name.endsWith(`_${key}`)) return boundaries;
    const known = BOUNDARIES.find(([ending]) => name.endsWith(ending))?.[1] ?? BOUNDARIES_OTHERWISE;
    return known.map((boundary) => boundary * scale);
  }
}

function seriesOf({ series }: Family, tags: MetricTags | undefined): Series {
  const key = labels(tags);
  let found = series.get(key);
  if (found === undefined) series.set(key, (found = { value: 0, buckets: [], count: 0 }));
  return found;
}

function labels(tags: MetricTags = {}): string {
  return Object.keys(tags)
    .toSorted()
    .map((name) => `${name.replaceAll(/[^A-Za-z0-9_]/g, "_")}="${escaped(String(tags[name]))}"`)
    .join(",");
}

function escaped(value: string): string {
  return value
    .replaceAll("\\", String.raw`\\`)
    .replaceAll('"', String.raw`\"`)
    .replaceAll("\n", String.raw`\n`);
}

function familyText({ name, kind, help, boundaries, series }: Family): string {
  const lines = [
    `# HELP ${name} ${help.replaceAll("\\", String.raw`\\`).replaceAll("\n", String.raw`\n`)}`,
    `# TYPE ${name} ${kind === "up-down-counter" ? "gauge" : kind}`,
  ];
  for (const [key, { value, buckets, count }] of series) {
    const all = key === "" ? "" : `{${key}}`;
    if (kind !== "histogram") {
      lines.push(`${name}${all} ${value}`);
      continue;
    }
    let below = 0;
    const comma = key === "" ? "" : `${key},`;
    boundaries.forEach((boundary, index) => {
      below += buckets[index] ?? 0;
      lines.push(`${name}_bucket{${comma}le="${boundary}"} ${below}`);
    });
    lines.push(
      `${name}_bucket{${comma}le="+Inf"} ${count}`,
      `${name}_sum${all} ${value}`,
      `${name}_count${all} ${count}`,
    );
  }
  return `${lines.join("\n")}\n`;
}
