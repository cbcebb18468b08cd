import { RunState } from "../gen/messages.js";
import type { ActivityPart } from "../gen/messages.js";
import type { HistoryEnv } from "../env.ts";
import { LaneUnavailableError } from "../kernel/index.ts";
import type { Entity, EntityTx, Kind, Transaction } from "../kernel/index.ts";
import { finishWith } from "./decide-run.ts";
import { dueOfRun, fireDue, recoverRun } from "./due.ts";
import { receiveMessage, receiveReceipt } from "./messages.ts";
import { hasCallbackInFlight } from "./machines/callback.ts";
import { isActivityPinned } from "./machines/activity.ts";
import { partCodec, partPrefix, partWeight } from "./parts.ts";
import { RunDecision } from "./run.ts";
import type { Run } from "./run.ts";
import { isVolatileEmpty } from "./run-volatile.ts";
import type { RunVolatile } from "./run-volatile.ts";
import { isStickyShortened } from "./machines/workflow-task.ts";
import { WORKFLOW_TASK_KIND } from "./task-kinds.ts";

/** Stored in every row: it never changes. */
export const WORKFLOW_KIND_ID = 1;

/** Workflow runs as the kernel sees them. `env` is complete only after the kernel has been made. */
export function workflowKind(env: () => HistoryEnv): Kind<RunState> {
  const withRun = (tx: Transaction, target: EntityTx<RunState>, act: (run: Run) => void): void =>
    finishWith(new RunDecision(env(), tx, "server"), (decision) => act(decision.open(target)));
  return {
    id: WORKFLOW_KIND_ID,
    name: "workflow",
    state: { encode: encodeState, decode: (bytes) => RunState.decode(Uint8Array.from(bytes)) },
    part: partCodec,
    weigh: partWeight,
    due: dueOfRun,
    nextEventId: (state) => state.nextEventId,
    clockOffset: (state) => state.clockOffsetMs,
    onDue: (tx, target) => withRun(tx, target, fireDue),
    onRecover: (tx, target) => withRun(tx, target, recoverRun),
    onMessage: (tx, target, address, message) =>
      finishWith(new RunDecision(env(), tx, "server"), (decision) =>
        receiveMessage(decision, target, address, message),
      ),
    onReceipt: (tx, target, message, receipt) => withRun(tx, target, (run) => receiveReceipt(run, message, receipt)),
    isPinned,
    onDrop: dropVolatile,
  };
}

/** A speculative workflow task is never stored: after a crash there is none, and its updates are asked for again. */
function encodeState(state: RunState): Uint8Array {
  const isSpeculative = state.workflowTask?.kind === WORKFLOW_TASK_KIND.speculative;
  return RunState.encode(isSpeculative ? { ...state, workflowTask: undefined } : state);
}

function isPinned(entity: Entity<RunState>): boolean {
  if (!isVolatileEmpty(entity.volatile as RunVolatile | undefined)) return true;
  if (entity.state.callbackCount > 0 && hasCallbackInFlight(entity.parts)) return true;
  const task = entity.state.workflowTask;
  if (task !== undefined && (task.startedEventId !== 0 || task.kind === WORKFLOW_TASK_KIND.speculative)) return true;
  if (isStickyShortened(entity.state)) return true;
  for (const activity of entity.parts.ofSort<ActivityPart>(partPrefix.activity).values())
    if (isActivityPinned(activity)) return true;
  return false;
}

function dropVolatile(entity: Entity<RunState>): void {
  const volatile = entity.volatile as RunVolatile | undefined;
  if (volatile === undefined) return;
  const error = new LaneUnavailableError("the run left memory while callers waited");
  for (const drop of [...volatile.drops]) drop(error);
  for (const query of volatile.queries.values()) query.settle({ kind: "error", error });
  for (const update of volatile.updates.values())
    for (const waiter of [...update.waiters]) waiter.settle({ kind: "error", error });
  entity.volatile = undefined;
}
