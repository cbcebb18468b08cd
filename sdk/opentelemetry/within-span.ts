import { context, SpanStatusCode, trace } from "@opentelemetry/api";
import type { Attributes, Context, Span, Tracer } from "@opentelemetry/api";
import { ApplicationFailure, ApplicationFailureCategory } from "../common/index.ts";

export interface SpanToOpen {
  readonly tracer: Tracer;
  readonly name: string;
  readonly attributes?: Attributes;
  /** The active context unless given. */
  readonly parent?: Context;
  /** Errors that are no failures of the call, only another way of its end. */
  readonly isAcceptable?: (error: unknown) => boolean;
}

/** Runs `fn` in a span, which ends with it and tells of its error. */
export async function withinSpan<T>(open: SpanToOpen, fn: (span: Span) => Promise<T>): Promise<T> {
  const { tracer, name, attributes = {}, parent = context.active(), isAcceptable } = open;
  const span = tracer.startSpan(name, { attributes }, parent);
  try {
    const result = await context.with(trace.setSpan(parent, span), fn, undefined, span);
    span.setStatus({ code: SpanStatusCode.OK });
    return result;
  } catch (error) {
    if (isAcceptable?.(error) === true || isBenign(error)) span.setStatus({ code: SpanStatusCode.OK });
    else {
      span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.message : String(error) });
      span.recordException(error instanceof Error ? error : String(error));
    }
    throw error;
  } finally {
    span.end();
  }
}

function isBenign(error: unknown): boolean {
  return error instanceof ApplicationFailure && error.category === ApplicationFailureCategory.BENIGN;
}
