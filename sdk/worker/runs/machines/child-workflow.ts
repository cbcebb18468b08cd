/**
 * A child workflow, as its parent's history tells of it.
 *
 *   asked for ──▶ initiated ──▶ started ──▶ completed, failed, timed out, cancelled, terminated
 *       │             │            │
 *       ▼             ▼            ▼ cancellation is asked for
 *     (never)      ABANDON, TRY_CANCEL: over at once for the code
 *                  WAIT_CANCELLATION_COMPLETED, WAIT_CANCELLATION_REQUESTED: over when the child is
 *
 * The official TypeScript SDK makes no difference between the last two, and histories hold when a child was over.
 */
import { EventType } from "../../../../api/gen/enums.js";
import {
  ChildWorkflowExecutionCanceledEventAttributes,
  ChildWorkflowExecutionCompletedEventAttributes,
  ChildWorkflowExecutionFailedEventAttributes,
  ChildWorkflowExecutionStartedEventAttributes,
  ChildWorkflowExecutionTerminatedEventAttributes,
  ChildWorkflowExecutionTimedOutEventAttributes,
  StartChildWorkflowExecutionFailedEventAttributes,
} from "../../../../api/gen/messages.js";
import type { ProtoFailure } from "../../../common/payload.ts";
import type { Resolution, StartChildWorkflowExecution, WorkflowCommand } from "../../../workflow/activation.ts";
import { cancelled, childFailed, terminated, timedOut } from "../failures.ts";
import type { HistoryEvent } from "../history-event.ts";
import { takeBack } from "../run-state.ts";
import type { Begun, RunState } from "../run-state.ts";
import { optionalFailureFromBytes } from "../../../common/host/wire-failure.ts";
import { detailsOf, onlyPayload } from "../wire.ts";

export interface ChildWorkflow extends Begun {
  readonly kind: "childWorkflow";
  readonly command: StartChildWorkflowExecution;
  initiatedEventId: number;
  startedEventId: number;
  runId: string;
}

type Cancel = Extract<WorkflowCommand, { kind: "cancelChildWorkflowExecution" }>;

export function startChildWorkflow(run: RunState, command: StartChildWorkflowExecution): void {
  const child: ChildWorkflow = {
    kind: "childWorkflow",
    command,
    start: undefined,
    initiatedEventId: 0,
    startedEventId: 0,
    runId: "",
  };
  run.begin(EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED, command, child);
  run.children.set(command.seq, child);
}

export function cancelChildWorkflow(run: RunState, command: Cancel): void {
  const child = run.children.get(command.childWorkflowSeq);
  if (child === undefined) return;
  if (takeBack(child)) {
    cancelAtOnce(run, child, "Child Workflow execution cancelled before scheduled");
    return;
  }
  const { cancellationType } = child.command;
  if (cancellationType !== "ABANDON") {
    run.push(
      EventType.EVENT_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED,
      { kind: "requestCancelChild", child, reason: command.reason },
      child,
    );
  }
  if (cancellationType === "ABANDON" || cancellationType === "TRY_CANCEL") {
    cancelAtOnce(run, child, "Child Workflow cancelled");
  }
}

export function childInitiated(run: RunState, child: ChildWorkflow, event: HistoryEvent): void {
  child.initiatedEventId = event.id;
  if (run.children.has(child.command.seq)) run.byEventId.set(event.id, child);
}

export function childStarted(run: RunState, event: HistoryEvent): void {
  const { initiatedEventId, workflowExecution } = event.attributes(ChildWorkflowExecutionStartedEventAttributes);
  const child = find(run, initiatedEventId);
  if (child === undefined) return;
  child.startedEventId = event.id;
  child.runId = workflowExecution?.runId ?? "";
  const result = { status: "succeeded" as const, runId: child.runId };
  run.otherJobs.push({ kind: "resolveChildWorkflowStart", seq: child.command.seq, result });
}

