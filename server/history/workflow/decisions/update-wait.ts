import type { Input } from "../../../../api/codec.ts";
import { Code, notFound, ServiceError } from "../../../../api/errors.ts";
import { EventType, UpdateWorkflowExecutionLifecycleStage } from "../../../../api/gen/enums.js";
import { HistoryEvent, Link } from "../../../../api/gen/messages.js";
import type { UpdateOutcome, UpdateWorkflowExecutionResponse } from "../../../../api/gen/messages.js";
import type { HistoryEnv } from "../../env.ts";
import { readEvents, snapshotHistory } from "../../history-reader.ts";
import type { HistorySnapshot } from "../../history-reader.ts";
import type { Entity } from "../../kernel/index.ts";
import { ABORTED_BY_CLOSING_TEXT, lostOutcome, releaseUpdate, updatePart, updatesOf } from "../machines/update.ts";
import { requestIdLink } from "../links.ts";
import type { Run } from "../run.ts";
import type { UpdateNews, UpdateWaiter, VolatileUpdate } from "../run-volatile.ts";
import type { WaitCall } from "../wait-for-run.ts";

const {
  UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_ADMITTED: ADMITTED,
  UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_ACCEPTED: ACCEPTED,
  UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED: COMPLETED,
} = UpdateWorkflowExecutionLifecycleStage;
const STAGES = { admitted: ADMITTED, accepted: ACCEPTED, completed: COMPLETED } as const;

/** How far a caller wants to wait: "now" takes what there is. */
export type WantedStage = "now" | "accepted" | "completed";

/** What a decision found out about an update; `answer` completes it outside of the decision. */
export interface FoundUpdate {
  readonly updateId: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly links: { readonly accepted: Uint8Array; readonly failed: Uint8Array };
  readonly news:
    | UpdateNews
    | { readonly kind: "outcome-in-history"; readonly snapshot: HistorySnapshot; readonly eventId: number }
    | { readonly kind: "wait"; readonly promise: Promise<UpdateNews> };
}

export interface LookForUpdate {
  readonly updateId: string;
  readonly requestId: string;
  readonly wanted: WantedStage;
  readonly call: WaitCall;
}

/** An update that the run knows, in memory or in its parts. Call it last when the caller may wait. */
export function findUpdate(run: Run, look: LookForUpdate): FoundUpdate | undefined {
  const part = updatePart(run, look.updateId);
  const update = updatesOf(run)?.get(look.updateId);
  if (part === undefined) {
    if (update === undefined) return undefined;
    return found(
      run,
      look,
      look.wanted === "now"
        ? { kind: "stage", stage: "admitted", outcome: undefined }
        : { kind: "wait", promise: wait(run, update, look) },
    );
  }
  if (part.completedEventId !== 0) {
    const snapshot = snapshotHistory(
      run.view.entity as unknown as Entity,
      run.state.nextEventId,
      part.completedEventId,
    );
    return found(run, look, { kind: "outcome-in-history", snapshot, eventId: part.completedEventId });
  }
  if (part.acceptedEventId === 0) return findReapplied(run, update, look);
  if (!run.isRunning) return found(run, look, { kind: "stage", stage: "completed", outcome: lostOutcome() });
  if (look.wanted !== "completed") return found(run, look, { kind: "stage", stage: "accepted", outcome: undefined });
  return found(run, look, {
    kind: "wait",
    promise: wait(run, update ?? waitedFor(run, look.updateId, "accepted"), look),
  });
}

/** One that a reset admitted again: nothing is known of it but that the worker will answer. */
function findReapplied(run: Run, update: VolatileUpdate | undefined, look: LookForUpdate): FoundUpdate {
  if (!run.isRunning) return found(run, look, { kind: "error", error: notFound(ABORTED_BY_CLOSING_TEXT) });
  if (look.wanted === "now") return found(run, look, { kind: "stage", stage: "admitted", outcome: undefined });
  const promise = wait(run, update ?? waitedFor(run, look.updateId, "reapplied"), look);
  return found(run, look, { kind: "wait", promise });
}

