/** What parents and children are told of each other's end. */
import { ParentClosePolicy, WorkflowExecutionStatus } from "../api/gen/enums.js";
import type { HistoryEvent } from "../api/gen/messages.js";
import { timestampMs } from "../api/timestamp.ts";
import type { RunHistory } from "./invariants.ts";

const { WORKFLOW_EXECUTION_STATUS_TERMINATED: TERMINATED } = WorkflowExecutionStatus;

/** A started child knows its parent, and its end is recorded once at most. */
export function checkFamilies(runs: readonly RunHistory[], violations: string[]): void {
  const byRun = new Map(runs.map((run) => [run.info.execution?.runId ?? "", run]));
  for (const { info, events } of runs) {
    const where = info.execution?.workflowId;
    const told = new Set<number>();
    for (const event of events) {
      const closed = childClosedOf(event);
      if (closed !== undefined) {
        if (told.has(closed.initiatedEventId))
          violations.push(`${where}: the end of child ${closed.initiatedEventId} was recorded twice`);
        told.add(closed.initiatedEventId);
      }
      const started = event.childWorkflowExecutionStartedEventAttributes;
      if (started === undefined) continue;
      const child = byRun.get(started.workflowExecution?.runId ?? "");
      const parent = child?.events[0]?.workflowExecutionStartedEventAttributes?.parentWorkflowExecution?.runId;
      if (child === undefined)
        violations.push(`${where}: its child ${started.workflowExecution?.workflowId} does not exist`);
      else if (parent !== info.execution?.runId)
        violations.push(`${where}: its child ${started.workflowExecution?.workflowId} has the parent ${parent}`);
    }
  }
}

/** A parent that goes on hears of its child's end, and a child that goes on of its parent's, both before long. */
export function checkFamilyTimes(runs: readonly RunHistory[], violations: string[], lateMs: number): void {
  const byRun = new Map(runs.map((run) => [run.info.execution?.runId ?? "", run]));
  for (const child of runs) {
    const started = child.events[0]?.workflowExecutionStartedEventAttributes;
    const parent = byRun.get(started?.parentWorkflowExecution?.runId ?? "");
    if (parent === undefined || started?.continuedExecutionRunId !== "") continue;
    const where = `${parent.info.execution?.workflowId} and its child ${child.info.execution?.workflowId}`;
    const closedLaterMs = timestampMs(child.info.closeTime) - timestampMs(parent.info.closeTime);
    const initiatedEventId = started.parentInitiatedEventId;
    if (closedLaterMs < -lateMs) {
      const isTold = parent.events.some((event) => childClosedOf(event)?.initiatedEventId === initiatedEventId);
      if (!isTold) violations.push(`${where}: it was not told of the child's end ${-closedLaterMs} ms before its own`);
    }
    const policy =
      parent.events[initiatedEventId - 1]?.startChildWorkflowExecutionInitiatedEventAttributes?.parentClosePolicy;
    if (closedLaterMs <= lateMs || policy === ParentClosePolicy.PARENT_CLOSE_POLICY_ABANDON) continue;
    const isTold =
      child.info.status === TERMINATED ||
      child.events.some((event) => event.workflowExecutionCancelRequestedEventAttributes !== undefined);
    if (!isTold)
      violations.push(`${where}: it went on for ${closedLaterMs} ms after its parent's end, policy ${policy}`);
  }
}

function childClosedOf(event: HistoryEvent): { initiatedEventId: number } | undefined {
  return (
    event.childWorkflowExecutionCompletedEventAttributes ??
    event.childWorkflowExecutionFailedEventAttributes ??
    event.childWorkflowExecutionCanceledEventAttributes ??
    event.childWorkflowExecutionTimedOutEventAttributes ??
    event.childWorkflowExecutionTerminatedEventAttributes
  );
}
