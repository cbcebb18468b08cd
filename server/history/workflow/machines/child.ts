/**
 * A child workflow as its parent knows it.
 *
 * 1. Started in two steps: the child exists, then the parent records it, then the child's first task may go out; so no
 *    event of a child can reach a history that does not know the child.
 * 2. Its end reaches the parent once, also through retries, cron and continue-as-new, as the end of the last run.
 *
 *            initiate             childStarted            childClosed
 *   none ───────────► initiated ───────────► started ─────────────────► none
 *                        └── childNotStarted ──► none
 */
import { EventType, StartChildWorkflowExecutionFailedCause } from "../../../../api/gen/enums.js";
import { HistoryEvent, StartChildWorkflowExecutionInitiatedEventAttributes } from "../../../../api/gen/messages.js";
import type { ChildClosed, ChildPart, Receipt, StartChild } from "../../gen/messages.js";
import type { NewEvent } from "../event-log.ts";
import { sendMessage, senderOf } from "../outbox.ts";
import { partKey } from "../parts.ts";
import { RECEIPT } from "../receipts.ts";
import type { Run } from "../run.ts";
import { applyParentClosePolicy } from "./family.ts";
import { ensureWorkflowTask } from "./workflow-task.ts";

/** The child's answer to its start. */
export function childAnswered(run: Run, message: StartChild, receipt: Receipt): void {
  const initiatedEventId = message.sender?.eventId ?? 0;
  const key = partKey.child(initiatedEventId);
  const child = run.view.part<ChildPart>(key);
  if (child === undefined || child.startedEventId !== 0) return;
  if (receipt.outcome !== RECEIPT.done) {
    run.view.deletePart(key);
    if (run.isRunning) childNotStarted(run, child, message);
    return;
  }
  const started = { ...child, runId: receipt.runId };
  release(run, started);
  if (run.isRunning) childStarted(run, started);
  else {
    if (run.state.resetRunId === "") applyParentClosePolicy(run, started, { bySystemWorkflow: false });
    run.view.deletePart(key);
  }
}

function childStarted(run: Run, child: ChildPart): void {
  const { initiatedEventId, namespaceName: namespace, namespaceId, workflowId, runId, workflowType, rawHeader } = child;
  const startedEventId = run.addEvent({
    eventType: EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED,
    childWorkflowExecutionStartedEventAttributes: {
      namespace,
      namespaceId,
      initiatedEventId,
      workflowExecution: { workflowId, runId },
      workflowType: { name: workflowType },
      header: rawHeader.length === 0 ? undefined : rawHeader,
    },
  });
  run.view.setPart(partKey.child(initiatedEventId), { ...child, startedEventId });
  ensureWorkflowTask(run);
}

/** Lets the child's first workflow task go out. */
function release(run: Run, child: ChildPart): void {
  sendMessage(run, child, { childStartedAck: { sender: senderOf(run, child.initiatedEventId) } });
}

function childNotStarted(run: Run, child: ChildPart, message: StartChild): void {
  const initiated = StartChildWorkflowExecutionInitiatedEventAttributes.decode(message.rawInitiated);
  run.state.pendingChildCount--;
  run.addEvent({
    eventType: EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_FAILED,
    startChildWorkflowExecutionFailedEventAttributes: {
      namespace: child.namespaceName,
      namespaceId: child.namespaceId,
      workflowId: child.workflowId,
      workflowType: { name: child.workflowType },
      cause: StartChildWorkflowExecutionFailedCause.START_CHILD_WORKFLOW_EXECUTION_FAILED_CAUSE_WORKFLOW_ALREADY_EXISTS,
      control: initiated.control,
      initiatedEventId: child.initiatedEventId,
    },
  });
  ensureWorkflowTask(run);
}

/** A child of this run has ended. */
export function childClosed(run: Run, message: ChildClosed): void {
  const { resetRunId } = run.state;
  if (resetRunId !== "" && !run.isRunning) {
    const { namespaceNumber, workflowId } = run;
    sendMessage(run, { namespaceNumber, workflowId, runId: resetRunId }, { childClosed: message });
    return;
  }
  const key = partKey.child(message.initiatedEventId);
  const pending = run.view.part<ChildPart>(key);
  if (pending === undefined || !run.isRunning || message.sender === undefined) return;
  // The end may overtake the answer to the start: record the start first.
  if (pending.startedEventId === 0) childStarted(run, { ...pending, runId: message.sender.runId });
  const child = run.view.part<ChildPart>(key) as ChildPart;
  run.view.deletePart(key);
  run.state.pendingChildCount--;
  run.addEvent(closedEvent(child, message));
  ensureWorkflowTask(run);
}

function closedEvent(child: ChildPart, message: ChildClosed): NewEvent {
  const close = HistoryEvent.decode(message.rawCloseEvent);
  const { workflowId = "", runId = "" } = message.sender ?? {};
  const shared = {
    namespace: child.namespaceName,
    namespaceId: child.namespaceId,
    workflowExecution: { workflowId, runId },
    workflowType: { name: message.workflowType },
    initiatedEventId: child.initiatedEventId,
    startedEventId: child.startedEventId,
  };
  switch (close.eventType) {
    case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED:
      return {
        eventType: EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_COMPLETED,
        childWorkflowExecutionCompletedEventAttributes: {
          ...shared,
          result: close.workflowExecutionCompletedEventAttributes?.result,
        },
      };
    case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED: {
      const { failure, retryState } = close.workflowExecutionFailedEventAttributes ?? {};
      return {
        eventType: EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_FAILED,
        childWorkflowExecutionFailedEventAttributes: { ...shared, failure, retryState },
      };
    }
    case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED:
      return {
        eventType: EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_CANCELED,
        childWorkflowExecutionCanceledEventAttributes: {
          ...shared,
          details: close.workflowExecutionCanceledEventAttributes?.details,
        },
      };
    case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT:
      return {
        eventType: EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TIMED_OUT,
        childWorkflowExecutionTimedOutEventAttributes: {
          ...shared,
          retryState: close.workflowExecutionTimedOutEventAttributes?.retryState,
        },
      };
    case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED:
      return {
        eventType: EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TERMINATED,
        childWorkflowExecutionTerminatedEventAttributes: shared,
      };
    default:
      throw new Error(`event type ${close.eventType} ends no run`);
  }
}