/** An update that is a part is known by that alone until somebody waits for it. */
function waitedFor(run: Run, updateId: string, stage: "reapplied" | "accepted"): VolatileUpdate {
  const update: VolatileUpdate = { updateId, rawRequest: new Uint8Array(0), stage, waiters: new Set() };
  run.volatile.updates.set(updateId, update);
  return update;
}

function found(run: Run, { updateId, requestId }: LookForUpdate, news: FoundUpdate["news"]): FoundUpdate {
  const { workflowId, runId } = run;
  const links = {
    accepted: requestIdLink(run, requestId, EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED),
    failed: Link.encode({
      workflow: { namespace: run.state.namespaceName, workflowId, runId, reason: "Update rejected" },
    }),
  };
  return { updateId, workflowId, runId, links, news };
}

/**
 * Waits for the wanted stage, for the server's time at most: then the stage reached. A caller who gives up earlier is
 * not answered. Never rejects: whoever settles may not have anyone listening.
 */
function wait(run: Run, update: VolatileUpdate, { wanted, call }: LookForUpdate): Promise<UpdateNews> {
  const { env, volatile } = run;
  const now = env.clock.now();
  const isCallerFirst = call.deadline !== undefined && call.deadline < now + run.limits.longPollMs;
  return new Promise((resolve) => {
    const giveUp = (): void =>
      waiter.settle({ kind: "error", error: new ServiceError(Code.DEADLINE_EXCEEDED, "context deadline exceeded") });
    const answerReached = (): void =>
      waiter.settle({
        kind: "stage",
        stage: update.stage === "accepted" ? "accepted" : "admitted",
        outcome: undefined,
      });
    const waiter: UpdateWaiter = {
      stage: wanted === "accepted" ? "accepted" : "completed",
      settle(news) {
        if (!update.waiters.delete(waiter)) return;
        env.timers.clear(timer);
        releaseUpdate(volatile, update);
        resolve(news);
      },
    };
    update.waiters.add(waiter);
    const timer = isCallerFirst
      ? env.timers.set(Math.max(0, (call.deadline as number) - now), giveUp)
      : env.timers.set(run.limits.longPollMs, answerReached);
    call.onCancel(giveUp);
  });
}

/** Waits or reads as found, and makes the reply. */
export async function answerUpdate(
  env: HistoryEnv,
  { news: first, updateId, workflowId, runId, links }: FoundUpdate,
): Promise<Input<UpdateWorkflowExecutionResponse>> {
  const news = first.kind === "wait" ? await first.promise : first;
  if (news.kind === "error") throw news.error;
  const isRead = news.kind === "outcome-in-history";
  const outcome = isRead ? await readOutcome(env, news.snapshot, news.eventId) : news.outcome;
  const stage = isRead ? COMPLETED : STAGES[news.stage];
  const link = outcome?.failure !== undefined ? links.failed : stage === ADMITTED ? undefined : links.accepted;
  return { updateRef: { workflowExecution: { workflowId, runId }, updateId }, outcome, stage, link };
}

async function readOutcome(
  env: HistoryEnv,
  snapshot: HistorySnapshot,
  eventId: number,
): Promise<UpdateOutcome | undefined> {
  const { events } = await readEvents(env.store, snapshot, {
    from: eventId,
    to: eventId + 1,
    eventsMax: 1,
    bytesMax: Number.MAX_SAFE_INTEGER,
  });
  return HistoryEvent.decode(events[0] as Uint8Array).workflowExecutionUpdateCompletedEventAttributes?.outcome;
}

/** What a wait policy asks for; `unspecified` is what it means to say nothing. */
export function wantedStage(stage: number | undefined, unspecified: WantedStage): WantedStage {
  if (stage === ADMITTED) return "now";
  if (stage === ACCEPTED) return "accepted";
  return stage === COMPLETED ? "completed" : unspecified;
}
