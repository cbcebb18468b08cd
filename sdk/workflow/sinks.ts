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

export function callSink(run: RunState, call: { ifaceName: string; fnName: string; args: readonly unknown[] }): void {
  const workflowInfo = infoOf(run);
  run.sinkCalls.push({
    ...call,
    isReplaying: workflowInfo.unsafe.isReplayingHistoryEvents,
    nowMs: run.nowMs,
    workflowInfo,
  });
}
