/** `setTimeout` over timers of the workflow. Each has a scope of its own, so that clearing it cancels its timer. */
import { CancellationScope } from "./cancellation-scope.ts";
import type { RunState } from "./state.ts";
import { sleep } from "./timers.ts";

export interface WorkflowTimeout {
  readonly callback: (...args: any[]) => void;
  readonly ms: number;
  readonly args: readonly any[];
}

/** Returns the number of the timer, which is its handle. */
export function setWorkflowTimeout(run: RunState, { callback, ms, args }: WorkflowTimeout): number {
  // The number that `sleep` is about to take.
  const handle = run.sequences.timer;
  const scope = new CancellationScope({ cancellable: true });
  const timer = scope.run(() => sleep(Math.max(1, ms || 0)));
  run.timeoutHandles ??= new Map();
  run.timeoutHandles.set(handle, scope);
  const forget = (): boolean => run.timeoutHandles?.delete(handle) ?? false;
  const fire = (): void => {
    forget();
    callback(...args);
  };
  void timer.then(fire, forget);
  return handle;
}

export function clearWorkflowTimeout(run: RunState, handle: number): void {
  const scope = run.timeoutHandles?.get(handle);
  if (scope === undefined) return;
  run.timeoutHandles?.delete(handle);
  scope.cancel();
}
