/** A span of workflow code on its way out: plain data. */
import type { Sinks } from "../../workflow/index.ts";

/** A span of workflow code, as it leaves the workflow. */
export interface SpanRecord {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly traceState: string | undefined;
  readonly parentSpanId: string | undefined;
  /** Times of the workflow, in milliseconds since the epoch. */
  readonly startMs: number;
  readonly endMs: number;
  readonly runId: string;
  /** Of the update that the span is of. */
  readonly updateId?: string | undefined;
  readonly status:
    | { readonly kind: "ok" }
    | { readonly kind: "error"; readonly message: string; readonly type: string; readonly stack: string | undefined };
}

/** The sink that takes spans: make its implementation with `makeWorkflowExporter`. */
export interface OpenTelemetrySinks extends Sinks {
  exporter: { export(span: SpanRecord): void };
}
