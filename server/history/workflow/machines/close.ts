/**
 * The end of a run. Whatever closes it writes its own event and then calls `closeRun`:
 *
 * 1. Nothing of a closed run is pending: its workflow task, activities and timers are gone with the closing decision.
 * 2. What the end means to others (parent, children, callers who wait) is sent from the run's own state, so that it
 *    happens exactly once whatever crashes.
 */
import { assert } from "../../../../base/index.ts";
import { partPrefix } from "../parts.ts";
import type { Run } from "../run.ts";
import type { NewEvent } from "../event-log.ts";
import { notifyChildren, notifyParent } from "./family.ts";
import { scheduleCallbacks } from "./callback.ts";
import { releaseExternals } from "./external.ts";
import { abortQueries } from "./abort-queries.ts";
import { abortUpdates } from "./update.ts";

/** Parts that mean nothing once the run is closed. Updates and request ids stay: they may be asked for again. */
const PENDING = [partPrefix.activity, partPrefix.timer, partPrefix.buffered];

export interface CloseRun {
  /** WorkflowExecutionStatus */
  readonly status: number;
  /** The run that goes on in this one's place (retry, cron, continue-as-new): the parent is told of that one's end only. */
  readonly successorRunId?: string | undefined;
}

export function closeRun(run: Run, close: CloseRun, event: NewEvent): void {
  const { state } = run;
  assert(run.isRunning, "a run closes once");
  state.workflowTask = undefined;
  state.sticky = undefined;
  state.backoff = false;
  state.closeEventId = run.addEvent(event);
  state.status = close.status;
  state.closeTime = run.now;
  state.newRunId = close.successorRunId ?? "";
  for (const prefix of PENDING) for (const [key] of [...run.view.partsOf(prefix)]) run.view.deletePart(key);
  state.bufferedCount = 0;
  state.bufferedSize = 0;
  run.touchVisibility();
  releaseExternals(run);
  // The run that a reset made in this one's place has its children, and its end is what the parent waits for.
  if (state.resetRunId === "") notifyChildren(run);
  if (close.successorRunId === undefined && state.resetRunId === "") notifyParent(run, event);
  if (close.successorRunId === undefined && state.resetRunId === "") scheduleCallbacks(run);
  abortUpdates(run);
  abortQueries(run);
}
