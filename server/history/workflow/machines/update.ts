/**
 * Updates: requests that the workflow's code may refuse, and whose callers wait for how far they got.
 *
 * 1. Until a worker has accepted it, an update lives in memory only: a crash loses it, its callers are told UNAVAILABLE
 *    and ask again. A rejected one leaves no trace at all.
 * 2. From its acceptance on it is a part of the run, which names its events; the outcome is read from the history. One
 *    update id means one update per run, also after its end and after the run's.
 * 3. The registry in memory is changed as the last thing of a decision that cannot fail any more, or after its commit.
 *
 *            send                accept              complete
 *   admitted ────► sent ──────────────────► accepted ────────► completed
 *                   │ ▲ │  reject / no answer
 *                   └─┘ └──────────────────► (gone)
 *              worker lost
 *
 * send, also again: `sendUpdates`, all answers: `UpdateAnswers`, the run's end: `abortUpdates`.
 */
import type { Input } from "../../../../api/codec.ts";
import { failedPrecondition, notFound, resourceExhausted, workflowNotReady } from "../../../../api/errors.ts";
import { ResourceExhaustedCause, ResourceExhaustedScope } from "../../../../api/gen/enums.js";
import { Failure, UpdateRequest } from "../../../../api/gen/messages.js";
import type { Message, UpdateOutcome } from "../../../../api/gen/messages.js";
import type { UpdatePart } from "../../gen/messages.js";
import { partKey, partPrefix } from "../parts.ts";
import type { Run } from "../run.ts";
import { peekVolatile } from "../run-volatile.ts";
import type { RunVolatile, UpdateNews, VolatileUpdate } from "../run-volatile.ts";
import { scheduleWorkflowTask } from "./workflow-task.ts";

/** After this many failures in a row, new callers are told at once instead of waiting for a task that fails again. */
const TASK_FAILURES_MAX = 2;
export const ABORTED_BY_CLOSING_TEXT = "workflow update was aborted by closing workflow";
const TYPE_URL = "type.googleapis.com/";

/** The updates in memory; undefined when there are none, without making room for any. */
export function updatesOf(run: Run): Map<string, VolatileUpdate> | undefined {
  const updates = peekVolatile(run.view.entity)?.updates;
  return updates === undefined || updates.size === 0 ? undefined : updates;
}

export function updatePart(run: Run, updateId: string): UpdatePart | undefined {
  return run.view.part<UpdatePart>(partKey.update(updateId));
}

/** Some update waits for a workflow task to carry it. */
export function hasAdmittedUpdates(run: Run): boolean {
  for (const update of updatesOf(run)?.values() ?? []) if (update.stage === "admitted") return true;
  return false;
}

/** A new update of a running run, known neither in memory nor in the history. Call it last: it cannot be rolled back. */
export function admitUpdate(run: Run, updateId: string, request: UpdateRequest): VolatileUpdate {
  if (run.state.workflowTaskFailures >= TASK_FAILURES_MAX) {
    throw workflowNotReady("Unable to perform workflow execution update due to Workflow Task in failed state.");
  }
  if (run.state.pause !== undefined) throw failedPrecondition("Workflow is paused. Cannot update the workflow.");
  const rawRequest = UpdateRequest.encode(request);
  checkLimits(run, rawRequest.length);
  // An update does not wait for the end of a start delay.
  if (run.state.workflowTask === undefined) scheduleWorkflowTask(run, { speculative: true });
  const update: VolatileUpdate = { updateId, rawRequest, stage: "admitted", waiters: new Set() };
  run.volatile.updates.set(updateId, update);
  return update;
}

function checkLimits(run: Run, newBytes: number): void {
  const { updatesInFlightMax, updatesInFlightBytesMax, updatesPerRunMax } = run.limits;
  let unaccepted = 0;
  let bytes = newBytes;
  for (const update of updatesOf(run)?.values() ?? []) {
    if (update.stage === "accepted" || update.stage === "reapplied") continue; // They are parts.
    unaccepted++;
    bytes += update.rawRequest.length;
  }
  const concurrent = {
    cause: ResourceExhaustedCause.RESOURCE_EXHAUSTED_CAUSE_CONCURRENT_LIMIT,
    scope: ResourceExhaustedScope.RESOURCE_EXHAUSTED_SCOPE_NAMESPACE,
  };
  if (unaccepted + acceptedCount(run) >= updatesInFlightMax) {
    throw resourceExhausted({
      ...concurrent,
      message: `limit on number of concurrent in-flight updates has been reached (${updatesInFlightMax})`,
    });
  }
  if (bytes > updatesInFlightBytesMax) {
    throw resourceExhausted({
      ...concurrent,
      message: `limit on total payload size of in-flight updates has been reached (${updatesInFlightBytesMax} bytes)`,
    });
  }
  if (run.state.updateCount + unaccepted >= updatesPerRunMax) throw failedPrecondition(tooManyText(updatesPerRunMax));
}

