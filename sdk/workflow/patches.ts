/** Changes of workflow code while runs are open. */
import { IllegalStateError } from "../common/index.ts";
import { pushCommand } from "./commands.ts";
import { requireRun } from "./current-run.ts";
import { workflowInfo } from "./info.ts";
import type { RunState } from "./state.ts";

/**
 * Whether this run does the new thing: true for runs that come here for the first time with this code, false in the
 * replay of one that passed here without it. The answer stays the same for the life of the run.
 *
 * @param patchId names the change; calls with one id have one answer
 */
export function patched(patchId: string): boolean {
  return patchInternal(requireRun("patched"), patchId, "active");
}

/**
 * Says that all runs now do the new thing. Put it where `patched` was, once no open run is without the patch; take it
 * away when no open run has come here with `patched`.
 */
export function deprecatePatch(patchId: string): void {
  patchInternal(requireRun("deprecatePatch"), patchId, "deprecated");
}

export function patchInternal(run: RunState, patchId: string, state: "active" | "deprecated"): boolean {
  if (run.workflow === undefined) {
    throw new IllegalStateError("Patches cannot be used before the workflow starts: call patched() inside of it");
  }
  const isActive = decide(run, patchId, state);
  if (isActive && !run.patchesSent?.has(patchId)) {
    pushCommand(run, { kind: "setPatchMarker", patchId, deprecated: state === "deprecated" });
    run.patchesSent ??= new Set();
    run.patchesSent.add(patchId);
  }
  return isActive;
}

function decide(run: RunState, patchId: string, state: "active" | "deprecated"): boolean {
  if (run.patchesPresent?.has(patchId)) return true;
  const decided = run.patchDecisions?.get(patchId);
  if (decided !== undefined) return decided;
  if (run.activation.isReplaying) return false;
  const { patchActivationCallback } = run.options;
  const isOwn = patchId.startsWith("__sdk_internal_patch_number");
  const isActive =
    state === "deprecated" || isOwn || patchActivationCallback === undefined
      ? true
      : patchActivationCallback(workflowInfo(), patchId);
  run.patchDecisions ??= new Map();
  run.patchDecisions.set(patchId, isActive);
  return isActive;
}

export function notifyHasPatch(run: RunState, patchId: string): void {
  run.patchesPresent ??= new Set();
  run.patchesPresent.add(patchId);
}
