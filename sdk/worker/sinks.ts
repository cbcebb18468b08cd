/** Functions that workflow code may call outside its sandbox: for logs, metrics and traces, never for an answer. */
import type { Sink, SinkFunction, Sinks, WorkflowInfo } from "../workflow/index.ts";

/** A function behind one of a sink, and whether replays call it too. */
export interface InjectedSinkFunction<F extends SinkFunction> {
  /** Called after the activation in which the workflow called it. What it throws is logged. */
  fn(info: WorkflowInfo, ...args: Parameters<F>): void | Promise<void>;
  /** Also while a history is replayed; false unless given. */
  callDuringReplay?: boolean;
}

/** Functions of the program behind a sink of workflow code. */
export type InjectedSink<T extends Sink> = { [P in keyof T]: InjectedSinkFunction<T[P]> };

/** The implementations of all sinks of a worker, by the name of the sink and of the function. */
export type InjectedSinks<T extends Sinks> = { [P in keyof T]: InjectedSink<T[P]> };
