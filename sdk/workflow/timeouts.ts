/** `setTimeout` over timers of the workflow. Each has a scope of its own, so that clearing it cancels its timer. */
import { CancellationScope } from "./cancellation-scope.ts";
import { pushCommand } from "./commands.ts";
import { hasFlag, SdkFlags } from "./flags.ts";
import type { RunState } from "./state.ts";
import { sleep } from "./timers.ts";

export interface WorkflowTimeout {
  readonly callback: (...args: any[]) => void;
  readonly ms: number;
  readonly args: readonly any[];
}

/** Returns the number of the timer, which is its handle. */
export function setWorkflowTimeout(run: RunState, timeout: WorkflowTimeout): number {
  return hasFlag(run, SdkFlags.NonCancellableScopesAreShieldedFromPropagation)
    ? setScopedTimeout(run, timeout)
    : setBareTimeout(run, timeout);
}

function setScopedTimeout(run: RunState, { callback, ms, args }: WorkflowTimeout): number {
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

/** As versions before 1.11 did it: a timer in no scope. */
function setBareTimeout(run: RunState, { callback, ms, args }: WorkflowTimeout): number {
  const seq = run.nextSequence("timer");
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  run.expect("timer", seq, { resolve, reject });
  pushCommand(run, { kind: "startTimer", seq, startToFireTimeoutMs: Math.max(1, ms || 0) });
  const fire = (): void => callback(...args);
  void promise.then(fire);
  return seq;
}

export function clearWorkflowTimeout(run: RunState, handle: number): void {
  if (!hasFlag(run, SdkFlags.NonCancellableScopesAreShieldedFromPropagation)) {
    // Those versions also skipped a number, which later timers show.
    run.nextSequence("timer");
    if (run.take("timer", handle) !== undefined) pushCommand(run, { kind: "cancelTimer", seq: handle });
    return;
  }
  const scope = run.timeoutHandles?.get(handle);
  if (scope === undefined) return;
  run.timeoutHandles?.delete(handle);
  scope.cancel();
}
