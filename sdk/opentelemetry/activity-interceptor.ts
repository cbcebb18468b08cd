import { trace } from "@opentelemetry/api";
import type { Tracer } from "@opentelemetry/api";
import { CompleteAsyncError } from "../activity/index.ts";
import type { Context } from "../activity/index.ts";
import type { Next } from "../common/index.ts";
import type {
  ActivityExecuteInput,
  ActivityInboundCallsInterceptor,
  ActivityOutboundCallsInterceptor,
  GetLogAttributesInput,
} from "../worker/index.ts";
import type { InterceptorOptions } from "./client-interceptor.ts";
import { SPAN } from "./span-names.ts";
import { traceOf } from "./trace-header.ts";
import { withinSpan } from "./within-span.ts";

/** Runs each activity in a span of the trace that its workflow sent along. */
export class OpenTelemetryActivityInboundInterceptor implements ActivityInboundCallsInterceptor {
  readonly #context: Context;
  readonly #tracer: Tracer;

  constructor(context: Context, options: InterceptorOptions = {}) {
    this.#context = context;
    this.#tracer = options.tracer ?? trace.getTracer("@temporalio/interceptor-activity");
  }

  execute(input: ActivityExecuteInput, next: Next<ActivityInboundCallsInterceptor, "execute">): Promise<unknown> {
    const { activityType, activityId, activityRunId, workflowExecution } = this.#context.info;
    const isAcceptable = (error: unknown): boolean => error instanceof CompleteAsyncError;
    const open = {
      tracer: this.#tracer,
      name: `${SPAN.runActivity}:${activityType}`,
      attributes: {
        temporalActivityId: activityId,
        ...(workflowExecution === undefined
          ? { run_id: activityRunId }
          : { run_id: workflowExecution.runId, temporalWorkflowId: workflowExecution.workflowId }),
      },
      parent: traceOf(input.headers),
      isAcceptable,
    };
    return withinSpan(open, () => next(input));
  }
}

/** Adds the trace to each log line of an activity. */
export class OpenTelemetryActivityOutboundInterceptor implements ActivityOutboundCallsInterceptor {
  getLogAttributes(
    input: GetLogAttributesInput,
    next: Next<ActivityOutboundCallsInterceptor, "getLogAttributes">,
  ): Record<string, unknown> {
    const span = trace.getActiveSpan()?.spanContext();
    if (span === undefined) return next(input);
    const { traceId, spanId, traceFlags } = span;
    return next({ ...input, trace_id: traceId, span_id: spanId, trace_flags: `0${traceFlags.toString(16)}` });
  }
}
