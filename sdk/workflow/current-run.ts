/** Which run the code that executes now belongs to. */
import { IllegalStateError } from "../common/index.ts";
import type { RunState } from "./state.ts";

let current: RunState | undefined;

export function enterRun(run: RunState): void {
  current = run;
}

/** Ends what `enterRun` began, unless another run was entered meanwhile. */
export function leaveRun(run: RunState): void {
  if (current === run) current = undefined;
}

export function findCurrentRun(): RunState | undefined {
  return current;
}

/** @throws IllegalStateError with `message` outside of workflow code. */
export function currentRun(message?: string): RunState {
  if (current === undefined) throw new IllegalStateError(message ?? "Workflow uninitialized");
  return current;
}

/** The run for a call that only workflow code may make. */
export function requireRun(functionName: string): RunState {
  if (current === undefined) {
    throw new IllegalStateError(
      `${functionName}() works only in a workflow: call it from a workflow function or from a handler, run by a worker`,
    );
  }
  return current;
}

/** Whether this code runs in a workflow. */
export function inWorkflowContext(): boolean {
  return current !== undefined;
}
