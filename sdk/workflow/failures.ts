/**
 * What an error does: end the workflow, or fail the workflow task, which is then tried again, perhaps with mended code.
 *
 * 1. Cancellation of a cancelled run, continue-as-new, and failures end it.
 * 2. So do errors that the worker or the workflow lists.
 * 3. All else is taken for a bug in code. The first one of an activation is kept and thrown to the driver.
 */
import { ensureTemporalFailure, TemporalFailure } from "../common/index.ts";
import { pushCommand } from "./commands.ts";
import { ContinueAsNew } from "./continue-as-new.ts";
import { failureOf } from "./conversion.ts";
import { isCancellation } from "./errors.ts";
import type { RunState } from "./state.ts";

/** Of an error that left the workflow function or a signal handler. */
export function handleFailure(run: RunState, error: unknown): void {
  if (run.isDisposed) return;
  if (run.isCancelled && isCancellation(error)) {
    pushCommand(run, { kind: "cancelWorkflowExecution" });
  } else if (error instanceof ContinueAsNew) {
    pushCommand(run, error.command);
  } else if (failsWorkflow(run, error)) {
    pushCommand(run, { kind: "failWorkflowExecution", failure: failureOf(run, ensureTemporalFailure(error)) });
  } else {
    recordTaskError(run, error);
  }
}

export function failsWorkflow(run: RunState, error: unknown): boolean {
  return error instanceof TemporalFailure || isListed(run, error);
}

function isListed(run: RunState, error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (run.failureExceptionTypes.some((type) => error instanceof type)) return true;
  const { failureErrorTypes } = run.options;
  if (failureErrorTypes === undefined || failureErrorTypes.length === 0) return false;
  return ["Error", error.name, error.constructor.name].some((name) => failureErrorTypes.includes(name));
}

export function recordTaskError(run: RunState, error: unknown): void {
  run.taskError ??= { error };
}

/** While jobs are applied there is no need to wait for the end of the activation. */
export function rethrowTaskError(run: RunState): void {
  if (run.isSynchronous && run.taskError !== undefined) throw run.taskError.error;
}
