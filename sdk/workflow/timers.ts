import { type Duration, msToNumber } from "../common/index.ts";
import { CancellationScope, registerSleep } from "./cancellation-scope.ts";
import { commandMetadata, pushCommand } from "./commands.ts";
import { requireRun } from "./current-run.ts";
import { outbound } from "./interceptor-chain.ts";
import type { TimerInput, TimerOptions } from "./interceptors.ts";
import { recordSite } from "./stack-traces.ts";
import type { RunState } from "./state.ts";

/**
 * Waits, for a second or for a year: the timer is the server's and outlives the worker.
 *
 * @param ms milliseconds, or text as in `"30 days"`; less than 1 counts as 1
 * @throws CancelledFailure when the current scope is cancelled
 */
export function sleep(ms: Duration, options?: TimerOptions): Promise<void> {
  const run = requireRun("sleep");
  const durationMs = Math.max(1, msToNumber(ms));
  const seq = run.nextSequence("timer");
  const input: TimerInput = options === undefined ? { durationMs, seq } : { durationMs, seq, options };
  return outbound(run, "startTimer", startTimer)(input);
}

registerSleep(sleep);

function startTimer({ durationMs, seq, options }: TimerInput): Promise<void> {
  const run = requireRun("sleep");
  return new Promise((resolve, reject) => {
    const unlink = CancellationScope.current().link((error) => {
      if (run.take("timer", seq) === undefined) return;
      pushCommand(run, { kind: "cancelTimer", seq });
      reject(error);
    }, reject);
    if (unlink === "cancelled") return;
    pushCommand(run, {
      kind: "startTimer",
      seq,
      startToFireTimeoutMs: durationMs,
      ...commandMetadata(run, options?.summary, undefined, options?.eventGroups),
    });
    run.expect("timer", seq, {
      resolve: () => {
        unlink();
        resolve();
      },
      reject,
      site: recordSite(run),
    });
  });
}

export function fireTimer(run: RunState, seq: number): void {
  // Absent when the timer was cancelled in the same task in which it fired.
  run.take("timer", seq)?.resolve(undefined);
}
