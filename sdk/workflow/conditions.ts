/** Promises that wait for the state of the code itself. They are looked at when all microtasks have run. */
import type { Duration } from "../common/index.ts";
import { CancellationScope } from "./cancellation-scope.ts";
import { requireRun } from "./current-run.ts";
import type { TimerOptions } from "./interceptors.ts";
import { patchInternal } from "./patches.ts";
import type { Site } from "./stack-frames.ts";
import { recordSite } from "./stack-traces.ts";
import type { RunState } from "./state.ts";
import { sleep } from "./timers.ts";

export interface Condition {
  readonly isMet: () => boolean;
  readonly resolve: () => void;
  readonly unlink: () => void;
  readonly site: Site | undefined;
}

/** Marks histories in which a time-out of zero means one, and not none. */
const ZERO_TIMEOUT_PATCH = "__sdk_internal_patch_number:1";

/**
 * Resolves when `fn` returns true: it is called at once, and again after everything that may have changed its answer.
 * With a time-out, resolves with false when that passes first.
 *
 * @throws CancelledFailure when the current scope is cancelled
 *
 * @example
 * ```ts
 * if (!(await condition(() => approved, "2 days"))) await escalate();
 * ```
 */
export function condition(fn: () => boolean, timeout: Duration, options: TimerOptions): Promise<boolean>;
export function condition(fn: () => boolean, timeout: Duration): Promise<boolean>;
export function condition(fn: () => boolean): Promise<void>;
export async function condition(
  fn: () => boolean,
  timeout?: Duration,
  options?: TimerOptions,
): Promise<boolean | void> {
  const run = requireRun("condition");
  if (timeout === undefined) return until(run, fn);
  if (timeout === 0 && !patchInternal(run, ZERO_TIMEOUT_PATCH, "active")) return until(run, fn);
  return CancellationScope.cancellable(async () => {
    try {
      return await Promise.race([sleep(timeout, options).then(() => false), until(run, fn).then(() => true)]);
    } finally {
      CancellationScope.current().cancel();
    }
  });
}

function until(run: RunState, fn: () => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const sequence = run.nextSequence("condition");
    const unlink = CancellationScope.current().link((error) => {
      run.conditions?.delete(sequence);
      reject(error);
    }, reject);
    if (unlink === "cancelled") return;
    if (fn()) {
      unlink();
      resolve();
      return;
    }
    run.conditions ??= new Map();
    run.conditions.set(sequence, { isMet: fn, resolve, unlink, site: recordSite(run) });
  });
}

/** Unblocks every condition that is met now; a condition may be met by what another's function did. */
export function unblockConditions(run: RunState): number {
  const { conditions } = run;
  if (conditions === undefined) return 0;
  let unblocked = 0;
  let before: number;
  do {
    before = unblocked;
    for (const [sequence, blocked] of conditions) {
      if (!blocked.isMet()) continue;
      conditions.delete(sequence);
      blocked.unlink();
      blocked.resolve();
      unblocked += 1;
    }
  } while (unblocked !== before && conditions.size > 0);
  return unblocked;
}