function tooManyText(limit: number): string {
  return (
    `The limit on the total number of distinct updates in this workflow has been reached (${limit}). Make sure any duplicate updates share an Update ID ` +
    "so the server can deduplicate them, and consider rejecting updates that you aren't going to process. " +
    "You can also Continue-as-New to avoid this; we recommend you check Continue-as-New Suggested in your Workflow."
  );
}

function acceptedCount(run: Run): number {
  let count = 0;
  for (const [, part] of run.view.partsOf<UpdatePart>(partPrefix.update)) if (part.completedEventId === 0) count++;
  return count;
}

export function requestMessageId(updateId: string): string {
  return `${updateId}/request`;
}

/**
 * The updates as messages of the workflow task that has just been started. A worker that goes on at once with a task in
 * the reply to its last one is not sent again what it has and has not answered yet. Call it last.
 */
export function sendUpdates(run: Run, worker: "goes-on" | "polls"): Input<Message>[] {
  const updates = updatesOf(run);
  if (updates === undefined) return [];
  const startedEventId = run.state.workflowTask?.startedEventId ?? 0;
  const messages: Input<Message>[] = [];
  for (const update of updates.values()) {
    if (update.stage === "accepted" || update.stage === "reapplied") continue;
    if (update.stage === "sent" && worker === "goes-on") continue;
    update.stage = "sent";
    messages.push({
      id: requestMessageId(update.updateId),
      protocolInstanceId: update.updateId,
      eventId: startedEventId - 1,
      body: { typeUrl: TYPE_URL + UpdateRequest.typeName, value: update.rawRequest },
    });
  }
  return messages;
}

/** The run has closed: nobody will answer. Sees what the same decision did to the updates before. */
export function abortUpdates(run: Run): void {
  if (updatesOf(run) === undefined) return;
  const error = run.state.newRunId === "" ? notFound(ABORTED_BY_CLOSING_TEXT) : workflowClosing();
  run.tx.afterCommit(() => {
    const updates = updatesOf(run);
    for (const update of updates?.values() ?? []) {
      updates?.delete(update.updateId);
      settleUpdate(
        update,
        update.stage === "accepted"
          ? { kind: "stage", stage: "completed", outcome: lostOutcome() }
          : { kind: "error", error },
      );
    }
  });
}

/** Clients repeat a call that was refused so, and then find the run that goes on in this one's place. */
function workflowClosing(): Error {
  return resourceExhausted({
    message: "workflow operation can not be applied because workflow is closing",
    cause: ResourceExhaustedCause.RESOURCE_EXHAUSTED_CAUSE_BUSY_WORKFLOW,
    scope: ResourceExhaustedScope.RESOURCE_EXHAUSTED_SCOPE_NAMESPACE,
  });
}

/** The outcome of an accepted update whose run ended before it. */
export function lostOutcome(): Input<UpdateOutcome> {
  return serverFailure(
    "Workflow Update failed because the Workflow completed before the Update completed.",
    "AcceptedUpdateCompletedWorkflow",
  );
}

/** The outcome of an update that the worker passed over in silence. */
export function unprocessedOutcome(): Input<UpdateOutcome> {
  return serverFailure(
    "Workflow Update is rejected because it wasn't processed by worker. Probably, Workflow Update is not supported by the worker.",
    "UnprocessedUpdate",
  );
}

function serverFailure(message: string, type: string): Input<UpdateOutcome> {
  return {
    failure: Failure.encode({ message, source: "Server", applicationFailureInfo: { type, nonRetryable: true } }),
  };
}

/** Tells those who waited for this much. Only after the commit. */
export function settleUpdate(update: VolatileUpdate, news: UpdateNews): void {
  for (const waiter of [...update.waiters])
    if (news.kind === "error" || news.stage === "completed" || waiter.stage === news.stage) waiter.settle(news);
}

/** Lets go of an update that is a part, when nobody waits for it: the part knows everything. */
export function releaseUpdate(volatile: RunVolatile, update: VolatileUpdate): void {
  const isPart = update.stage === "accepted" || update.stage === "reapplied";
  if (isPart && update.waiters.size === 0 && volatile.updates.get(update.updateId) === update)
    volatile.updates.delete(update.updateId);
}
