import { context, trace } from "@opentelemetry/api";
import type { Span, Tracer } from "@opentelemetry/api";
import type { Next } from "../common/index.ts";
import type {
  WorkflowCancelInput,
  WorkflowClientInterceptor,
  WorkflowDescribeInput,
  WorkflowQueryInput,
  WorkflowSignalInput,
  WorkflowSignalWithStartInput,
  WorkflowStartInput,
  WorkflowStartOutput,
  WorkflowStartUpdateInput,
  WorkflowStartUpdateOutput,
  WorkflowStartUpdateWithStartInput,
  WorkflowStartUpdateWithStartOutput,
  WorkflowTerminateInput,
} from "../client/index.ts";
import { SPAN } from "./span-names.ts";
import { withTrace } from "./trace-header.ts";
import { withinSpan } from "./within-span.ts";

/** Options of the interceptors. */
export interface InterceptorOptions {
  /** `@temporalio/interceptor-client`, `…-activity` or `…-workflow` of the global provider unless given. */
  readonly tracer?: Tracer;
}

const of = (span: Span) => trace.setSpan(context.active(), span);

/** Makes a span of each call of a workflow client, and sends the trace along. */
export class OpenTelemetryWorkflowClientInterceptor implements WorkflowClientInterceptor {
  readonly #tracer: Tracer;

  constructor(options: InterceptorOptions = {}) {
    this.#tracer = options.tracer ?? trace.getTracer("@temporalio/interceptor-client");
  }

  start(input: WorkflowStartInput, next: Next<WorkflowClientInterceptor, "start">): Promise<string> {
    return this.#span(`${SPAN.start}:${input.workflowType}`, input.options.workflowId, async (span) => {
      const runId = await next({ ...input, headers: withTrace(input.headers, of(span)) });
      span.setAttribute("run_id", runId);
      return runId;
    });
  }

  startWithDetails(
    input: WorkflowStartInput,
    next: Next<WorkflowClientInterceptor, "startWithDetails">,
  ): Promise<WorkflowStartOutput> {
    return this.#span(`${SPAN.start}:${input.workflowType}`, input.options.workflowId, async (span) => {
      const output = await next({ ...input, headers: withTrace(input.headers, of(span)) });
      span.setAttribute("run_id", output.runId);
      return output;
    });
  }

  signal(input: WorkflowSignalInput, next: Next<WorkflowClientInterceptor, "signal">): Promise<void> {
    return this.#span(`${SPAN.signal}:${input.signalName}`, input.workflowExecution.workflowId, (span) =>
      next({ ...input, headers: withTrace(input.headers, of(span)) }),
    );
  }

  signalWithStart(
    input: WorkflowSignalWithStartInput,
    next: Next<WorkflowClientInterceptor, "signalWithStart">,
  ): Promise<string> {
    return this.#span(`${SPAN.signalWithStart}:${input.workflowType}`, input.options.workflowId, async (span) => {
      const runId = await next({ ...input, headers: withTrace(input.headers, of(span)) });
      span.setAttribute("run_id", runId);
      return runId;
    });
  }

  query(input: WorkflowQueryInput, next: Next<WorkflowClientInterceptor, "query">): Promise<unknown> {
    return this.#span(`${SPAN.query}:${input.queryType}`, input.workflowExecution.workflowId, (span) =>
      next({ ...input, headers: withTrace(input.headers, of(span)) }),
    );
  }

  startUpdate(
    input: WorkflowStartUpdateInput,
    next: Next<WorkflowClientInterceptor, "startUpdate">,
  ): Promise<WorkflowStartUpdateOutput> {
    const { updateName, workflowExecution } = input;
    return this.#span(`${SPAN.update}:${updateName}`, workflowExecution.workflowId, async (span) => {
      const output = await next({ ...input, headers: withTrace(input.headers, of(span)) });
      span.setAttribute("run_id", output.workflowRunId);
      return output;
    });
  }

  startUpdateWithStart(
    input: WorkflowStartUpdateWithStartInput,
    next: Next<WorkflowClientInterceptor, "startUpdateWithStart">,
  ): Promise<WorkflowStartUpdateWithStartOutput> {
    const { updateName, workflowStartOptions } = input;
    return this.#span(`${SPAN.updateWithStart}:${updateName}`, workflowStartOptions.workflowId, async (span) => {
      const output = await next({
        ...input,
        workflowStartHeaders: withTrace(input.workflowStartHeaders, of(span)),
        updateHeaders: withTrace(input.updateHeaders, of(span)),
      });
      const { runId } = output.workflowExecution;
      if (runId !== undefined) span.setAttribute("run_id", runId);
      return output;
    });
  }

  cancel(input: WorkflowCancelInput, next: Next<WorkflowClientInterceptor, "cancel">) {
    return this.#span(SPAN.cancel, input.workflowExecution.workflowId, () => next(input));
  }

  terminate(input: WorkflowTerminateInput, next: Next<WorkflowClientInterceptor, "terminate">) {
    return this.#span(SPAN.terminate, input.workflowExecution.workflowId, () => next(input));
  }

  describe(input: WorkflowDescribeInput, next: Next<WorkflowClientInterceptor, "describe">) {
    return this.#span(SPAN.describe, input.workflowExecution.workflowId, () => next(input));
  }

  #span<T>(name: string, workflowId: string | undefined, call: (span: Span) => Promise<T>): Promise<T> {
    const attributes = workflowId === undefined ? {} : { temporalWorkflowId: workflowId };
    return withinSpan({ tracer: this.#tracer, name, attributes }, call);
  }
}
