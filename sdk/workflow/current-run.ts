/** Which run the code that executes now belongs to. */
import { IllegalStateError } from "../common/index.ts";
import type { RunState } from "./state.ts";

let current: RunState | undefined;

/**
 * Without a sandbox other code of the process may run while a run is current, and code of a run may go on while another
 * one is: the host knows whose code it is.
 */
let isOfCurrentRun: () => boolean = () => true;

export function tellWhoseCodeRuns(isCurrent: () => boolean): void {
  isOfCurrentRun = isCurrent;
}

export function enterRun(run: RunState): void {
  current = run;
}

/** Ends what `enterRun` began, unless another run was entered meanwhile. */
export function leaveRun(run: RunState): void {
  if (current === run) current = undefined;
}

/** The run that was entered last, whoever's code executes. */
export function enteredRun(): RunState | undefined {
  return current;
}

export function findCurrentRun(): RunState | undefined {
  return isOfCurrentRun() ? current : undefined;
}

/** @throws IllegalStateError with `message` outside of workflow code. */
export function currentRun(message?: string): RunState {
  const run = findCurrentRun();
  if (run === undefined) throw new IllegalStateError(message ?? "Workflow uninitialized");
  return run;
}

/** The run for a call that only workflow code may make. */
export function requireRun(functionName: string): RunState {
  const run = findCurrentRun();
  if (run === undefined) {
    throw new IllegalStateError(
      `${functionName}() works only in a workflow: call it from a workflow function or from a handler, run by a worker`,
    );
  }
  return run;
}

/** Whether this code runs in a workflow. */
export function inWorkflowContext(): boolean {
  return findCurrentRun() !== undefined;
}
