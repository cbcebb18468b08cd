/** Interceptors that run with the workflows: they note every call in the args and headers that pass. */
import { workflowInfo } from "../../../sdk/workflow/index.ts";
import type { WorkflowInterceptorsFactory } from "../../../sdk/workflow/index.ts";
import { defaultPayloadConverter } from "../../../sdk/common/index.ts";
import type { Headers } from "../../../sdk/common/index.ts";

const noted = (headers: Headers): Headers => ({
  ...headers,
  path: defaultPayloadConverter.toPayload(`${pathOf(headers)}>workflow`) as NonNullable<Headers[string]>,
});

function pathOf(headers: Headers): string {
  const payload = headers["path"];
  return payload === undefined ? "" : defaultPayloadConverter.fromPayload<string>(payload);
}

export const interceptors: WorkflowInterceptorsFactory = () => {
  let path = "";
  const passed = (headers: Headers): Headers =>
    noted({ ...headers, path: defaultPayloadConverter.toPayload(path) as NonNullable<Headers[string]> });
  return {
    inbound: [
      {
        execute(input, next) {
          path = pathOf(input.headers);
          const [first, ...rest] = input.args;
          return next({ ...input, args: first === "tell the path" ? [path, ...rest] : input.args });
        },
        handleSignal: (input, next) => next({ ...input, args: [`signal ${pathOf(input.headers)}`, ...input.args] }),
        handleQuery: async (input, next) => [pathOf(input.headers), await next(input)],
        handleUpdate: async (input, next) => [pathOf(input.headers), input.name, await next(input)],
        validateUpdate(input, next) {
          if (input.args[0] === "refused by the interceptor") throw new Error("refused");
          next(input);
        },
      },
    ],
    outbound: [
      {
        startTimer: (input, next) => next({ ...input, durationMs: Math.min(input.durationMs, 20) }),
        scheduleActivity: (input, next) => next({ ...input, headers: passed(input.headers) }),
        scheduleLocalActivity: (input, next) => next({ ...input, headers: passed(input.headers) }),
        startChildWorkflowExecution: (input, next) => next({ ...input, headers: passed(input.headers) }),
        signalWorkflow: (input, next) => next({ ...input, headers: passed(input.headers) }),
        continueAsNew: (input, next) => next({ ...input, headers: passed(input.headers) }),
        getLogAttributes: (input, next) => next({ ...input, intercepted: workflowInfo().workflowType }),
        getMetricTags: (input, next) => next({ ...input, intercepted: true }),
      },
    ],
    internals: [
      {
        concludeActivation: (input, next) => next(input),
      },
    ],
  };
};
