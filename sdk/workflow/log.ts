/** Logging from workflow code: lines are collected, and written by the worker unless they are a replay's. */
import { SdkComponent } from "../common/index.ts";
import { ContinueAsNew } from "./continue-as-new.ts";
import { currentRun } from "./current-run.ts";
import { isCancellation } from "./errors.ts";
import { infoOf, workflowLogAttributes } from "./info.ts";
import { outbound } from "./interceptor-chain.ts";
import { isReplayed, recordCall, type Sink, type Sinks } from "./sinks.ts";
import type { RunState } from "./state.ts";
import { failsWorkflow } from "./failures.ts";

export interface WorkflowLogger extends Sink {
  trace(message: string, attrs?: Record<string, unknown>): void;
  debug(message: string, attrs?: Record<string, unknown>): void;
  info(message: string, attrs?: Record<string, unknown>): void;
  warn(message: string, attrs?: Record<string, unknown>): void;
  error(message: string, attrs?: Record<string, unknown>): void;
}

/** @deprecated use `log`, and the worker's logger */
export interface LoggerSinks extends Sinks {
  /** @deprecated */
  defaultWorkerLogger: WorkflowLogger;
}

/** The sink that takes log lines. */
export const LOG_SINK = "__temporal_logger";
/** Attribute with the real time of a line in nanoseconds, for its place among the worker's other lines. */
export const LOG_TIMESTAMP: unique symbol = Symbol.for("__temporal_log_timestamp__");

const LEVELS = ["trace", "debug", "info", "warn", "error"] as const;

export type WorkflowLogLevel = (typeof LEVELS)[number];

function logAt(level: WorkflowLogLevel): (message: string, attrs?: Record<string, unknown>) => void {
  return (message, attrs) => writeLog(currentRun("Workflow uninitialized"), level, message, attrs);
}

/**
 * The logger of workflow code: a line is written once, however often the code is replayed. Lines carry the workflow's
 * id, run, type, namespace and task queue.
 *
 * @example
 * ```ts
 * log.info("Order shipped", { orderId });
 * ```
 */
export const log: WorkflowLogger = {
  trace: logAt("trace"),
  debug: logAt("debug"),
  info: logAt("info"),
  warn: logAt("warn"),
  error: logAt("error"),
};

export function writeLog(
  run: RunState,
  level: WorkflowLogLevel,
  message: string,
  attrs?: Record<string, unknown>,
): void {
  if (!isWritten(run, level)) return;
  const base = workflowLogAttributes(infoOf(run));
  const attributes = outbound(run, "getLogAttributes", (input) => input)(base);
  const line: Record<string | symbol, unknown> = {
    sdkComponent: SdkComponent.workflow,
    ...attributes,
    ...attrs,
  };
  const { timeOfDay } = run.options;
  if (timeOfDay !== undefined) line[LOG_TIMESTAMP] = timeOfDay();
  recordCall(run, { ifaceName: LOG_SINK, fnName: level, args: [message, line] });
}

/** Whether the worker would write the line: building one that it drops costs more than most workflows do between two lines. */
function isWritten(run: RunState, level: WorkflowLogLevel): boolean {
  if (isReplayed(run)) return false;
  const { lowestLogLevel } = run.options;
  return lowestLogLevel === undefined || LEVELS.indexOf(level) >= LEVELS.indexOf(lowestLogLevel);
}

/** Logs the start and the end of a workflow. */
export function withLifecycleLog(run: RunState, fn: () => Promise<unknown>): Promise<unknown> {
  const worker = { sdkComponent: SdkComponent.worker };
  writeLog(run, "debug", "Workflow started", worker);
  return fn().then(
    (result) => {
      writeLog(run, "debug", "Workflow completed", worker);
      return result;
    },
    (error: unknown) => {
      if (run.isCancelled && isCancellation(error)) writeLog(run, "debug", "Workflow completed as cancelled", worker);
      else if (error instanceof ContinueAsNew) writeLog(run, "debug", "Workflow continued as new", worker);
      else if (failsWorkflow(run, error)) writeLog(run, "warn", "Workflow failed", { ...worker, error });
      // Else the task fails, and the worker says so.
      throw error;
    },
  );
}
