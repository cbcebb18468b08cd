/** Spans of workflow code, made into what exporters of the OpenTelemetry SDK take. */
import { context, createTraceState, SpanKind, SpanStatusCode, trace, TraceFlags } from "@opentelemetry/api";
import type { Attributes, Context, HrTime, SpanContext, SpanStatus } from "@opentelemetry/api";
import type { InjectedSink } from "../worker/index.ts";
import type { OpenTelemetrySinks, SpanRecord } from "./inside/span-record.ts";

/** What the OpenTelemetry SDK calls a ReadableSpan, of either of its major versions. */
interface FinishedSpan {
  readonly name: string;
  readonly kind: SpanKind;
  readonly spanContext: () => SpanContext;
  readonly parentSpanContext: SpanContext | undefined;
  readonly parentSpanId: string | undefined;
  readonly startTime: HrTime;
  readonly endTime: HrTime;
  readonly duration: HrTime;
  readonly status: SpanStatus;
  readonly attributes: Attributes;
  readonly links: [];
  readonly events: { name: string; time: HrTime; attributes: Attributes }[];
  readonly ended: true;
  readonly resource: unknown;
  readonly instrumentationScope: { readonly name: string };
  readonly instrumentationLibrary: { readonly name: string };
  readonly droppedAttributesCount: 0;
  readonly droppedEventsCount: 0;
  readonly droppedLinksCount: 0;
}

/** A span processor, or a span exporter, of the OpenTelemetry SDK. */
export type SpanTaker =
  // oxlint-disable-next-line no-explicit-any -- Spans of whichever version of the SDK the program has.
  | { onStart(span: any, parent: Context): void; onEnd(span: any): void }
  // oxlint-disable-next-line no-explicit-any -- As above.
  | { export(spans: any[], onResult: (result: any) => void): void };

const SCOPE = { name: "@temporalio/interceptor-workflow" };
const NO_SPAN = "0".repeat(16);

/**
 * The sink for spans of workflow code: `sinks: { exporter: makeWorkflowExporter(processor, resource) }`.
 *
 * @param taker a span processor or exporter of the OpenTelemetry SDK
 * @param resource what the spans are of, as given to the tracer provider
 */
export function makeWorkflowExporter(
  taker: SpanTaker,
  resource?: unknown,
): InjectedSink<OpenTelemetrySinks["exporter"]> {
  const from = resource ?? { attributes: {}, merge: () => from, getRawAttributes: () => [] };
  return {
    export: {
      fn(info, record) {
        const span = finished(record, from, attributesOf(info));
        if ("export" in taker) taker.export([span], () => {});
        else {
          taker.onStart(span, trace.setSpanContext(context.active(), span.spanContext()));
          taker.onEnd(span);
        }
      },
    },
  };
}

/** What is known of the workflow, as far as attributes can hold it. */
function attributesOf(info: object): Attributes {
  const plain = Object.entries(info).filter(([, value]) => ["string", "number", "boolean"].includes(typeof value));
  return Object.fromEntries(plain) as Attributes;
}

function finished(record: SpanRecord, resource: unknown, about: Attributes): FinishedSpan {
  const { name, traceId, spanId, parentSpanId, startMs, endMs, runId, updateId, status } = record;
  const shared = {
    traceId,
    traceFlags: TraceFlags.SAMPLED,
    ...(record.traceState !== undefined && { traceState: createTraceState(record.traceState) }),
  };
  const own: SpanContext = { ...shared, spanId };
  const hasParent = parentSpanId !== undefined && parentSpanId !== NO_SPAN;
  const endTime = hrTime(endMs);
  return {
    name,
    kind: SpanKind.INTERNAL,
    spanContext: () => own,
    parentSpanContext: hasParent ? { ...shared, spanId: parentSpanId } : undefined,
    parentSpanId: hasParent ? parentSpanId : undefined,
    startTime: hrTime(startMs),
    endTime,
    duration: hrTime(endMs - startMs),
    status:
      status.kind === "ok" ? { code: SpanStatusCode.OK } : { code: SpanStatusCode.ERROR, message: status.message },
    attributes: { ...about, run_id: runId, ...(updateId !== undefined && { temporalUpdateId: updateId }) },
    links: [],
    events: status.kind === "ok" ? [] : [exception(status, endTime)],
    ended: true,
    resource,
    instrumentationScope: SCOPE,
    instrumentationLibrary: SCOPE,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

function exception({ type, message, stack }: Extract<SpanRecord["status"], { kind: "error" }>, time: HrTime) {
  const attributes = {
    "exception.type": type,
    "exception.message": message,
    ...(stack !== undefined && { "exception.stacktrace": stack }),
  };
  return { name: "exception", time, attributes };
}

function hrTime(ms: number): HrTime {
  const seconds = Math.floor(ms / 1_000);
  return [seconds, Math.round((ms - seconds * 1_000) * 1e6)];
}
