/** What the workers of this process log and measure, for tests to look at. */
import type { LogMetadata, MetricMeter, MetricTags } from "../../../sdk/common/index.ts";
import { DefaultLogger } from "../../../sdk/worker/index.ts";

export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly meta: LogMetadata;
}

const lines: LogLine[] = [];

export const logLines = new DefaultLogger("DEBUG", ({ level, message, meta }) => {
  lines.push({ level, message, meta: meta ?? {} });
});

export function linesOf(workflowId: string): LogLine[] {
  return lines.filter(({ meta }) =>
    JSON.stringify(meta["workflowId"] ?? meta["workflowExecution"] ?? "").includes(workflowId),
  );
}

export interface Measured {
  readonly name: string;
  readonly kind: string;
  readonly value: number;
  readonly tags: MetricTags;
}

const measured: Measured[] = [];

export function measuredAs(name: string): Measured[] {
  return measured.filter((each) => each.name === name);
}

function instrument(name: string, kind: string, verb: string) {
  const record = (value: number, tags: MetricTags = {}): void => void measured.push({ name, kind, value, tags });
  return {
    name,
    kind,
    valueType: "int",
    [verb]: record,
    withTags: (own: MetricTags) => ({ [verb]: (value: number, tags = {}) => record(value, { ...own, ...tags }) }),
  };
}

export const metrics = {
  createCounter: (name: string) => instrument(name, "counter", "add"),
  createHistogram: (name: string) => instrument(name, "histogram", "record"),
  createGauge: (name: string) => instrument(name, "gauge", "set"),
  createUpDownCounter: (name: string) => instrument(name, "up-down-counter", "add"),
  withTags: () => metrics,
} as unknown as MetricMeter;
