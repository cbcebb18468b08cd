/** What the process's runtime can be told. Names are those of `@temporalio/worker`. */
import type { Duration, Logger, LogLevel, MetricMeter } from "../common/index.ts";
import type { MetricsBuffer } from "./metrics/metrics-buffer.ts";

/** Options of `Runtime.install`. */
export interface RuntimeOptions {
  /** Where logs go; to standard error from INFO upwards unless given. */
  logger?: Logger;
  /** Where the SDK's own metrics go, and those of workflows and activities; nowhere unless given here or below. */
  metricMeter?: MetricMeter;
  telemetryOptions?: TelemetryOptions;
  /** Between two words of a worker to its server about itself: 1 s to 60 s, 0 for none; 60 s unless given. */
  workerHeartbeatInterval?: Duration;
  /** Signals at which workers shut down; SIGINT, SIGTERM, SIGQUIT and SIGUSR2 unless given. */
  shutdownSignals?: NodeJS.Signals[];
}

/** Where logs and metrics go. */
export interface TelemetryOptions {
  logging?: LogExporterConfig;
  metrics?: MetricsExporterConfig;
  /** @deprecated Use `logging.filter`. */
  tracingFilter?: string;
  /** @deprecated Use `metrics.metricPrefix`. */
  noTemporalPrefixForMetrics?: boolean;
  /** @deprecated Ignored. */
  tracing?: unknown;
}

/** There is no native side with a log of its own: a filter lowers the level of the logger, unless one is given. */
export type LogExporterConfig = {
  filter?: string | CoreLogFilterOptions;
} & Partial<ConsoleLogger | ForwardLogger>;

/** Accepted; logs go to the `logger` of the runtime. */
export interface ConsoleLogger {
  console: { format?: "compact" | "pretty" | "json" };
}

/** Accepted; logs go to the `logger` of the runtime. */
export interface ForwardLogger {
  forward: {
    /** @deprecated Use `logging.filter`. */
    level?: LogLevel;
  };
}

/** How much is logged. */
export interface CoreLogFilterOptions {
  core: LogLevel;
  other?: LogLevel;
}

/** Where metrics go. */
export type MetricsExporterConfig = {
  /** @deprecated Of OpenTelemetry: set it where the metrics are exported. */
  temporality?: "cumulative" | "delta";
  /** Before the names of the SDK's own metrics; `temporal_` unless given. */
  metricPrefix?: string;
  /** On all of the SDK's own metrics. */
  globalTags?: Record<string, string>;
  /** Whether the SDK's own metrics have the tag `service_name`; true unless given. */
  attachServiceName?: boolean;
} & (PrometheusMetricsExporter | OtelCollectorExporter | BufferedMetricsExporter);

/** Serves metrics to Prometheus. */
export interface PrometheusMetricsExporter {
  prometheus: {
    /** Like `0.0.0.0:9464`; the metrics are at `/metrics`. */
    bindAddress: string;
    /** Names of counters end with `_total`. */
    countersTotalSuffix?: boolean;
    /** Names of histograms end with their unit. */
    unitSuffix?: boolean;
    /** Durations in seconds instead of milliseconds. */
    useSecondsForDurations?: boolean;
    /** Boundaries by the name of the histogram, with or without its prefix. */
    histogramBucketOverrides?: Record<string, number[]>;
  };
}

/** Refused: give `metricMeter` an `OpenTelemetryMetricMeter` of `perdure/opentelemetry`. */
export interface OtelCollectorExporter {
  otel: {
    url: string;
    http?: boolean;
    headers?: Record<string, string>;
    metricsExportInterval?: Duration;
    useSecondsForDurations?: boolean;
    temporality?: "cumulative" | "delta";
    histogramBucketOverrides?: Record<string, number[]>;
  };
}

/** Puts metrics into a buffer that the program empties. */
export interface BufferedMetricsExporter {
  buffer: MetricsBuffer;
}

/** A filter for `telemetryOptions.logging.filter` as a text. */
export function makeTelemetryFilterString({ core, other = "ERROR" }: CoreLogFilterOptions): string {
  return `${other},temporalio_sdk_core=${core},temporalio_client=${core},temporalio_common=${core}`;
}
