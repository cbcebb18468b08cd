/** What programs import as `perdure/opentelemetry`. */
export * from "./activity-interceptor.ts";
export * from "./client-interceptor.ts";
export type { OpenTelemetrySinks, SpanRecord } from "./inside/span-record.ts";
export * from "./metric-meter.ts";
export * from "./plugin.ts";
export { makeWorkflowExporter } from "./workflow-exporter.ts";
export type { SpanTaker } from "./workflow-exporter.ts";
