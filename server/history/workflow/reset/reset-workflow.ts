/** ResetWorkflowExecution: the current run ends, and a new one goes on from within the history of a run of the same id. */
import type { Input } from "../../../../api/codec.ts";
import { Code, ServiceError } from "../../../../api/errors.ts";
import { EventType, WorkflowTaskFailedCause } from "../../../../api/gen/enums.js";
import { Failure } from "../../../../api/gen/messages.js";
import type { ResetWorkflowExecutionRequest, ResetWorkflowExecutionResponse } from "../../../../api/gen/messages.js";
import type { HistoryEnv, Namespace } from "../../env.ts";
import { snapshotHistory } from "../../history-reader.ts";
import type { Entity } from "../../kernel/index.ts";
import { decideWorkflow, runNotFound } from "../decide-run.ts";
import { applyOptionsAfterReset } from "../decisions/update-options.ts";
import { splitEvents } from "../event-log.ts";
import { SERVER_IDENTITY } from "../machines/server-identity.ts";
import { terminateRun } from "../machines/terminate.ts";
import { scheduleWorkflowTask } from "../machines/workflow-task.ts";
import type { Run, RunDecision, RunTx } from "../run.ts";
import { reapply, reappliedKinds } from "./reapply.ts";
import { rebuildRun } from "./rebuild-run.ts";
import { pendingRequestIds, restorePending } from "./replay-pending.ts";
import { resetPoint } from "./reset-point.ts";
import type { ResetPoint } from "./reset-point.ts";
import { readChain, readSource } from "./reset-source.ts";
import type { ResetSource } from "./reset-source.ts";

const RESETTER_IDENTITY = "history-resetter";
/** What Temporal writes as the request that started a task nobody had asked for. */
const NO_REQUEST_ID = "emptyUuid";
/** How often the histories are read anew because the current run has changed hands meanwhile. */
const READS_MAX = 20;

interface Sources {
  readonly base: ResetSource;
  /** The runs that went on from the base, in order. */
  readonly chain: readonly ResetSource[];
  readonly point: ResetPoint;
}

/** The request is validated. Answers the new run's id; the same request again answers the same one, also after further resets. */
export async function resetWorkflow(
  env: HistoryEnv,
  namespace: Namespace,
  request: ResetWorkflowExecutionRequest,
): Promise<Input<ResetWorkflowExecutionResponse>> {
  const { workflowId = "", runId } = request.workflowExecution ?? {};
  for (let attempt = 0; attempt < READS_MAX; attempt++) {
    const known = await decideWorkflow(env, namespace, workflowId, (_, current) => knownReset(current, request));
    if (known !== undefined) return { runId: known };
    const base = await readSource(env, namespace, { workflowId, runId });
    const point = resetPoint(base, request.workflowTaskFinishEventId);
    const chain = await readChain(env, namespace, { workflowId, source: base });
    const newRunId = await decideWorkflow(env, namespace, workflowId, (decision, current) => {
      if (current === undefined) throw runNotFound({ workflowId });
      return knownReset(current, request) ?? reset(decision, current, { request, sources: { base, chain, point } });
    });
    if (newRunId !== undefined) return { runId: newRunId };
  }
  throw new ServiceError(Code.UNAVAILABLE, "the workflow changes faster than it can be reset");
}

/** The run that this request has made: the current one or one before it. Or the current one was started by it. */
function knownReset(current: Run | undefined, { requestId }: ResetWorkflowExecutionRequest): string | undefined {
  if (current === undefined) return undefined;
  const { resetRequestId, startRequestId, earlierResets } = current.state;
  if (requestId === resetRequestId || requestId === startRequestId) return current.runId;
  return earlierResets.find((earlier) => earlier.requestId === requestId)?.runId;
}

/** Answers undefined when what was read is not all there is any more. */
function reset(
  decision: RunDecision,
  current: Run,
  { request, sources }: { request: ResetWorkflowExecutionRequest; sources: Sources },
): string | undefined {
  const { base: source, chain, point } = sources;
  const base = openBase(decision, current, source);
  if (base === undefined) return undefined;
  const read = [source, ...chain].find(({ runId }) => runId === current.runId);
  const later = eventsSince(current, read);
  if (later === undefined) return undefined;
  const requestIds = pendingRequestIds(base);
  const newRunId = decision.tx.runId();
  base.state.resetRunId = newRunId;
  base.view.touch();
  const ended = endCurrent(current, request.reason);
  const { run, pending } = rebuildRun({
    ...{ base, current, runId: newRunId, requestId: request.requestId, events: point.kept },
  });
  failTask(run, { point, baseRunId: base.runId, reason: request.reason });
  restorePending(run, pending, requestIds);
  const kinds = reappliedKinds(request.resetReapplyType, request.resetReapplyExcludeTypes);
  reapply(run, point.dropped, { kinds, ofBase: true });
  for (const { events } of chain) reapply(run, events, { kinds, ofBase: false });
  if (read !== undefined) reapply(run, [...later, ...ended], { kinds, ofBase: read === source });
  for (const { updateWorkflowOptions } of request.postResetOperations)
    if (updateWorkflowOptions !== undefined) applyOptionsAfterReset(run, updateWorkflowOptions);
  scheduleWorkflowTask(run);
  run.action("reset_workflow");
  return newRunId;
}

/** The base beside the current run. One that left memory since it was read is read again. */
function openBase(decision: RunDecision, current: Run, { key, runId }: ResetSource): Run | undefined {
  if (current.runId === runId) return current;
  const entity = decision.env.kernel.peek(key);
  if (entity === undefined) return undefined;
  return decision.open(decision.tx.open(entity) as unknown as RunTx);
}

/** What the current run has written since it was read; it lies in memory, unless the run was loaded anew. */
function eventsSince(current: Run, read: ResetSource | undefined): readonly Uint8Array[] | undefined {
  if (read === undefined) return [];
  const { nextEventId } = current.state;
  if (read.nextEventId === nextEventId) return [];
  const { tailFrom, tail } = snapshotHistory(current.view.entity as unknown as Entity, nextEventId, read.nextEventId);
  if (tailFrom > read.nextEventId) return undefined;
  const events: Uint8Array[] = [];
  for (const { node, blob } of tail)
    splitEvents(blob).forEach((event, at) => void (node + at >= read.nextEventId && events.push(event)));
  return events;
}

/** Ends the run that is current. Answers the events that this wrote: among them what had waited for the end of a task. */
function endCurrent(current: Run, reason: string): readonly Uint8Array[] {
  if (!current.isRunning) return [];
  terminateRun(current, { reason, identity: RESETTER_IDENTITY });
  return current.newEvents;
}

/** The task that was under way at the point of the reset has failed by it. */
function failTask(
  run: Run,
  { point, baseRunId, reason }: { point: ResetPoint; baseRunId: string; reason: string },
): void {
  const { scheduledEventId } = point;
  const startedEventId =
    point.startedEventId ||
    run.addEvent({
      eventType: EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED,
      workflowTaskStartedEventAttributes: {
        scheduledEventId,
        identity: SERVER_IDENTITY,
        requestId: NO_REQUEST_ID,
        historySizeBytes: run.state.historySize,
      },
    });
  run.addEvent({
    eventType: EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED,
    workflowTaskFailedEventAttributes: {
      scheduledEventId,
      startedEventId,
      cause: WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW,
      failure: Failure.encode({ message: reason, resetWorkflowFailureInfo: {} }),
      identity: SERVER_IDENTITY,
      baseRunId,
      newRunId: run.runId,
    },
  });
}
