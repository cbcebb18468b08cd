/** `perdure/opentelemetry`: traces and metrics for OpenTelemetry; needs `@opentelemetry/api`. */
export * from "../../sdk/opentelemetry/index.ts";
