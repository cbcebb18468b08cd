/** From the runtime's options to its logger's level and its meter. */
import type { LogLevel, MetricMeter, MetricTags } from "../../common/index.ts";
import type { RuntimeOptions, TelemetryOptions } from "../runtime-options.ts";
import { BufferedMeter } from "./metrics-buffer.ts";
import type { MetricsBuffer } from "./metrics-buffer.ts";
import { PrometheusEndpoint } from "./prometheus-endpoint.ts";
import { PrometheusMeter } from "./prometheus-meter.ts";

export interface Telemetry {
  /** undefined: nobody wants metrics. */
  readonly meter: MetricMeter | undefined;
  readonly buffer?: MetricsBuffer;
  readonly endpoint?: PrometheusEndpoint;
  readonly prefix: string;
  /** On the SDK's own metrics. */
  readonly tags: MetricTags;
}

/** The value that the official SDKs' metrics have, which dashboards select by. */
const SERVICE_NAME = "temporal-core-sdk";
const PREFIX = "temporal_";

/** Throws TypeError for what cannot be had here. */
export function openTelemetry(options: RuntimeOptions, onError: (error: Error) => void): Telemetry {
  const { telemetryOptions: given = {}, metricMeter } = options;
  const { metrics } = given;
  const prefix = metrics?.metricPrefix ?? (given.noTemporalPrefixForMetrics === true ? "" : PREFIX);
  const tags = {
    ...(metrics !== undefined && metrics.attachServiceName !== false && { service_name: SERVICE_NAME }),
    ...metrics?.globalTags,
  };
  if (metricMeter !== undefined || metrics === undefined) return { meter: metricMeter, prefix, tags };
  if ("buffer" in metrics) {
    // The attributes of what is fetched are the program's own business.
    return { meter: new BufferedMeter(metrics.buffer), buffer: metrics.buffer, prefix, tags: {} };
  }
  if ("prometheus" in metrics) {
    const meter = new PrometheusMeter(metrics.prometheus);
    const { bindAddress } = metrics.prometheus;
    return {
      meter,
      endpoint: new PrometheusEndpoint({ bindAddress, text: () => meter.text(), onError }),
      prefix,
      tags,
    };
  }
  throw new TypeError(
    "Runtime: telemetryOptions.metrics.otel is not served here. Set up an exporter with the OpenTelemetry SDK, and give " +
      "Runtime.install({ metricMeter: new OpenTelemetryMetricMeter(meter) }) of perdure/opentelemetry",
  );
}

const LEVELS: readonly LogLevel[] = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR"];

/** INFO, or lower when the filter asks for it: no line is lost that the official SDK would write. */
export function levelOf({ logging, tracingFilter }: TelemetryOptions = {}): LogLevel {
  const forward = logging !== undefined && "forward" in logging ? logging.forward?.level : undefined;
  const filter = logging?.filter ?? forward ?? tracingFilter;
  if (filter === undefined) return "INFO";
  const wanted =
    typeof filter === "object"
      ? [filter.core]
      : [...filter.toUpperCase().matchAll(/TRACE|DEBUG/g)].map(([level]) => level as LogLevel);
  return LEVELS.find((level) => wanted.includes(level) || level === "INFO") ?? "INFO";
}
