/**
 * Spans of workflow code. The module runs in the sandbox: spans are plain records, which a sink takes outside.
 *
 * What follows from a call or a handler of a message is a child of its span, also after awaits.
 */
import {
  AsyncLocalStorage,
  ContinueAsNew,
  currentUpdateInfo,
  getRandomStream,
  proxySinks,
  workflowInfo,
} from "../../workflow/index.ts";
import type {
  WorkflowInboundCallsInterceptor,
  WorkflowInterceptors,
  WorkflowOutboundCallsInterceptor,
} from "../../workflow/index.ts";
import { ApplicationFailure, ApplicationFailureCategory, defaultPayloadConverter } from "../../common/index.ts";
import type { Headers } from "../../common/index.ts";
import type { OpenTelemetrySinks, SpanRecord } from "./span-record.ts";

const HEADER = "_tracer-data";
const HANDLE_UPDATE = "HandleUpdate";
const RANDOM_STREAM = "__opentelemetry";
const INVALID = /^0+$/;

interface SpanPlace {
  readonly traceId: string;
  readonly spanId: string;
  readonly flags: string;
  readonly traceState: string | undefined;
}

type Carrier = Record<string, string>;

type Within = <T>(name: string, parent: SpanPlace | undefined, fn: (place: SpanPlace) => Promise<T>) => Promise<T>;

export function interceptors(): WorkflowInterceptors {
  const places = new AsyncLocalStorage<SpanPlace>();
  const within: Within = async (name, parent, fn) => {
    const { place, close } = openSpan(name, parent);
    try {
      const result = await places.run(place, () => fn(place));
      close({ kind: "ok" });
      return result;
    } catch (error) {
      close(statusOf(error));
      throw error;
    }
  };
  return { inbound: [inbound(within)], outbound: [outbound(within, () => places.getStore())] };
}

function inbound(within: Within): WorkflowInboundCallsInterceptor {
  return {
    execute: (input, next) =>
      within(`RunWorkflow:${workflowInfo().workflowType}`, placeIn(input.headers), () => next(input)),
    handleSignal: (input, next) =>
      within(`HandleSignal:${input.signalName}`, placeIn(input.headers), () => next(input)),
    handleUpdate: (input, next) => within(`${HANDLE_UPDATE}:${input.name}`, placeIn(input.headers), () => next(input)),
  };
}

function outbound(within: Within, current: () => SpanPlace | undefined): WorkflowOutboundCallsInterceptor {
  function call<I extends { readonly headers: Headers }, R>(name: string, input: I, next: (input: I) => Promise<R>) {
    return within(name, current(), (place) => next({ ...input, headers: withPlace(input.headers, place) }));
  }
  return {
    scheduleActivity: (input, next) => call(`StartActivity:${input.activityType}`, input, next),
    scheduleLocalActivity: (input, next) => call(`StartActivity:${input.activityType}`, input, next),
    startChildWorkflowExecution: (input, next) => call(`StartChildWorkflow:${input.workflowType}`, input, next),
    signalWorkflow: (input, next) => call(`SignalWorkflow:${input.signalName}`, input, next),
    continueAsNew: (input, next) => call(`ContinueAsNew:${input.options.workflowType}`, input, next),
    startNexusOperation: (input, next) =>
      within(`StartNexusOperation:${input.service}/${input.operation}`, current(), (place) =>
        next({ ...input, headers: { ...input.headers, ...carrierOf(place) } }),
      ),
    getLogAttributes(input, next) {
      const place = current();
      if (place === undefined) return next(input);
      return next({ ...input, trace_id: place.traceId, span_id: place.spanId, trace_flags: place.flags });
    },
  };
}

/** In workflow code `Date` is the workflow's own. */
function workflowNow(): number {
  return Number(new globalThis.Date());
}

function openSpan(name: string, parent: SpanPlace | undefined) {
  const { runId } = workflowInfo();
  const updateId = name.startsWith(HANDLE_UPDATE) ? currentUpdateInfo()?.id : undefined;
  const place: SpanPlace = {
    traceId: parent?.traceId ?? randomHex(16),
    spanId: randomHex(8),
    flags: parent?.flags ?? "01",
    traceState: parent?.traceState,
  };
  const startMs = workflowNow();
  const close = (status: SpanRecord["status"]): void => {
    // Who began the trace decided not to record it.
    if ((Number.parseInt(place.flags, 16) & 1) === 0) return;
    const { traceId, spanId, traceState } = place;
    const endMs = workflowNow();
    const { exporter } = proxySinks<OpenTelemetrySinks>();
    const parentSpanId = parent?.spanId;
    exporter.export({ name, traceId, spanId, traceState, parentSpanId, startMs, endMs, runId, updateId, status });
  };
  return { place, close };
}

function placeIn(headers: Headers): SpanPlace | undefined {
  const payload = headers[HEADER];
  if (payload === undefined) return undefined;
  const carrier = defaultPayloadConverter.fromPayload(payload) as Carrier;
  const match = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(carrier["traceparent"] ?? "");
  const [, traceId = "0", spanId = "0", flags = "00"] = match ?? [];
  if (INVALID.test(traceId) || INVALID.test(spanId)) return undefined;
  return { traceId, spanId, flags, traceState: carrier["tracestate"] };
}

function carrierOf({ traceId, spanId, flags, traceState }: SpanPlace): Carrier {
  return {
    traceparent: `00-${traceId}-${spanId}-${flags}`,
    ...(traceState !== undefined && { tracestate: traceState }),
  };
}

function withPlace(headers: Headers, place: SpanPlace): Headers {
  return { ...headers, [HEADER]: defaultPayloadConverter.toPayload(carrierOf(place)) };
}

function randomHex(bytes: number): string {
  const random = new Uint8Array(bytes);
  // oxlint-disable-next-line no-array-fill-with-reference-type -- Bytes, filled from the stream.
  getRandomStream(RANDOM_STREAM).fill(random);
  return Array.from(random, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function statusOf(error: unknown): SpanRecord["status"] {
  const isBenign = error instanceof ApplicationFailure && error.category === ApplicationFailureCategory.BENIGN;
  if (isBenign || error instanceof ContinueAsNew) return { kind: "ok" };
  if (!(error instanceof Error)) return { kind: "error", message: String(error), type: "Error", stack: undefined };
  return { kind: "error", message: error.message, type: error.name, stack: error.stack };
}
