import type { WorkflowClientInterceptor, WorkflowStartOutput } from "./interceptors.ts";

/** Interceptors that know only `start` take part in `startWithDetails`. */
export function withStartDetails(interceptors: readonly WorkflowClientInterceptor[]): WorkflowClientInterceptor[] {
  return interceptors.map((interceptor) => {
    const { start } = interceptor;
    if (start === undefined || interceptor.startWithDetails !== undefined) return interceptor;
    const adapted: WorkflowClientInterceptor = {
      async startWithDetails(input, next) {
        let details: WorkflowStartOutput | undefined;
        const runId = await start.call(interceptor, input, async (passed) => {
          details = await next(passed);
          return details.runId;
        });
        return { runId, eagerlyStarted: details?.eagerlyStarted ?? false };
      },
    };
    return adapted;
  });
}
