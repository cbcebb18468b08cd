/** Functions of the worker that workflow code may call: they take, and give nothing back. */
import { requireRun } from "./current-run.ts";
import { infoOf, type WorkflowInfo } from "./info.ts";
import type { RunState } from "./state.ts";

/** A function that workflow code can call without hearing of it. */
export type SinkFunction = (...args: any[]) => void;
/** Sink functions by name. */
export type Sink = Record<string, SinkFunction>;
/** Sinks by name. */
export type Sinks = Record<string, Sink>;

/** A call of a sink, as it leaves the workflow. */
export interface SinkCall {
  ifaceName: string;
  fnName: string;
  args: any[];
  workflowInfo: WorkflowInfo;
}

/**
 * The sinks that the worker was given (option `sinks`), to write out what is no part of the workflow's state.
 *
 * @example
 * ```ts
 * interface MySinks extends Sinks { alerts: { page(message: string): void } }
 * const { alerts } = proxySinks<MySinks>();
 * alerts.page("stuck");
 * ```
 */
export function proxySinks<T extends Sinks>(): T {
  return new Proxy({} as T, {
    get: (_, ifaceName) =>
      new Proxy(
        {},
        {
          get:
            (__, fnName) =>
            (...args: any[]) =>
              callSink(requireRun("A sink"), { ifaceName: String(ifaceName), fnName: String(fnName), args }),
        },
      ),
  });
}

interface Call {
  readonly ifaceName: string;
  readonly fnName: string;
  readonly args: readonly unknown[];
}

function callSink(run: RunState, call: Call): void {
  recordCall(run, call, infoOf(run));
}

/** A call of a sink of the user's, which is told of the run, or of one of the worker's own, which is not. */
export function recordCall(run: RunState, { ifaceName, fnName, args }: Call, workflowInfo?: WorkflowInfo): void {
  run.sinkCalls.push({ ifaceName, fnName, args, isReplaying: isReplayed(run), nowMs: run.nowMs, workflowInfo });
}

/** Whether what the code says now was said before; never so of what handlers of queries say. */
export function isReplayed(run: RunState): boolean {
  return run.activation.isReplaying && !run.isReadOnly;
}
