/**
 * Behaviours that changed between versions of the SDK. A flag is written to history by the task that first relies on
 * it; a replayed task without it does as the old version did.
 */
import type { RunState } from "./state.ts";

export interface SdkFlag {
  readonly id: number;
  /** Whether tasks that are not replayed have it. */
  readonly default: boolean;
  /** Versions that behaved so without writing it. */
  readonly impliedBy?: (sdkVersion: string) => boolean;
}

const isOneOfBrokenVersions = (version: string): boolean => version === "1.11.0" || version === "1.11.1";

export const SdkFlags = {
  /** Scopes that are not cancellable shield their children; timers of time-outs are cancelled when no longer needed. */
  NonCancellableScopesAreShieldedFromPropagation: { id: 1, default: true, impliedBy: isOneOfBrokenVersions },
  /** All jobs of an activation are applied before microtasks run; signals used to be a batch of their own. */
  ProcessWorkflowActivationJobsAsSingleBatch: { id: 2, default: true, impliedBy: isOneOfBrokenVersions },
} as const satisfies Record<string, SdkFlag>;

export function hasFlag(run: RunState, flag: SdkFlag): boolean {
  if (run.knownFlags?.has(flag.id)) return true;
  if (!run.activation.isReplaying) {
    if (!flag.default) return false;
    run.knownFlags ??= new Set();
    run.knownFlags.add(flag.id);
    run.newFlags ??= [];
    run.newFlags.push(flag.id);
    return true;
  }
  return flag.impliedBy?.(run.activation.lastSdkVersion) ?? false;
}

export function learnFlags(run: RunState, ids: readonly number[]): void {
  if (ids.length === 0) return;
  run.knownFlags ??= new Set();
  for (const id of ids) run.knownFlags.add(id);
}

export function takeNewFlags(run: RunState): readonly number[] {
  const flags = run.newFlags ?? NO_FLAGS;
  run.newFlags = undefined;
  return flags;
}

const NO_FLAGS: readonly number[] = [];