export function childStartFailed(run: RunState, event: HistoryEvent): void {
  const { initiatedEventId, cause } = event.attributes(StartChildWorkflowExecutionFailedEventAttributes);
  const child = find(run, initiatedEventId);
  if (child === undefined) return;
  forget(run, child);
  const { seq, workflowId, workflowType } = child.command;
  const result = { status: "failed" as const, workflowId, workflowType, cause };
  run.otherJobs.push({ kind: "resolveChildWorkflowStart", seq, result });
}

export function childCompleted(run: RunState, event: HistoryEvent): void {
  const { initiatedEventId, result } = event.attributes(ChildWorkflowExecutionCompletedEventAttributes);
  const child = find(run, initiatedEventId);
  if (child !== undefined) end(run, child, { status: "completed", result: onlyPayload(result) });
}

export function childWorkflowFailed(run: RunState, event: HistoryEvent): void {
  const attributes = event.attributes(ChildWorkflowExecutionFailedEventAttributes);
  const child = find(run, attributes.initiatedEventId);
  if (child === undefined) return;
  const cause = optionalFailureFromBytes(attributes.failure);
  const { retryState } = attributes;
  end(run, child, { status: "failed", failure: wrapped(run, child, { cause, retryState }) });
}

export function childTimedOut(run: RunState, event: HistoryEvent): void {
  const { initiatedEventId, retryState } = event.attributes(ChildWorkflowExecutionTimedOutEventAttributes);
  const child = find(run, initiatedEventId);
  if (child === undefined) return;
  end(run, child, { status: "failed", failure: wrapped(run, child, { cause: timedOut(), retryState }) });
}

export function childTerminated(run: RunState, event: HistoryEvent): void {
  const { initiatedEventId } = event.attributes(ChildWorkflowExecutionTerminatedEventAttributes);
  const child = find(run, initiatedEventId);
  if (child !== undefined) end(run, child, { status: "failed", failure: wrapped(run, child, { cause: terminated() }) });
}

export function childCanceled(run: RunState, event: HistoryEvent): void {
  const attributes = event.attributes(ChildWorkflowExecutionCanceledEventAttributes);
  const child = find(run, attributes.initiatedEventId);
  if (child === undefined) return;
  const details = detailsOf(attributes.details);
  end(run, child, { status: "cancelled", failure: wrapped(run, child, { cause: cancelled("", details) }) });
}

function find(run: RunState, initiatedEventId: number): ChildWorkflow | undefined {
  const child = run.byEventId.get(initiatedEventId);
  return child?.kind === "childWorkflow" ? child : undefined;
}

function wrapped(
  run: RunState,
  child: ChildWorkflow,
  { cause, retryState }: { cause: ProtoFailure | undefined; retryState?: number },
): ProtoFailure {
  return childFailed("Child Workflow execution failed", cause, {
    namespace: child.command.namespace || run.identity.namespace,
    workflowId: child.command.workflowId,
    runId: child.runId,
    workflowType: child.command.workflowType,
    initiatedEventId: child.initiatedEventId,
    startedEventId: child.startedEventId,
    ...(retryState === undefined ? {} : { retryState }),
  });
}

function cancelAtOnce(run: RunState, child: ChildWorkflow, message: string): void {
  const failed: ProtoFailure = { ...wrapped(run, child, { cause: cancelled("") }), message };
  if (child.startedEventId !== 0) {
    end(run, child, { status: "cancelled", failure: failed });
    return;
  }
  forget(run, child);
  const result = { status: "cancelled" as const, failure: failed };
  run.otherJobs.push({ kind: "resolveChildWorkflowStart", seq: child.command.seq, result });
}

function end(run: RunState, child: ChildWorkflow, result: Resolution): void {
  forget(run, child);
  run.otherJobs.push({ kind: "resolveChildWorkflow", seq: child.command.seq, result });
}

function forget(run: RunState, child: ChildWorkflow): void {
  run.children.delete(child.command.seq);
  run.byEventId.delete(child.initiatedEventId);
}
