/** The trace context in a header of calls, as the official interceptors write it. */
import { context, propagation, trace } from "@opentelemetry/api";
import type { Context } from "@opentelemetry/api";
import { defaultPayloadConverter } from "../common/index.ts";
import type { Headers } from "../common/index.ts";

export const TRACE_HEADER = "_tracer-data";

type Carrier = Record<string, string>;

/** The headers with the trace of the context. */
export function withTrace(headers: Headers, from: Context = context.active()): Headers {
  const carrier: Carrier = {};
  propagation.inject(from, carrier);
  const span = trace.getSpanContext(from);
  // Without a propagator of the program's, the W3C form is written all the same.
  if (span !== undefined)
    carrier["traceparent"] ??= `00-${span.traceId}-${span.spanId}-${span.traceFlags.toString(16).padStart(2, "0")}`;
  return { ...headers, [TRACE_HEADER]: defaultPayloadConverter.toPayload(carrier) };
}

/** The context of the trace that the headers tell of; the active one when they tell of none. */
export function traceOf(headers: Headers): Context {
  const payload = headers[TRACE_HEADER];
  const active = context.active();
  if (payload === undefined) return active;
  const carrier = defaultPayloadConverter.fromPayload(payload) as Carrier;
  const extracted = propagation.extract(active, carrier);
  if (extracted !== active) return extracted;
  const match = /^00-(?<traceId>[0-9a-f]{32})-(?<spanId>[0-9a-f]{16})-(?<flags>[0-9a-f]{2})$/.exec(
    carrier["traceparent"] ?? "",
  );
  if (match?.groups === undefined) return active;
  const { traceId, spanId, flags } = match.groups as { traceId: string; spanId: string; flags: string };
  return trace.setSpanContext(active, { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true });
}
