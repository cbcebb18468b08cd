/** Spans as they end, of whatever version of OpenTelemetry; what a process needs to make them. */
import { context, propagation } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { BasicTracerProvider } from "@opentelemetry/sdk-trace-base";

export interface CollectedSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string | undefined;
}

interface EndedSpan {
  readonly name: string;
  spanContext(): { readonly traceId: string; readonly spanId: string };
  /** Version 2 and version 1. */
  readonly parentSpanContext?: { readonly spanId: string };
  readonly parentSpanId?: string;
}

export class CollectedSpans {
  readonly all: CollectedSpan[] = [];

  /** For `OpenTelemetryPlugin` of either SDK. */
  readonly processor = {
    onStart: () => {},
    onEnd: (span: EndedSpan) => {
      const { traceId, spanId } = span.spanContext();
      const parentId = span.parentSpanContext?.spanId ?? span.parentSpanId;
      this.all.push({ name: span.name, traceId, spanId, parentId });
    },
    forceFlush: async () => {},
    shutdown: async () => {},
  };

  readonly tracer = new BasicTracerProvider({ spanProcessors: [this.processor as never] }).getTracer("traces");

  constructor() {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  }
}
