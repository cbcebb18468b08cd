/** Names that programs may still import, and need no more. */
import { IllegalStateError } from "../common/index.ts";
import type { Logger } from "../common/index.ts";
import type { Context } from "../activity/index.ts";
import type { LoggerSinks } from "../workflow/index.ts";
import { GracefulShutdownPeriodExpiredError, ShutdownError, TransportError, UnexpectedError } from "./errors.ts";
import type {
  ActivityExecuteInput,
  ActivityInboundCallsInterceptor,
  Next,
  WorkerInterceptors,
} from "./interceptors.ts";
import type { InjectedSinks } from "./sinks.ts";
import type { ReplayWorkerOptions } from "./worker-options.ts";

/** @deprecated Executions of activities are logged without it: it does nothing. */
export class ActivityInboundLogInterceptor implements ActivityInboundCallsInterceptor {
  // oxlint-disable-next-line no-useless-constructor -- Programs call it with arguments.
  constructor(_ctx: Context, _logger?: Logger) {}

  execute(input: ActivityExecuteInput, next: Next<ActivityInboundCallsInterceptor, "execute">): Promise<unknown> {
    return next(input);
  }
}

/** @deprecated Executions of workflows are logged without it: it does nothing. */
export class WorkflowLogInterceptor {
  getLogAttributes<I, O>(input: I, next: (input: I) => O): O {
    return next(input);
  }

  execute<I, O>(input: I, next: (input: I) => O): O {
    return next(input);
  }
}

/** @deprecated Lines of workflow code go to the runtime's logger without it. */
export function defaultSinks(_logger?: Logger): InjectedSinks<LoggerSinks> {
  return {} as InjectedSinks<LoggerSinks>;
}

/** @deprecated There are none to append. */
export function appendDefaultInterceptors(interceptors: WorkerInterceptors, _logger?: Logger): WorkerInterceptors {
  return interceptors;
}

/** @deprecated There are none. */
export const defaultWorkflowInterceptorModules: never[] = [];

/** @deprecated Import the classes. */
export const errors = {
  IllegalStateError,
  ShutdownError,
  TransportError,
  UnexpectedError,
  GracefulShutdownPeriodExpiredError,
};

/** @throws IllegalStateError: workflow code needs no replayer of its own to be debugged. */
export function startDebugReplayer(_options: ReplayWorkerOptions): void {
  throw new IllegalStateError(
    "startDebugReplayer is the other side of an editor's extension and is not served. To step through a history, call " +
      "Worker.runReplayHistory({ workflowsPath, isolateExecutionTimeout: 0 }, history) under node --inspect-brk",
  );
}
